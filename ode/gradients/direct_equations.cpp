#include "ode/gradients/direct_equations.hpp"

#include <algorithm>
#include <array>

#include "autodiff/operators/elementwise.hpp"
#include "autodiff/operators/matmul.hpp"
#include "autodiff/operators/shaping.hpp"
#include "core/lu.hpp"                 // brings: lu::factor, solve
#include "ode/steps/newton.hpp"        // brings: Newton, InRoundings
#include "ode/steps/stage_matrix.hpp"  // brings: stage_matrix, stage_matrix_of_one

namespace costate::ode::inline COSTATE_PRECISION {

bool DirectEquations::solve(int i, const Interval& s, std::span<const Var> base, Var guess, std::span<Var> k,
                            std::span<Var> Z) {
    base_.assign(base.begin(), base.end());
    n_ = base[0].size();
    i_ = static_cast<std::size_t>(i);
    h_ = s.h;
    k_.clear();
    for (std::size_t p = 0; p < base.size(); ++p)
        k_.insert(k_.end(), tape_.view(guess).data, tape_.view(guess).data + n());
    const bool converged = find_solution(s);
    const Var minus_one = tape_.constant(inverse());
    const Var weights = mass().empty() ? Var{} : tape_.constant(mass_tensor());
    for (std::size_t p = 0; p < base.size(); ++p)
        k[p] = tape_.constant(View{k_.data() + static_cast<Index>(p) * n(), base[p].shape()});
    for (int time = 0; time < 2 && converged; ++time) {  // (a)
        std::vector<Var> left;
        for (std::size_t p = 0; p < base.size(); ++p)
            left.push_back(reshape(rate_at(s.at(m_.c[i_ + p]), Z_of(p, k)), Shape{n(), 1}) - weighted(k[p], weights));
        const Var change = matmul(minus_one, concatenate(left, 0));
        for (std::size_t p = 0; p < base.size(); ++p)
            k[p] = k[p] + reshape(slice(change, 0, static_cast<Index>(p) * n(), n()), base[p].shape());
    }
    for (std::size_t p = 0; p < base.size(); ++p) Z[p] = Z_of(p, k);
    return converged;
}

Var DirectEquations::Z_of(std::size_t p, std::span<const Var> k) const {
    Var z = base_[p];
    for (std::size_t q = 0; q < base_.size(); ++q)
        if (a(p, q) != 0) z = z + affine(k[q], a(p, q), 0);
    return z;
}

void DirectEquations::repeat_mass() {  // M is one of a row of z, and here all rows are one state
    const Mass M = options_.mass.numbers();
    const std::size_t all = static_cast<std::size_t>(n());
    std::size_t width = 1;
    while (width * width < M.size()) ++width;
    mass_.assign(all * all, 0);
    for (std::size_t i = 0; i < all; ++i)
        for (std::size_t j = 0; j < width; ++j) mass_[i * all + i / width * width + j] = M[i % width * width + j];
}

Tensor DirectEquations::mass_tensor() const {
    Tensor M({n(), n()});
    std::ranges::copy(mass(), M.data());
    return M;
}

Var DirectEquations::weighted(Var k, Var M) const {
    const Var column = reshape(k, Shape{n(), 1});
    return M.is_zero() ? column : matmul(M, column);
}

bool DirectEquations::find_solution(const Interval& s) {
    Newton newton;
    for (newton.begin(true, true);;) {
        look(s);
        if (!lu::factor(lu_.data(), width(), pivots_.data())) return false;
        lu::solve(lu_.data(), width(), pivots_.data(), left_.data());
        InRoundings size;
        for (std::size_t p = 0; p < base_.size(); ++p)
            for (Index j = 0; j < n(); ++j) {
                Real change = 0;
                for (std::size_t q = 0; q < base_.size(); ++q)
                    change += static_cast<Real>(a(p, q)) * left_[q * static_cast<std::size_t>(n()) + std::size_t(j)];
                const Real z = Z_[p * static_cast<std::size_t>(n()) + static_cast<std::size_t>(j)];
                size.add(change, z, z + change);
            }
        for (std::size_t j = 0; j < k_.size(); ++j) k_[j] += left_[j];
        ++statistics_.newton_iterations;
        const Newton::Verdict verdict = newton.judge(size.size(), size.negligible());
        if (verdict != Newton::Verdict::go_on) return verdict == Newton::Verdict::converged;
    }
}

// Everything that is recorded for it is cut off the tape again.
void DirectEquations::look(const Interval& s) {
    const std::size_t count = static_cast<std::size_t>(n()), all = static_cast<std::size_t>(width());
    Z_.resize(all);
    left_.resize(all);
    pivots_.resize(all);
    J_.resize(all * count);
    for (std::size_t p = 0; p < base_.size(); ++p) {
        const Tape::Mark mark = tape_.mark();
        const Real* base = tape_.view(base_[p]).data;
        for (std::size_t j = 0; j < count; ++j) {
            Real z = base[j];
            for (std::size_t q = 0; q < base_.size(); ++q) z += static_cast<Real>(a(p, q)) * k_[q * count + j];
            Z_[p * count + j] = z;
        }
        const Var z = tape_.variable(View{&Z_[p * count], base_[p].shape()}), f = rate_at(s.at(m_.c[i_ + p]), z);
        std::copy_n(tape_.view(f).data, count, &left_[p * count]);
        subtract_rate(mass(), n(), &k_[p * count], &left_[p * count]);
        std::ranges::copy(tape_.view(jacobian(f, z)).entries(), &J_[p * count * count]);
        tape_.cut_back(mark);
    }
    lu_.resize(all * all);
    stage_matrix(
        lu_.data(), static_cast<int>(base_.size()), n(),
        [&](int p, int q) { return static_cast<Real>(a(std::size_t(p), std::size_t(q))); },
        [&](int p) { return &J_[std::size_t(p) * count * count]; }, mass());
    ++statistics_.jacobians;
    ++statistics_.factorizations;
}

// ---- a Rosenbrock method's ----

bool DirectEquations::linearize(const Interval& s, Var z) {
    n_ = z.size();
    base_.assign(1, z);
    const Var t = tape_.variable(Tensor::scalar(s.first)), f = rate_(t, z);
    jacobian_ = reshape(jacobian(f, z), Shape{n(), n()});
    time_rate_ = jvp(f, t, 1);
    lu_.resize(static_cast<std::size_t>(n() * n()));
    pivots_.resize(static_cast<std::size_t>(n()));
    weights_ = mass().empty() ? Var{} : tape_.constant(mass_tensor());
    stage_matrix_of_one(lu_.data(), n(), s.h * m_.gamma[m_.dense_stages + 1], tape_.view(jacobian_).data, mass());
    ++statistics_.jacobians;
    ++statistics_.factorizations;
    if (!lu::factor(lu_.data(), n(), pivots_.data())) return false;
    inverse_ = tape_.constant(inverse());
    return true;
}

bool DirectEquations::solve_linear(int i, const Interval& s, Var z, Var Z, std::span<Var> k) {
    if (i == 1 && !linearize(s, z)) return false;
    const double* gamma = m_.gamma + i * m_.dense_stages;
    Var r = i == 1 ? k[0] : rate_at(s.at(m_.c[i]), Z), v;
    for (int j = 1; j < i; ++j)
        if (gamma[j] != 0) v = v.is_zero() ? affine(k[j], gamma[j] / gamma[i], 0) : v + gamma[j] / gamma[i] * k[j];
    if (!v.is_zero()) r = r + reshape(weighted(v, weights_), v.shape());
    if (!time_rate_.is_zero() && m_.gammas[i] != 0) r = r + s.h * m_.gammas[i] * time_rate_;
    r = reshape(r, Shape{n(), 1});
    Tensor numbers(tape_.view(r));
    lu::solve(lu_.data(), n(), pivots_.data(), numbers.data());
    Var x = tape_.constant(numbers);
    for (int time = 0; time < 2; ++time)  // (b)
        x = x + matmul(inverse_, r - weighted(x, weights_) + s.h * gamma[i] * matmul(jacobian_, x));
    k[i] = reshape(x, z.shape());
    if (!v.is_zero()) k[i] = k[i] - v;
    return true;
}

// ---- with a mass matrix ----

Var DirectEquations::first_rate(double t, double reach, Var z) {
    const double aside = step_aside<Real>(t, reach);
    const std::size_t count = static_cast<std::size_t>(z.size());
    n_ = z.size();
    repeat_mass();
    const Tape::Mark mark = tape_.mark();
    const Var at = tape_.variable(tape_.view(z)), f = rate_at(t, at);
    k_.assign(tape_.view(f).data, tape_.view(f).data + n());
    J_.resize(count * count);
    std::ranges::copy(tape_.view(jacobian(f, at)).entries(), J_.data());
    const Real* beyond = tape_.view(rate_at(t + aside, at)).data;
    left_.assign(beyond, beyond + n());
    tape_.cut_back(mark);
    lu_.resize(count * count);
    pivots_.resize(count);
    const Real* y = tape_.view(z).data;
    inconsistency_ =
        find_first_rate(mass(), n(), lu_.data(), J_.data(), k_.data(), left_.data(), aside, pivots_.data(),
                        [&](Index j) { return tolerated_at_start(y[j], j, options_.rtol, options_.atol); });
    return tape_.constant(View{k_.data(), z.shape()});
}

Tensor DirectEquations::inverse() const {
    Tensor inverse({width(), width()});
    lu::invert(lu_.data(), width(), pivots_.data(), inverse.data());
    return inverse;
}

void DirectEquations::filter(double h, Real* error) {
    if (m_.filter == 0) return;
    const std::size_t count = static_cast<std::size_t>(n());
    const Real* J = &J_[(base_.size() - 1) * count * count];
    lu_.resize(count * count);
    if (!mass().empty()) multiply(mass(), n(), error, left_.data());
    stage_matrix_of_one(lu_.data(), n(), h * m_.filter, J, mass());
    if (lu::factor(lu_.data(), n(), pivots_.data())) lu::solve(lu_.data(), n(), pivots_.data(), error);
}

}  // namespace costate::ode
