#include "optim/levenberg.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>  // brings: std::inner_product

#include "optim/qr.hpp"  // brings: triangulate, solve_upper, solve_transposed

namespace costate::optim::inline COSTATE_PRECISION {

namespace {

Number norm(std::span<const Number> v) {
    Number squares = 0;
    for (const Number entry : v) squares += entry * entry;
    return std::sqrt(squares);
}

std::span<const Number> column(const std::vector<Number>& m, Index rows, Index j, Index count) {
    return std::span(m).subspan(j * rows, count);
}

}  // namespace

void Problem::resize(Index N) {
    const std::size_t p = theta.size(), n = N, m = std::max(n, p);
    for (std::vector<Number>* list : {&step, &velocity, &bend, &scale}) list->resize(p);
    residuals.resize(n);
    J.resize(n * p);
    triangle.resize(m * (p + 1));
    damped.resize(2 * p * (p + 1));
}

void Problem::arrive(Number tolerance) {
    std::fill(triangle.begin(), triangle.end(), 0);
    for (Index j = 0; j < P(); ++j) {
        const auto from = column(J, N(), j, N());
        std::copy(from.begin(), from.end(), triangle.begin() + j * rows());
        scale[j] = norm(from);
    }
    std::copy(residuals.begin(), residuals.end(), triangle.begin() + P() * rows());
    triangulate(triangle, rows(), P(), P() + 1);

    const auto c = column(triangle, rows(), P(), rows());  // Qᵀr: first what J can change, then the rest
    const bool known = determined();                       // else columns of Q belong to none of J's
    const Number along = (known ? norm(c.first(theta.size())) : along_columns()) / std::sqrt(static_cast<Number>(P()));
    const Number rest = norm(c.subspan(theta.size())) / std::sqrt(static_cast<Number>(std::max<Index>(1, N() - P())));
    // θ is rounded: that alone changes r by ε |D θ|, and |r|² by 2 |r| times as much.
    const Number rounding = static_cast<Number>(std::numeric_limits<Real>::epsilon()) * scaled(theta);
    allowance = 2 * std::sqrt(cost) * rounding;
    if (along <= std::max(tolerance * rest, rounding)) stop = Stop::small_gradient;
    std::copy_n(c.begin(), P(), step.begin());
    solve_upper(triangle, rows(), step);  // the step of Gauss and Newton: λ = 0
    if (known && scaled(step) <= tolerance / 100 * scaled(theta)) stop = Stop::small_change;
}

// Jᵀr, each entry by the length of its column.
Number Problem::along_columns() const {
    Number squares = 0;
    for (Index j = 0; j < P(); ++j) {
        const auto from = column(J, N(), j, N());
        const Number product = std::inner_product(from.begin(), from.end(), residuals.begin(), Number(0));
        if (scale[j] > 0) squares += (product / scale[j]) * (product / scale[j]);
    }
    return std::sqrt(squares);
}

bool Problem::determined() const {
    const Number rounding = static_cast<Number>(std::numeric_limits<Real>::epsilon());
    for (Index j = 0; j < P(); ++j) {
        const auto r = column(triangle, rows(), j, j + 1);
        if (!(std::abs(r.back()) > rounding * norm(r))) return false;
    }
    return true;
}

Number Problem::scaled(const std::vector<Number>& v) const {
    Number squares = 0;
    for (std::size_t i = 0; i < v.size(); ++i) squares += scale[i] * scale[i] * v[i] * v[i];
    return std::sqrt(squares);
}

void Problem::find_velocity() {  // the triangle of [R Qᵀr] above [√λ D, 0] is that of J and r above the same
    std::fill(damped.begin(), damped.end(), 0);
    for (Index j = 0; j <= P(); ++j) {
        const auto from = column(triangle, rows(), j, P());
        std::copy(from.begin(), from.end(), damped.begin() + j * 2 * P());
    }
    for (std::size_t j = 0; j < scale.size(); ++j)
        damped[scale.size() + j + j * 2 * scale.size()] = std::sqrt(lambda) * scale[j];
    triangulate(damped, 2 * P(), P(), P() + 1);
    const auto c = column(damped, 2 * P(), P(), P());
    for (std::size_t j = 0; j < velocity.size(); ++j) velocity[j] = -c[j];
    solve_upper(damped, 2 * P(), velocity);
    std::fill(bend.begin(), bend.end(), 0);
}

void Problem::find_bend(
    const Real* second) {  // RᵀR a = −Jᵀr″ with the damped R: a correction, so its digits do not matter
    for (std::size_t j = 0; j < bend.size(); ++j) {
        const auto slope = column(J, N(), j, N());
        bend[j] = 0;
        for (std::size_t i = 0; i < slope.size(); ++i) bend[j] -= slope[i] * static_cast<Number>(second[i]);
    }
    solve_transposed(damped, 2 * P(), bend);
    solve_upper(damped, 2 * P(), bend);
}

void Problem::find_step(Number max_step) {
    tried = 2 * scaled(bend) <= 0.75 * scaled(velocity);
    Number longest = 0;
    for (std::size_t i = 0; i < step.size(); ++i) {
        step[i] = velocity[i] + bend[i] / 2;
        longest = std::max(longest, std::abs(step[i]));
    }
    if (longest > max_step)
        for (Number& entry : step) entry *= max_step / longest;
}

void Problem::judge() {
    ++iterations;
    accepted = tried && trial_cost <= cost + allowance;  // no for a nan
    lambda = accepted ? lambda / 3 : lambda * 3;
    if (!accepted && lambda > 1e30) stop = Stop::stuck;
    if (!accepted) return;
    cost = trial_cost;
    for (std::size_t i = 0; i < theta.size(); ++i)
        theta[i] = static_cast<Number>(static_cast<Real>(theta[i] + step[i]));
}

Fit Problem::fit(long evaluations, const std::string& error) const {
    using limits = std::numeric_limits<Number>;
    const Number freedom = static_cast<Number>(N() - P()),
                 variance = freedom > 0 ? cost / freedom : limits::quiet_NaN();
    Fit fit{Tensor(theta), Tensor(theta), Tensor({P(), P()}), cost, std::sqrt(variance), iterations, evaluations,
            stop,          error};
    const bool known = freedom > 0 && determined();
    std::vector<Number> inverse(theta.size());  // a column of (RᵀR)⁻¹
    for (Index j = 0; j < P(); ++j) {
        std::fill(inverse.begin(), inverse.end(), 0);
        inverse[j] = 1;
        solve_transposed(triangle, rows(), inverse);
        solve_upper(triangle, rows(), inverse);
        for (Index i = 0; i <= j; ++i)
            fit.covariance(i, j) = fit.covariance(j, i) =
                static_cast<Real>(known ? variance * inverse[i] : limits::infinity());
        const Number own = inverse[j];
        fit.standard_errors[j] = static_cast<Real>(known ? std::sqrt(variance * own) : limits::infinity());
    }
    return fit;
}

}  // namespace costate::optim
