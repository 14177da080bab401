// autodiff/program/run.cpp — a whole program once (declared in autodiff/program/workspace.hpp)
#include <algorithm>

#include "autodiff/program/workspace.hpp"

namespace costate::inline COSTATE_PRECISION {

void require_rows(const Program& program, Index rows, Where at) {
    if (program.rows_fixed.empty() || rows == program.recorded_rows()) return;
    fail(at, {.what = "run: the number of rows of this program is fixed",
              .got = text(rows, " rows"),
              .expected = text(program.recorded_rows(), ", as recorded"),
              .likely = program.rows_fixed,
              .fix = "record and compile again with as many rows, or list constants that have rows among the inputs"});
}

namespace {

void require_inputs(const Program& program, std::span<const View> inputs, Where at) {
    const std::size_t constants = program.at(Port::constant).size(), count = constants + program.at(Port::state).size();
    if (inputs.size() != count)
        fail(at, {.what = "run: the number of inputs does not fit",
                  .got = text(inputs.size()),
                  .expected = text(constants, " constants, then ", count - constants, " with rows")});
    const bool free = program.rows_fixed.empty();
    for (std::size_t i = count; i-- > 0;) {  // those with rows first: they say how many there are
        const bool has_rows = i >= constants;
        const Program::Value& value =
            program.values[has_rows ? program.at(Port::state)[i - constants] : program.at(Port::constant)[i]];
        if (!has_rows && !value.read) continue;
        Shape expected = value.shape;
        if (free && (has_rows || value.aligned)) expected.set(0, inputs[constants].shape.rows());
        if (inputs[i].shape == expected) continue;
        if (!free && has_rows && inputs[i].shape.rank() > 0 && inputs[i].shape.with(0, expected.rows()) == expected)
            require_rows(program, inputs[i].shape.rows(), at);
        fail(at, {.what = "run: an input's shape does not fit",
                  .got = text("input ", i, " of shape ", inputs[i].shape),
                  .expected = text(expected),
                  .fix = "record and compile again for other shapes"});
    }
}

}  // namespace

Workspace::Size Workspace::size_of_run(const Program& program, Index rows) {
    const int parts = parts_for(program, rows);
    return {.rows = rows, .tile = program.tileable ? std::min(range_length(rows) * parts, rows) : rows, .parts = parts};
}

void run(const Program& program, Workspace& workspace, std::span<const View> inputs,
         std::span<const MutableView> outputs, Where at) {
    require_inputs(program, inputs, at);
    if (outputs.size() != program.at(Port::summed).size())
        fail(at, {.what = "run: the number of outputs does not fit",
                  .got = text(outputs.size()),
                  .expected = text(program.at(Port::summed).size(), ", as compiled")});
    const std::size_t constants = program.at(Port::constant).size();
    const Index rows = program.at(Port::state).empty() ? 1 : inputs[constants].shape.rows();
    workspace.prepare(program, Workspace::size_of_run(program, rows), at);
    for (std::size_t i = 0; i < constants; ++i) workspace.bind(i, inputs[i]);
    workspace.prologue();
    workspace.clear(0);
    const Index tile = workspace.size().tile;
    for (Index first = 0; first == 0 || first < rows; first += tile) {
        workspace.begin_tile(first, std::min(tile, rows - first));
        for (std::size_t i = 0; i < program.at(Port::state).size(); ++i) {
            const View& input = inputs[constants + i];
            const Index row = input.shape.row_size();
            std::copy_n(input.data + first * row, workspace.tile_rows() * row, workspace.state(i, 0));
        }
        workspace.forward(0);
        workspace.accumulate(0, 1);
        if (tile == 0) break;
    }
    workspace.finish();
    for (std::size_t i = 0; i < outputs.size(); ++i) {
        const View result = workspace.summed(i);
        const bool absent = program.at(Port::summed)[i] == Program::none;
        if (!absent && result.size() != outputs[i].size())
            fail(at, {.what = "run: an output's size does not fit",
                      .got = text("output ", i, " of shape ", outputs[i].shape),
                      .expected = text(result.shape)});
        if (absent)
            std::fill_n(outputs[i].data, outputs[i].size(), Real(0));
        else
            std::copy_n(result.data, result.size(), outputs[i].data);
    }
}

}  // namespace costate
