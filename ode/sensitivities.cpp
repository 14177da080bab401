#include "ode/sensitivities.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>

#include "autodiff/derivatives/grad.hpp"  // brings: grad, Tape
#include "ode/field/record.hpp"           // brings: can_be_replayed
#include "ode/solve.hpp"                  // brings: solve_field
#include "ode/solve/operator.hpp"         // brings: Solve, require_options, first_complaint

namespace costate::ode::inline COSTATE_PRECISION {

namespace {

// y = x, behind a field: who evaluates or differentiates the field does so with this, too.
struct Counted {
    long *here, *in_vjp, *in_jvp;

    static constexpr const char* name = "counted";
    static constexpr auto rows = elementwise_rows;
    bool operator==(const Counted&) const = default;
    Shape shape(const Shape& x, Where) const { return x; }
    void eval(const View& x, const MutableView& y) const {
        ++*here;
        std::copy_n(x.data, x.size(), y.data);
    }
    Var jvp(Var, Var, Var dx) const { return record(Counted{in_jvp, in_jvp, in_jvp}, dx); }
    Var vjp(Var, Var, Var gy, Needs) const { return record(Counted{in_vjp, in_vjp, in_vjp}, gy); }
};

Index bytes_of(Tape& tape) {
    std::size_t bytes = tape.values().size_bytes() + tape.operations().size_bytes() + tape.operands().size_bytes();
    for (const Tape::Value& v : tape.values())
        if (v.kind != Tape::Kind::parameter)  // whose numbers stay where they are. Others begin on a cache line
            bytes += (static_cast<std::size_t>(v.shape.size()) * sizeof(Real) + 63) / 64 * 64;
    for (const Tape::Operation& o : tape.operations()) {
        if (o.op != operator_number<Solve>()) continue;
        bytes += record_of(tape.objects(), tape.view(o.first_out + o.n_out - 1)).bytes();
    }
    return static_cast<Index>(bytes);
}

// Largest difference in units of the largest entry of y; a number that is none is infinitely far.
Number relative_difference(const Tensor& x, const Tensor& y) {
    Number most = 0, scale = 0;
    for (Index i = 0; i < y.size(); ++i) {
        const Number apart = std::abs(static_cast<Number>(x[i]) - static_cast<Number>(y[i]));
        most = apart <= most ? most : apart < HUGE_VAL ? apart : HUGE_VAL;
        scale = std::max(scale, std::abs(static_cast<Number>(y[i])));
    }
    return scale > 0 ? most / scale : most;
}

Tolerance thousandth(const Tolerance& t) {
    if (t.is_one()) return Number(t) / 1000;
    std::vector<Number> each(t.each().begin(), t.each().end());
    for (Number& entry : each) entry /= 1000;
    return each;
}

SolveOptions reference_of(SolveOptions options, const Route& route) {
    options.rtol = options.known_steps() ? Tolerance(1e-12) : thousandth(options.rtol);
    options.atol = options.known_steps() ? Tolerance(1e-12) : thousandth(options.atol);
    options.method = dop853;
    options.gradient = route;
    // An amplitude that is 0 is seen by the tangents alone.
    const bool tangents = options.rows == joint && route == discrete;
    options.forward_norm = tangents ? ForwardNorm::state_and_tangents : ForwardNorm::state;
    options.steps = 0, options.step = options.min_step = 0, options.max_steps = 1'000'000;
    return options;
}

class Comparison {
public:
    Comparison(const FieldRef& field, View z0, const Times& times, const std::function<Var(Var)>& loss, Where at)
        : field_(field), z0_(z0), times_(times), loss_(loss), at_(at) {}

    Sensitivity by(const SolveOptions& options) {
        Sensitivity found{options.gradient};
        Tape tape;
        found.seconds = HUGE_VAL;
        for (int i = 0; i < 3; ++i) {
            const auto begin = std::chrono::steady_clock::now();
            const auto [loss, gradient, solution] = solve(tape, field_, options);
            const std::chrono::duration<Number> time = std::chrono::steady_clock::now() - begin;
            found.seconds = std::min(found.seconds, time.count());
            if (i < 2) continue;
            found.loss = static_cast<Number>(tape.view(loss)[0]);
            for (const Var& g : gradient) found.gradient.emplace_back(tape.view(g));
            found.statistics = solution.statistics();
        }
        found.bytes = bytes_of(tape);
        found.work = count(options);
        return found;
    }

    std::vector<Parameter> parameters;  // known from the first solve on

private:
    struct Solved {
        Var loss;
        Vars gradient;
        Solution<Var> solution;
    };
    Solved solve(Tape& tape, const FieldRef& field, const SolveOptions& options) {
        tape.rewind();
        std::vector<Var> xs{tape.variable(z0_)};
        const Solution<Var> solution = solve_field(tape, field, {xs[0], at_}, times_, options, at_);
        const Var loss = loss_(solution.z);
        if (!std::exchange(knows_parameters_, true))
            for (const Tape::Use& use : tape.parameters()) parameters.push_back(use.parameter);
        for (const Parameter& p : parameters) xs.push_back(tape.use(p, at_));
        return {loss, grad(loss, xs, at_), solution};
    }

    // In a second pass: the first one makes the plans.
    Work count(SolveOptions options) {
        Work work;
        const auto counted = [&](Var t, Var z) {
            return record(Counted{&work.evaluations, &work.vjps, &work.jvps}, field_(t, z));
        };
        options.tiles = false;
        Tape tape;
        solve(tape, counted, options);
        work = {};
        solve(tape, counted, options);
        return work;
    }

    const FieldRef& field_;
    View z0_;
    const Times& times_;
    const std::function<Var(Var)>& loss_;
    Where at_;
    bool knows_parameters_ = false;
};

bool is_replayable(const FieldRef& field, View z0, const Times& times, const SolveOptions& options, Where at) {
    Tape outer;
    Recording recording;
    Tensor t0(options.rows == joint ? Shape{} : time_of_rows(z0.shape));
    std::ranges::fill(t0.entries(), times.are_numbers() ? static_cast<Real>(times.front()) : Real(0));
    return can_be_replayed(recording, outer, field, t0, z0, at);
}

// Why the route cannot be taken, or nothing.
std::string refusal(const SolveOptions& options, bool replayable) {
    if (const Complaint c = first_complaint(options); c.option)
        return text(c.what ? text(c.what) : text(".", c.option), ": ", c.expected);
    return replayable || !options.gradient.is_one_operation()
               ? ""
               : "the field reads a value, and only direct calls it at every stage";
}

}  // namespace

Sensitivities compare_sensitivities(FieldRef field, View z0, const Times& times, const std::function<Var(Var)>& loss,
                                    const SolveOptions& options, std::span<const Route> routes, Where at) {
    const CalledFrom caller(at);
    require_options(options, at);
    require_times(times, options, at);
    const bool replayable = is_replayable(field, z0, times, options, at);
    Comparison comparison(field, z0, times, loss, at);
    Sensitivities s{.reference = comparison.by(reference_of(options, replayable ? discrete : direct))};
    s.parameters = comparison.parameters;
    for (const Route& route : routes) {
        SolveOptions by_route = options;
        by_route.gradient = route;
        Sensitivity& row = s.routes.emplace_back(Sensitivity{route, refusal(by_route, replayable)});
        if (row.refused.empty()) row = comparison.by(by_route);
        for (std::size_t i = 0; i < row.gradient.size(); ++i)
            row.difference = std::max(row.difference, relative_difference(row.gradient[i], s.reference.gradient[i]));
    }
    return s;
}

std::string to_text(const Sensitivities& s) {
    char line[128];
    std::snprintf(line, sizeof line, "%-14s %11s %12s %8s %8s %12s %13s\n", "route", "difference", "evaluations",
                  "VJPs", "JVPs", "bytes", "milliseconds");
    std::string table = line;
    for (const Sensitivity& row : s.routes) {
        if (row.refused.empty())
            std::snprintf(line, sizeof line, "%-14s %11.1e %12ld %8ld %8ld %12lld %13.3f\n", row.route.name,
                          row.difference, row.work.evaluations, row.work.vjps, row.work.jvps,
                          static_cast<long long>(row.bytes), 1e3 * row.seconds);
        else
            std::snprintf(line, sizeof line, "%-14s %s\n", row.route.name, row.refused.c_str());
        table += line;
    }
    return table;
}

}  // namespace costate::ode
