#include "ode/multistep/nordsieck.hpp"

namespace costate::ode {

template class plain::Corrector<double, std::dynamic_extent, const plain::AnyField<double>>;
template class plain::Corrector<float, std::dynamic_extent, const plain::AnyField<float>>;

namespace {

// What the clock and the texts of errors know a method by: of order 1 at a start, and of at most that of the options.
Method as_method(const NordsieckOptions& o) {
    MethodNumbers m = o.method.stiff ? MethodNumbers(trbdf2) : MethodNumbers(adaptive_heun);
    m.name = o.method.name;
    m.order = o.highest();
    m.embedded_order = 1;
    return m;
}

}  // namespace

SolveOptions as_solve_options(const NordsieckOptions& o) {
    return {.method = as_method(o),
            .rtol = o.rtol,
            .atol = o.atol,
            .first_step = o.first_step,
            .max_step = o.max_step,
            .min_step = o.min_step,
            .max_steps = o.max_steps,
            .step_t = o.step_t,
            .jump_t = o.jump_t,
            .norm = o.norm,
            .on_step = o.on_step};
}

Complaint first_complaint(const Times& times, const NordsieckOptions& o, Index n) {
    if (o.most_order < 0 || o.most_order > o.method.most_order)
        return {"most_order", Number(o.most_order), "1 ... 5 of bdf, 1 ... 12 of adams; 0: the highest"};
    if (!(o.gradient == interpolating)) return {"gradient"};
    return first_plain_complaint(times, as_solve_options(o), n);
}

}  // namespace costate::ode
