// optim/fitter.cpp — a fit: from the tape to the problems, a step of each, and back
#include "optim/fitter.hpp"

#include <cmath>
#include <limits>

namespace costate::optim::inline COSTATE_PRECISION {

Fitter::Fitter(bool by_rows, const Parameters& parameters, const Residuals& residuals,
               const LeastSquaresOptions& options, Where at)
    : parameters_(parameters.list()), residuals_(residuals), options_(options), by_rows_(by_rows), at_(at) {
    require_trainable(parameters, at);
    require_at_least("least_squares", "iterations", options.iterations, 0, at);
    require_within("least_squares", "tolerance", options.tolerance, 0, 1, at);
    require_at_least("least_squares", "damping", options.damping, std::numeric_limits<Number>::min(), at);
    if (!(options.max_step > 0)) require_at_least("least_squares", "max_step", options.max_step, 0, at);
    const Index B = !by_rows ? 1 : parameters[0].shape().rank() == 0 ? 0 : parameters[0].shape()[0];
    for (std::size_t p = 0; p < parameters_.size(); ++p) {
        const Shape& shape = parameters_[p].shape();
        if (by_rows && (B == 0 || shape.rank() == 0 || shape[0] != B))
            fail(at, {.what = "least_squares_rows: a parameter has not one row for each problem",
                      .got = text("\"", parameters_[p].name(), "\" ", shape),
                      .expected = "[B,...] with the same B ≥ 1 for all"});
        const Index row_size = shape.size() / B;
        for (Index j = 0; j < row_size; ++j) {
            columns_.push_back({p, j, row_size, Tensor(shape)});
            for (Index b = 0; b < B; ++b) columns_.back().tangent[b * row_size + j] = 1;
        }
        directions_.emplace_back(shape);
    }
    problems_.resize(B);
    for (Problem& problem : problems_) {
        problem.theta.resize(columns_.size());
        problem.lambda = options.damping;
    }
}

void Fitter::read_theta() {
    for (std::size_t j = 0; j < columns_.size(); ++j)
        for (Index b = 0; b < count(); ++b) {
            const Column& c = columns_[j];
            const Real entry = parameters_[c.parameter].value()[b * c.row_size + c.entry];
            problems_[b].theta[j] = static_cast<Number>(entry);
        }
}

void Fitter::write_theta(bool with_step) {
    for (std::size_t j = 0; j < columns_.size(); ++j) {
        const Column& c = columns_[j];
        const Parameter::Edit edit = parameters_[c.parameter].edit();
        for (Index b = 0; b < count(); ++b) {
            const Problem& problem = problems_[b];
            const bool moves = with_step && problem.tried && problem.stop == Stop::not_yet;
            edit[b * c.row_size + c.entry] = static_cast<Real>(problem.theta[j] + (moves ? problem.step[j] : 0));
        }
    }
    is_recorded_ = false;
}

void Fitter::record() {
    ++evaluations_;
    tape_.rewind();
    recorded_ = residuals_(tape_);
    require_residuals(recorded_);
    is_recorded_ = true;
}

void Fitter::require_residuals(Var r) const {
    if (r.is_zero() || &r.tape() != &tape_)
        fail(at_, {.what = "least_squares: the residuals were not recorded on the tape that their function is given",
                   .got = r.is_zero() ? "Var{}" : "a Var of another tape",
                   .expected = "a Var of that tape",
                   .fix = "[&](Tape& tape) { ...; return r; } with every constant made by this tape"});
    if (by_rows_ && (r.shape(at_).rank() == 0 || r.shape()[0] != count()))
        fail(at_, {.what = "least_squares_rows: the residuals have not one row for each problem",
                   .got = to_text(r.shape()),
                   .expected = text(count(), " rows, as the parameters have")});
    const Index N = problems_[0].N();
    if (r.size(at_) == 0 || (N > 0 && r.size() != N * count()))
        fail(at_, {.what = "least_squares: the number of residuals is 0, or not the same at every call",
                   .got = to_text(r.shape()),
                   .expected = N > 0 ? text(N * count(), " numbers, as at the start") : "at least one number"});
}

// The derivative of y along the problems' v: jvp with all parameters' tangents at once.
Var Fitter::along_velocity(Var y) {
    for (std::size_t j = 0; j < columns_.size(); ++j) {
        const Column& c = columns_[j];
        for (Index b = 0; b < count(); ++b)
            directions_[c.parameter][b * c.row_size + c.entry] = static_cast<Real>(problems_[b].velocity[j]);
    }
    const std::span<Var> xs = tape_.list(parameters_.size()), tangents = tape_.list(parameters_.size());
    for (std::size_t p = 0; p < xs.size(); ++p)
        xs[p] = tape_.use(parameters_[p], at_), tangents[p] = tape_.constant(directions_[p]);
    return y.is_zero() ? y : jvp(Vars(&y, 1), xs, tangents, at_)[0];
}

void Fitter::linearise() {
    const Index N = residuals_each();
    const View r = tape_.view(recorded_);
    for (Index i = 0; i < r.size(); ++i) problems_[i / N].residuals[i % N] = static_cast<Number>(r[i]);
    if (count() == 1 && N < problems_[0].P()) return linearise_by_cotangents();
    bool any = false;
    for (std::size_t j = 0; j < columns_.size(); ++j) {
        const Var x = tape_.use(parameters_[columns_[j].parameter], at_), x_dot = tape_.constant(columns_[j].tangent);
        const Var column = jvp(Vars(&recorded_, 1), Vars(&x, 1), Vars(&x_dot, 1), at_)[0];
        any = any || !column.is_zero();
        for (Index i = 0; i < r.size(); ++i)
            problems_[i / N].J[i % N + j * N] = column.is_zero() ? 0 : static_cast<Number>(tape_.view(column)[i]);
    }
    require_dependence(any);
}

void Fitter::linearise_by_cotangents() {
    std::vector<Number>& J = problems_[0].J;
    const std::size_t N = residuals_each();
    const std::span<Var> xs = tape_.list(parameters_.size());
    for (std::size_t p = 0; p < xs.size(); ++p) xs[p] = tape_.use(parameters_[p], at_);
    bool any = false;
    for (std::size_t i = 0; i < N; ++i) {
        unit_[i] = 1;
        const Var y_bar = tape_.constant(unit_);
        unit_[i] = 0;
        const Vars row = vjp(Vars(&recorded_, 1), xs, Vars(&y_bar, 1), at_);
        for (std::size_t j = 0; j < columns_.size(); ++j) {
            const Var slope = row[columns_[j].parameter];
            any = any || !slope.is_zero();
            J[i + j * N] = slope.is_zero() ? 0 : static_cast<Number>(tape_.view(slope)[columns_[j].entry]);
        }
    }
    require_dependence(any);
}

void Fitter::require_dependence(bool any) const {
    if (any) return;
    fail(at_, {.what = "least_squares: the residuals depend on no parameter that was given",
               .got = text(parameters_.size(), " parameters, of which the first is \"", parameters_[0].name(), "\" ",
                           parameters_[0].shape()),
               .expected = "residuals computed with them",
               .likely = "they were computed with a clone, or with numbers in place of tape.use(parameter)"});
}

void Fitter::measure() {  // |r|² of each problem, from the tape
    const View r = tape_.view(recorded_);
    const Index N = residuals_each();
    for (Index b = 0; b < count(); ++b) {
        Number& cost = problems_[b].trial_cost = 0;
        for (Index i = b * N; i < (b + 1) * N; ++i) cost += static_cast<Number>(r[i]) * static_cast<Number>(r[i]);
    }
}

// ---- the loop ----

void Fitter::start() {
    record();
    for (Problem& problem : problems_) problem.resize(residuals_each());
    unit_ = Tensor(recorded_.shape());
    measure();
    for (std::size_t b = 0; b < problems_.size(); ++b) {
        problems_[b].cost = problems_[b].trial_cost;
        if (!std::isfinite(problems_[b].cost))
            fail(at_, {.what = "least_squares: the residuals are not finite at the start",
                       .got = text(problems_[b].cost, " is the sum of their squares, in row ", b),
                       .expected = "a finite number; nothing was changed",
                       .fix = "another start, or tape.set_finite_check(true) in the function to find the operation"});
    }
    linearise();
    for (Problem& problem : problems_) problem.arrive(options_.tolerance);
}

void Fitter::iterate() {
    for_active([](Problem& problem) { problem.find_velocity(); });
    if (options_.geodesic) {
        if (!is_recorded_) record();
        const Var second = along_velocity(along_velocity(recorded_));  // r″
        const Index N = residuals_each();
        for (std::size_t b = 0; b < problems_.size() && !second.is_zero(); ++b)
            if (problems_[b].stop == Stop::not_yet) problems_[b].find_bend(tape_.view(second).data + b * N);
    }
    bool any_tried = false, any_kept = false, all_kept = true;
    for_active([&](Problem& problem) {
        problem.find_step(options_.max_step);
        problem.trial_cost = std::numeric_limits<Number>::infinity();
        any_tried = any_tried || problem.tried;
    });
    if (any_tried) {
        write_theta(true);
        if (succeeds([&] { record(); }, error_)) measure();
    }
    for_active([&](Problem& problem) {
        problem.judge();
        any_kept = any_kept || problem.accepted;
        all_kept = all_kept && problem.accepted;
    });
    if (any_tried && !all_kept) write_theta(false);
    if (!any_kept) return;
    if (!is_recorded_) record();
    linearise();
    for_active([&](Problem& problem) {
        if (problem.accepted) problem.arrive(options_.tolerance);
    });
}

std::vector<Fit> Fitter::run() {
    struct PutBack {  // the parameters end where the best step was, whatever is thrown
        Fitter& fitter;
        ~PutBack() { fitter.write_theta(false); }
    };
    read_theta();
    const PutBack at_the_end{*this};
    start();
    for (int n = 0; n < options_.iterations && any_active(); ++n) iterate();
    for_active([](Problem& problem) { problem.stop = Stop::iterations; });
    std::vector<Fit> fits;
    for (const Problem& problem : problems_) fits.push_back(problem.fit(evaluations_, error_));
    return fits;
}

std::vector<Fit> fit_rows(bool independent_rows, const Parameters& parameters, const Residuals& residuals,
                          const LeastSquaresOptions& options, Where at) {
    return Fitter(independent_rows, parameters, residuals, options, at).run();
}

}  // namespace costate::optim
