#include "ode/models/flow.hpp"

#include <cmath>

#include "autodiff/derivatives/walk.hpp"       // brings: along
#include "autodiff/operators/elementwise.hpp"  // brings: square
#include "autodiff/operators/shaping.hpp"      // brings: slice, column, concatenate
#include "nn/losses.hpp"                       // brings: gaussian_log_likelihood

namespace costate::ode::inline COSTATE_PRECISION {

Tensor gaussian_probes(const Shape& shape, Rng& rng) {
    Tensor probes(shape);
    rng.fill_normal(probes.entries());
    return probes;
}

Tensor rademacher_probes(const Shape& shape, Rng& rng) {
    Tensor probes(shape);
    for (Real& entry : probes.entries()) entry = rng.bits() >> 63 ? Real(1) : Real(-1);
    return probes;
}

namespace {

// The rates of the integrals beside z, each [B,1]: flows (1), straight (1) and straight (2) if wanted. All come from the same
// D tangents, or from the one cotangent of a probe.
struct Beside {
    Var trace, squares;
};

Beside by_tangents(Var f, Var z) {
    const auto count = static_cast<std::size_t>(z.size(1));
    const std::span<Var> slopes = z.tape().list(count), squares = z.tape().list(count);
    for (std::size_t j = 0; j < count; ++j) {
        const Index k = static_cast<Index>(j);
        const Var column_of_jacobian = jvp(f, z, walking::along(z, k));
        if (column_of_jacobian.is_zero()) continue;
        slopes[j] = column(column_of_jacobian, k);  // flows (3)
        squares[j] = sum(square(column_of_jacobian), -1, true);
    }
    const Var none = filled(f.tape(), {z.size(0), 1}, 0);
    return {or_zeros(sum_of(slopes), none), or_zeros(sum_of(squares), none)};
}

Beside by_probe(Var f, Var z, const Operand& probe) {
    const Var e = probe.on(f.tape());
    return {divergence(f, z, e), sum(square(vjp(f, z, e)), -1, true)};  // flows (4), flows (6)
}

// The state with them: [B, D + 1] or [B, D + 3].
auto beside_state(const FieldRef& field, const Operand* probe, const FlowTask& task) {
    return [&field, probe, &task](Var t, Var state) {
        const Var z = slice(state, -1, 0, task.dimensions), f = field(t, z);
        if (!task.regularised) return concatenate({f, probe ? divergence(f, z, *probe) : divergence(f, z)}, -1);
        const Beside rates = probe ? by_probe(f, z, *probe) : by_tangents(f, z);
        return concatenate({f, rates.trace, sum(square(f), -1, true), rates.squares}, -1);
    };
}

void require_points(const Shape& shape, const FlowTask& task, Where at) {
    const std::string got = text("points ", shape);
    if (shape.rank() != 2 || shape[1] != task.dimensions)
        fail(at, {.what = "Flow: these are no points of its space",
                  .got = got,
                  .expected = text("[B,", task.dimensions, "]: a row for each point")});
    if (shape[0] == 0 && task.with_density)
        fail(at, {.what = "Flow: there is no point to give the density of",
                  .got = got,
                  .expected = "at least one row",
                  .likely = "an empty batch, or a slice of no rows"});
}

template <class Z>
Flowed<Var> unpack(const Solution<Z>& solution, Var start, Var end, const FlowTask& task, Where at) {
    const CalledFrom caller(at);
    Flowed<Var> out;
    out.statistics = solution.statistics(at);
    if (!task.with_density) {
        out.z = end;
        return out;
    }
    const Index d = task.dimensions;
    const Number sign = task.to_base ? 1 : -1;  // flows (2): the integral runs from t0 to t1
    const auto integral = [&](Index i) { return sign * reshape(column(end, d + i), {-1}); };
    out.z = slice(end, -1, 0, d);
    out.log_density = nn::gaussian_log_likelihood(task.to_base ? out.z : start, 0, 0) + integral(0);
    if (task.regularised) out.kinetic_energy = integral(1), out.jacobian_norm = integral(2);
    return out;
}

Index columns_beside(const FlowTask& task) { return task.regularised ? 3 : 1; }

}  // namespace

Flowed<Var> flow_points(const FieldRef& field, Var points, const Operand* probe, const FlowTask& task,
                        const SolveOptions& options, Where at) {
    const CalledFrom caller(at);
    require_points(points.shape(at), task, at);
    const Times times{task.from, task.to};
    if (!task.with_density) {
        const Solution<Var> solution = solve_field(field, points, times, options, at);
        return unpack(solution, points, solution.end(at), task, at);
    }
    const Solution<Var> solution =
        solve(beside_state(field, probe, task), pad(points, 1, 0, columns_beside(task)), times, options, at);
    return unpack(solution, points, solution.end(at), task, at);
}

Flowed<Tensor> flow_points(const FieldRef& field, View points, const Operand* probe, const FlowTask& task,
                           const SolveOptions& options, Where at) {
    require_points(points.shape, task, at);
    Tape tape;
    const Times times{task.from, task.to};
    const Var start = tape.constant(points);
    const auto tensors = [&](const Solution<Tensor>& solution) {
        const Flowed<Var> out = unpack(solution, start, tape.constant(solution.end(at)), task, at);
        const auto numbers = [&](Var v) { return v.is_zero() ? Tensor() : Tensor(tape.view(v)); };
        return Flowed<Tensor>{numbers(out.z), numbers(out.log_density), numbers(out.kinetic_energy),
                              numbers(out.jacobian_norm), out.statistics};
    };
    if (!task.with_density) return tensors(solve_field(field, points, times, options, at));
    const Var packed = pad(start, 1, 0, columns_beside(task));
    return tensors(solve(beside_state(field, probe, task), tape.view(packed), times, options, at));
}

FlowCheck check_flow(const FieldRef& field, View x, const FlowTask& task, const SolveOptions& own,
                     const SolveOptions& other, Number most, Where at) {
    const auto nll = [&](const Flowed<Tensor>& there) {
        Number sum = 0;
        for (const Real l : there.log_density.entries()) sum -= static_cast<Number>(l);
        return sum / static_cast<Number>(there.log_density.size());
    };
    const Flowed<Tensor> checked = flow_points(field, x, nullptr, task, other, at);
    const FlowCheck check{nll(checked), nll(flow_points(field, x, nullptr, task, own, at)),
                          checked.statistics.evaluations};
    if (!(std::fabs(check.difference()) <= most))
        fail(at, {.what = "Flow: the solver it is trained with does not follow its field",
                  .got = text("−mean ln p = ", check.training_nll, " by ", own.method.name,
                              own.steps > 0 ? text(" in ", own.steps, " steps") : "", ", ", check.nll, " by ",
                              other.method.name, " with rtol ", other.rtol),
                  .expected = text("both within ", most, " nats"),
                  .likely = "the flow has learned the solver's error instead of the data",
                  .fix = "more steps or a smaller learning rate; or a weight on kinetic_energy and jacobian_norm of "
                         "flow.regularised(x), which keeps the paths easy to follow"});
    return check;
}

}  // namespace costate::ode
