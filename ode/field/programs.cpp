#include "ode/field/programs.hpp"

namespace costate::ode::inline COSTATE_PRECISION {

// t is the same for all rows, or the last of what changes from row to row.
SharedProgram compiled(Recording& r, ProgramSpec spec, std::vector<Var> states, RowClocks rows) {
    spec.constants = r.captures;
    if (rows == joint)
        spec.times = Vars(&r.t, 1);
    else
        states.push_back(r.t);
    spec.states = states;
    return std::make_shared<const Program>(compile(r.tape, spec));
}

SharedProgram with_pullback(Recording& r, const Chosen& captures, RowClocks rows) {
    const Pullback p = append_pullback(r, captures, false);
    return compiled(r, {.cotangents = p.cotangents, .forward = r.rates, .reverse = p.z_bars, .summed = p.capture_bars},
                    r.z, rows);
}

SharedProgram with_rows_of(const Program& other, SharedProgram program) {
    if (other.tileable || !program->tileable) return program;
    const auto mixing = std::make_shared<Program>(*program);
    mixing->tileable = mixing->merges_stages = false;
    return mixing;
}

SharedProgram forward_program(const Recording& field, RowClocks rows) {
    Recording r;
    r.copy(field);
    return compiled(r, {.forward = r.rates}, r.z, rows);
}

SharedProgram reverse_program(const Recording& field, const Chosen& captures, RowClocks rows) {
    Recording r;
    r.copy(field);
    return with_pullback(r, captures, rows);
}

SharedProgram adjoint_program(const Recording& field, const Chosen& captures, RowClocks rows) {
    Recording r;
    r.copy(field);
    const Pullback p = append_pullback(r, captures, true);
    std::vector<Var> states = r.z, rates = r.rates;
    states.insert(states.end(), p.cotangents.begin(), p.cotangents.end());
    rates.insert(rates.end(), p.z_bars.begin(), p.z_bars.end());
    return compiled(r, {.forward = rates, .summed = p.capture_bars}, states, rows);
}

SharedProgram tangents_program(const Recording& field, std::span<const InputDirection> directions, RowClocks rows) {
    Recording r;
    r.copy(field);
    append_tangents(r, directions);
    return compiled(r, {.forward = r.rates}, r.z, rows);
}

namespace {

// Does row i of the rates depend on row i of this capture alone?
bool goes_by_rows(const Recording& field, std::size_t capture) {
    const Shape shape = field.captures[capture].shape(), z = field.z[0].shape();
    if (shape.rank() == 0 || shape[0] != z[0]) return false;
    Recording r;
    r.copy(field);
    std::vector<Var> states = r.z;
    states.push_back(r.captures[capture]);
    r.captures.erase(r.captures.begin() + static_cast<std::ptrdiff_t>(capture));
    return compiled(r, {.forward = r.rates}, states, joint)->tileable;
}

}  // namespace

std::vector<InputDirection> directions_of(const Recording& field, const Chosen& captures, const Chosen& starts,
                                          bool mixes, bool each_entry) {
    std::vector<InputDirection> directions;
    const auto add = [&](bool at_start, std::size_t i, Var x) {
        const bool by_rows = !mixes && (at_start || goes_by_rows(field, i));
        const Index entries = by_rows ? x.shape().row_size() : x.shape().size();
        if (!each_entry) directions.push_back({at_start, by_rows, i, InputDirection::all, entries});
        for (Index e = 0; each_entry && e < entries; ++e) directions.push_back({at_start, by_rows, i, e, entries});
    };
    for (std::size_t i = 0; i < starts.size(); ++i)
        if (starts[i]) add(true, i, field.z[i]);
    for (std::size_t i = 0; i < captures.size(); ++i)
        if (captures[i]) add(false, i, field.captures[i]);
    return directions;
}

}  // namespace costate::ode
