#include "ode/gradients/direct_equations.hpp"

#include <algorithm>
#include <array>

#include "autodiff/operators/elementwise.hpp"
#include "autodiff/operators/matmul.hpp"
#include "autodiff/operators/shaping.hpp"
#include "core/lu.hpp"                 // brings: lu::factor, solve
#include "ode/steps/stage_matrix.hpp"  // brings: stage_matrix, stage_matrix_of_one

namespace costate::ode::inline COSTATE_PRECISION {

bool DirectEquations::solve(int i, const Interval& s, Var z, std::span<const Var> base, Var guess, std::span<Var> k,
                            std::span<Var> Z) {
    base_.assign(base.begin(), base.end());
    n_ = base[0].size();
    i_ = static_cast<std::size_t>(i);
    h_ = s.h;
    if (i == 1) begin_step(s, z);
    k_.clear();
    for (std::size_t p = 0; p < base.size(); ++p)
        k_.insert(k_.end(), tape_.view(guess).data, tape_.view(guess).data + n());
    const bool converged = find_solution(s, tape_.view(z).data);
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

// J where the step begins. Where it couples no row of z to another, each of them has an iteration of its own.
void DirectEquations::begin_step(const Interval& s, Var z) {
    const Tape::Mark mark = tape_.mark();
    const Var at = tape_.variable(tape_.view(z));
    const View J = tape_.view(jacobian(rate_at(s.first, at), at));
    start_J_.assign(J.data, J.data + J.size());
    tape_.cut_back(mark);
    ++statistics_.jacobians;
    const Index width = z.shape().rank() == 0 ? 1 : std::max<Index>(1, z.shape().row_size());
    bool mixed = false;
    for (Index j = 0; j < n(); ++j)
        for (Index l = 0; l < n(); ++l)
            mixed = mixed || (j / width != l / width && start_J_[std::size_t(j * n() + l)] != 0);
    rows_.assign(mixed ? 1 : static_cast<std::size_t>(n() / width), {});
}

bool DirectEquations::find_solution(const Interval& s, const Real* start) {
    const std::vector<Real> guess = k_;
    for (Row& r : rows_) r.begin(false);
    while (std::ranges::any_of(rows_, &Row::under_way)) {
        look(s, std::ranges::any_of(rows_, &Row::again));
        if (!factor([this](Index j) { return rows_[std::size_t(j / row_width())].again; })) return false;
        lu::solve(lu_.data(), width(), pivots_.data(), left_.data());
        ++statistics_.newton_iterations;
        for (std::size_t r = 0; r < rows_.size(); ++r)
            if (rows_[r].under_way && !move(static_cast<Index>(r), start, guess)) return false;
    }
    look(s, true);
    for (Row& r : rows_)
        if (r.again) r.newton.forget();
    return factor([](Index) { return true; });
}

// Of one row: k by the change that stands in left_. False: it has diverged for the second time.
bool DirectEquations::move(Index row, const Real* start, const std::vector<Real>& guess) {
    InRoundings size;
    for (Index j = row * row_width(); j < (row + 1) * row_width(); ++j)
        for (std::size_t p = 0; p < base_.size(); ++p) {
            Real change = 0;
            for (std::size_t q = 0; q < base_.size(); ++q)
                change += static_cast<Real>(a(p, q)) * left_[q * static_cast<std::size_t>(n()) + std::size_t(j)];
            const std::size_t at = p * static_cast<std::size_t>(n()) + std::size_t(j);
            size.add(change, start[j], Z_[at] + change);
            k_[at] += left_[at];
        }
    Row& r = rows_[static_cast<std::size_t>(row)];
    const Newton::Verdict verdict = r.newton.judge(size.size(), size.negligible());
    if (verdict == Newton::Verdict::go_on) return true;
    if (verdict == Newton::Verdict::diverged && r.again) return false;
    if (verdict == Newton::Verdict::converged) return r.under_way = false, true;
    r.begin(true);
    for (Index j = row * row_width(); j < (row + 1) * row_width(); ++j)
        for (std::size_t p = 0; p < base_.size(); ++p)
            k_[p * std::size_t(n()) + std::size_t(j)] = guess[p * std::size_t(n()) + std::size_t(j)];
    return true;
}

// f(Z) − k at the iterate; and J there. Everything that is recorded for it is cut off the tape again.
void DirectEquations::look(const Interval& s, bool with_J) {
    const std::size_t count = static_cast<std::size_t>(n()), all = static_cast<std::size_t>(width());
    Z_.resize(all);
    left_.resize(all);
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
        if (with_J) std::ranges::copy(tape_.view(jacobian(f, z)).entries(), &J_[p * count * count]);
        tape_.cut_back(mark);
    }
    if (with_J) ++statistics_.jacobians;
}

// By J at the iterate for those numbers of z that want it, and at the step's start for others.
template <class Wants>
bool DirectEquations::factor(Wants&& wants) {
    const std::size_t count = static_cast<std::size_t>(n()), all = static_cast<std::size_t>(width());
    for (std::size_t p = 0; p < base_.size(); ++p)
        for (std::size_t j = 0; j < count; ++j)
            if (!wants(static_cast<Index>(j))) std::copy_n(&start_J_[j * count], count, &J_[(p * count + j) * count]);
    lu_.resize(all * all);
    pivots_.resize(all);
    stage_matrix(
        lu_.data(), static_cast<int>(base_.size()), n(),
        [&](int p, int q) { return static_cast<Real>(a(std::size_t(p), std::size_t(q))); },
        [&](int p) { return &J_[std::size_t(p) * count * count]; }, mass());
    ++statistics_.factorizations;
    return lu::factor(lu_.data(), width(), pivots_.data());
}

// ---- a Rosenbrock method's ----

bool DirectEquations::linearize(const Interval& s, Var z) {
    n_ = z.size();
    base_.assign(1, z);
    const Var t = tape_.constant(s.first), f = rate_(t, z);
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
    const Number* gamma = m_.gamma + i * m_.dense_stages;
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

Var DirectEquations::first_rate(Number t, Number reach, Var z) {
    const Number aside = step_aside<Real>(t, reach);
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

}  // namespace costate::ode
