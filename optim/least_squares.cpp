// optim/least_squares.cpp — the loop of a fit
#include "optim/least_squares.hpp"

#include <cmath>
#include <limits>

#include "optim/fitter.hpp"  // brings: Fitter, Problem

namespace costate::optim::inline COSTATE_PRECISION {

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
            if (problems_[b].stop == Stop::not_yet)
                problems_[b].find_bend(tape_.view(second).data + static_cast<Index>(b) * N);
    }
    bool any_tried = false, any_kept = false, all_kept = true;
    for_active([&](Problem& problem) {
        problem.find_step(options_.max_step);
        problem.trial_cost = std::numeric_limits<double>::infinity();
        any_tried = any_tried || problem.tried;
    });
    if (any_tried) {
        write_theta(true);
        if (try_record()) measure();
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
