#include "ode/symplectic.hpp"

#include "autodiff/operators/elementwise.hpp"
#include "autodiff/operators/shaping.hpp"

namespace costate::ode {

void splitting::require(const Times& times, const SplittingOptions& options, std::size_t q, std::size_t p, Where at) {
    if (!(options.step > 0) || !std::isfinite(options.step))
        fail(at, {.what = "solve_separable: no length of a step",
                  .got = text("step = ", options.step),
                  .expected = "the length of equal steps: their being equal is what keeps the energy",
                  .fix = "{.method = ode::verlet, .step = 0.01}"});
    if (q != p)
        fail(at, {.what = "solve_separable: q and p differ in their numbers",
                  .got = text(q, " and ", p),
                  .expected = "a momentum for each place"});
    if (times.size() == 0 || times.rows() > 0 || !times.are_numbers())
        fail(at,
             {.what = "solve_separable: no times", .expected = "one list of numbers, the first of which is the start"});
    for (std::size_t i = 0; i < times.size(); ++i)
        if (!std::isfinite(times[i]))
            fail(at, {.what = "solve_separable: a time is not finite", .got = text("times[", i, "] = ", times[i])});
}

inline namespace COSTATE_PRECISION {

SeparableVars solve_separable(Tape& tape, const std::function<Var(Var, Var)>& drift,
                              const std::function<Var(Var, Var)>& kick, const Operand& q0, const Operand& p0,
                              const Times& times, const SplittingOptions& options, Where at) {
    Var q = q0.on(tape), p = p0.on(tape);
    splitting::require(times, options, std::size_t(q.size()), std::size_t(p.size()), at);
    std::vector<Var> qs, ps;
    const auto keep = [](std::vector<Var>& list, Var x) { list.push_back(reshape(x, Shape{1}.joined(x.shape()))); };
    const While doing("solving a separable system", at);
    splitting::walk(
        times, options, [&](double by, double t) { p = p + by * kick(tape.constant(t), q); },
        [&](double by, double t) { q = q + by * drift(tape.constant(t), p); }, [&] { keep(qs, q), keep(ps, p); });
    return {concatenate(qs, 0, at), concatenate(ps, 0, at)};
}

}  // namespace COSTATE_PRECISION

}  // namespace costate::ode
