// tests/fuzz/programs.cpp — random programs against the tape: other rows than recorded, tiles, changed inputs, derivatives
// A recipe is a list of operators of the one list (tests/autodiff/operators.hpp), each on values that the earlier ones
// made. Every value is made [R,3] again, so any of them fits any operator.
#include "tests/autodiff/laws.hpp"
#include "tests/fuzz/fitting.hpp"
#include "tests/fuzz/hunter.hpp"

namespace costate::test {

namespace {

struct Step {
    const Case* op;
    std::vector<std::size_t> operands;  // which of the values made so far
    bool makes_rows;                    // its result
    bool shared_beside;                 // operands that need no rows come from the shared input
};

enum class Output : std::uint8_t { value, loss, gradient, shared_gradient, parameter_gradient, tangent, hessian };
constexpr const char* output_names[] = {"the last value", "loss = mean of its square", "dloss/dx", "dloss/ds",
                                        "dloss/dp",       "its tangent along d",       "H d"};

struct Recipe {
    Index recorded, run_with;
    bool noise;  // is v1 an input of its own?
    std::vector<Step> steps;
    std::vector<Output> outputs;

    std::string text() const {
        std::string text = "recorded with " + std::to_string(recorded) + " rows, run with " + std::to_string(run_with) +
                           "\nv0 = x [R,3], v1 = " + (noise ? "noise [R,3] as an input" : "x / 2") +
                           ", v2 = s [3], v3 = p [3], a parameter, all as [R,3]";
        for (std::size_t i = 0; i < steps.size(); ++i) {
            text += "\nv" + std::to_string(i + 4) + " = " + steps[i].op->name + "  of";
            for (std::size_t k : steps[i].operands) text += " v" + std::to_string(k);
            if (steps[i].shared_beside) text += "  (operands without rows of s)";
        }
        text += "\noutputs:";
        for (Output o : outputs) text += std::string("  ") + output_names[static_cast<int>(o)];
        return text;
    }
};

Recipe recipe_of(Choices& choices) {
    constexpr Index counts[] = {8, 2, 1, 3, 9, 33, 70, 300};
    Recipe r{choices.pick(counts), choices.pick(counts), choices.flip(), {}, {}};
    const Index outputs = choices.below(3), steps = choices.below(7);
    for (Index i = 0; i < steps; ++i) {
        const Case& op = choices.pick(operator_cases());
        Step step{&op, {}, makes_rows(op), choices.flip()};
        for (std::size_t k = 0; k < step.op->shapes.size(); ++k)
            step.operands.push_back(static_cast<std::size_t>(choices.below(4 + i)));
        r.steps.push_back(step);
    }
    for (Index i = 0; i <= outputs; ++i) r.outputs.push_back(static_cast<Output>(choices.below(7)));
    return r;
}

struct Inputs {
    Var x, noise, s, d;
    Parameter p;
};

std::vector<Var> made_by(const Recipe& r, const Inputs& in) {
    const Var p = in.x.tape().use(in.p);
    std::vector<Var> values{in.x, r.noise ? in.noise : in.x * 0.5, broadcast_to(in.s, in.x.shape()),
                            broadcast_to(p, in.x.shape())};
    for (const Step& step : r.steps) {
        std::vector<Var> operands;
        for (std::size_t k = 0; k < step.operands.size(); ++k) {
            const bool has_rows = (step.op->rows | step.op->aligned) >> k & 1u;
            const Var shared = step.shared_beside ? in.s : p;
            operands.push_back(fitted(values[step.operands[k]], shared, step.op->shapes[k], has_rows, step.op->from));
        }
        values.push_back(tanh(widened(step.op->build(operands), step.makes_rows, in.x)));
    }
    const Var y = values.back(), loss = mean(square(y));
    std::vector<Var> outputs;
    for (Output o : r.outputs) switch (o) {
            case Output::value: outputs.push_back(y); break;
            case Output::loss: outputs.push_back(loss); break;
            case Output::gradient: outputs.push_back(grad(loss, in.x)); break;
            case Output::shared_gradient: outputs.push_back(grad(loss, in.s)); break;
            case Output::parameter_gradient: outputs.push_back(grad(loss, in.p)); break;
            case Output::tangent: outputs.push_back(jvp(y, in.x, in.d)); break;
            case Output::hessian: outputs.push_back(hvp(loss, in.x, in.d)); break;
        }
    return outputs;
}

struct Point {
    Tensor x, noise, s, d;
    Point(Index rows, std::uint64_t seed) {
        Rng rng(seed);
        x = random_like(Shape{rows, 3}, rng);
        noise = random_like(Shape{rows, 3}, rng);
        s = random_like(Shape{3}, rng);
        d = random_like(Shape{rows, 3}, rng);
    }
    Inputs on(Tape& tape, const Parameter& p) const {
        return {tape.variable(x), tape.variable(noise), tape.variable(s), tape.variable(d), p};
    }
};

// As run() does it, with all rows in one tile, worked on in parts.
void run_whole(const Program& program, Workspace& w, std::span<const View> in, std::span<const MutableView> out) {
    const std::size_t constants = program.at(Port::constant).size();
    const Index rows = in[constants].shape.rows();
    w.prepare(program, {.rows = rows, .tile = rows, .parts = 3});
    for (std::size_t i = 0; i < constants; ++i) w.bind(i, in[i]);
    w.prologue();
    w.clear(0);
    w.begin_tile(0, rows);
    for (std::size_t i = constants; i < in.size(); ++i)
        std::copy_n(in[i].data, in[i].size(), w.state(i - constants, 0));
    w.forward(0);
    w.accumulate(0, 1);
    w.finish();
    for (std::size_t i = 0; i < out.size(); ++i) {
        if (program.at(Port::summed)[i] == Program::none) {
            std::fill_n(out[i].data, out[i].size(), Real(0));
            continue;
        }
        const View result = w.summed(i);
        if (result.size() == out[i].size()) std::copy_n(result.data, result.size(), out[i].data);
    }
}

std::string fails_at(const Recipe& r, const Program& program, Workspace& w, Index rows, std::uint64_t seed,
                     const Parameter& p) {
    const Point point(rows, seed);
    Tape tape;
    const std::vector<Var> right = made_by(r, point.on(tape, p));
    std::vector<View> in{point.s, point.x, point.d};
    if (r.noise) in.insert(in.begin(), point.noise);
    for (const bool tiles : {true, false}) {
        std::vector<Tensor> got;
        std::vector<MutableView> out;
        for (const Var& v : right) got.emplace_back(v.is_zero() ? Shape{} : v.shape(), Real(7));
        for (Tensor& t : got) out.push_back(t.view());
        try {
            tiles ? run(program, w, in, out) : run_whole(program, w, in, out);
        } catch (const Error& error) {
            const std::string text = error.what();
            if (rows != r.recorded && text.rfind("run: ", 0) == 0) return "";
            return text + "\n" + r.text();
        }
        for (std::size_t i = 0; i < right.size(); ++i) {
            const Tensor expected = right[i].is_zero() ? Tensor() : Tensor(tape.view(right[i]));
            const double error = distance({expected}, {got[i]}), scale = 1 + norm(Tensors{expected});
            if (error <= (is_double ? 1e-11 : 1e-3) * scale) continue;
            if (std::isnan(norm(Tensors{expected})) && std::isnan(norm(Tensors{got[i]}))) continue;
            return std::string(tiles ? "a run in tiles" : "a run as a whole") + " with " + std::to_string(rows) +
                   " rows differs from the tape in output " + std::to_string(i) + " by " + number_text(error) +
                   ", of size " + number_text(scale) + "\n" + r.text();
        }
    }
    return "";
}

}  // namespace

std::string hunt_programs(Choices& choices) {
    const Recipe r = recipe_of(choices);
    const Parameter p("p", Tensor({3}, {0.5, -1, 0.25}));
    Tape tape;
    std::vector<Var> outputs;
    Inputs in{};
    try {
        in = Point(r.recorded, 1).on(tape, p);
        outputs = made_by(r, in);
        Tape again;
        made_by(r, Point(r.run_with, 2).on(again, p));
    } catch (const Error&) {
        return "";  // an operator that does not take so many rows
    }
    std::vector<Var> constants{in.s};
    if (r.noise) constants.insert(constants.begin(), in.noise);
    const Var rows[] = {in.x, in.d};
    const Program program = compile(tape, constants, outputs, rows);
    Workspace w;
    std::string report = fails_at(r, program, w, r.recorded, 3, p);
    if (report.empty()) report = fails_at(r, program, w, r.run_with, 4, p);
    p.edit()[1] = 2;  // a replay reads it anew
    if (report.empty()) report = fails_at(r, program, w, r.run_with, 5, p);
    if (report.empty()) report = fails_at(r, program, w, r.recorded, 6, p);
    return report;
}

}  // namespace costate::test
