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
    mixing->tileable = false;
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

}  // namespace costate::ode
