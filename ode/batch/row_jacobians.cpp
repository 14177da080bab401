#include "ode/batch/row_jacobians.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/lu.hpp"                 // brings: lu::solve_transposed
#include "ode/batch/stage_solver.hpp"  // brings: Way, evaluate
#include "ode/steps/newton.hpp"        // brings: Newton
#include "ode/steps/stage_matrix.hpp"  // brings: stage_matrix, factor_apart, solve_apart

namespace costate::ode::inline COSTATE_PRECISION {

void RowJacobians::prepare(const SolvePlan& plan, std::span<const View> captures, Stages& stages, std::size_t given,
                           bool each_its_own) {
    stages_ = &stages;
    jacobian_ = plan.jacobian.get();
    method_ = &plan.options.method;
    m_ = method_->coupled;
    mass_ = plan.options.mass.numbers();
    n_ = jacobian_->components();
    tangents_.prepare(*jacobian_, captures.first(jacobian_->capture_count()), 1);
    D_ = 0;
    for (std::size_t c = 0; c < n_; ++c) D_ += stages.width(c);
    const Index all = stages.rows();
    rows_.assign(static_cast<std::size_t>(all), {});
    minus_.needed = plan.computes == FieldProgram::adjoint;
    plus_.needed = given == 0 || !minus_.needed;
    is_formed_ = all != 1 || D_ <= plan.options.dense_up_to || minus_.needed || has_mass() ||
                 method_->is_linear();  // whose order is that of the exact matrix
    J_each_ = each_its_own ? m_ : 1;
    lu_each_ = (each_its_own || !method_->decoupling ? m_ * m_ : m_) * D_ * D_;
    J_.resize(is_formed_ ? all * J_each_ * D_ * D_ : 0);
    products_.resize(is_formed_ && !has_mass() ? 0 : static_cast<std::size_t>(m_ * D_));
    for (Factors* f : {&plus_, &minus_}) {
        f->lu.resize(f->needed && is_formed_ ? all * lu_each_ : 0);
        f->pivots.resize(f->needed && is_formed_ ? all * m_ * D_ : 0);
    }
    preconditioner_ = plan.options.preconditioner.empty() ? nullptr : &plan.options.preconditioner;
    const std::size_t all_at_once = is_formed_ ? 0 : static_cast<std::size_t>(m_ * D_);
    for (std::vector<Real>* x : {&at_, &work_}) x->resize(all_at_once);
    units_.resize(stages.components() / n_ * all_at_once);
    numbers_.resize(static_cast<std::size_t>(m_ * D_));
}

// Every direction's unit, in every row.
void RowJacobians::write_units() {
    const std::vector<InputDirection>& directions = jacobian_->directions;
    for (std::size_t j = 0; j < directions.size(); ++j)
        for (std::size_t c = 0; c < n_; ++c) {
            Real* tangent = tangents_.state((1 + j) * n_ + c, 0);
            std::fill_n(tangent, tangents_.entries(c), Real(0));
            if (directions[j].place == c) directions[j].fill(tangent, tangents_.entries(c));
        }
}

void RowJacobians::find(const Way& way, Number c, std::span<const Real* const> z, int p) {
    const Index first = stages_->row(), rows = stages_->rows_now();
    bool any = false;
    for (Index place = first; place < first + rows; ++place) any = any || row(place).wanted;
    if (!any) return;
    tangents_.begin_tile(first, rows);
    for (std::size_t k = 0; k < n_; ++k) std::copy_n(z[k], stages_->entries(k), tangents_.state(k, 0));
    if (is_formed_) find_columns(way, c, p);
    time_ = way[0].at(c);
    own_time_ = way.own;
    for (Index place = first; place < first + rows; ++place) {
        Row& to = row(place);
        if (!to.wanted) continue;
        to.known = true;
        to.wanted = false;
        to.step = 0;
        ++to.found;
    }
}

void RowJacobians::find_columns(const Way& way, Number c, int p) {
    if (static_cast<Index>(jacobian_->directions.size()) == D_) {
        write_units();
        evaluate(tangents_, 0, way, c);
        for (Index j = 0; j < D_; ++j) read_column(j, 1 + static_cast<std::size_t>(j), p);
        return;
    }
    Index j = 0;  // one direction: a run for each column
    for (std::size_t k = 0; k < n_; ++k)
        for (Index e = 0; e < stages_->width(k); ++e, ++j) {
            for (std::size_t l = 0; l < n_; ++l) std::fill_n(tangents_.state(n_ + l, 0), tangents_.entries(l), Real(0));
            for (Index r = 0; r < stages_->rows_now(); ++r) tangents_.state(n_ + k, 0)[r * stages_->width(k) + e] = 1;
            evaluate(tangents_, 0, way, c);
            read_column(j, 1, p);
        }
}

void RowJacobians::read_column(Index j, std::size_t direction, int p) {  // of the rows that want it
    for (Index r = 0; r < stages_->rows_now(); ++r) {
        if (!row(stages_->row() + r).wanted) continue;
        Real* to = J(stages_->row() + r, p) + j;
        Index i = 0;
        each_number(1, 0, r,
                    [&](int, std::size_t k, Index at) { to[i++ * D_] = tangents_.rate(direction * n_ + k, 0)[at]; });
    }
}

bool RowJacobians::factor(Index place, int i, Number h, bool each_its_own) {
    Row& r = row(place);
    const Method& m = *method_;
    const Number step = h * m.a[i * m.dense_stages + i];
    if (r.step == step) return true;
    i_ = i;
    h_ = h;
    if (!is_formed_) return r.step = step, true;
    r.apart = m.decoupling && !each_its_own && m.end_of_block(i) - i > 1;
    bool regular = true;
    for (Factors* f : {&plus_, &minus_}) {
        if (!f->needed) continue;
        const Real* slopes = J(place, 0);
        const auto slope = [&](Index j, Index l) { return f->adjoint ? -slopes[l * D_ + j] : slopes[j * D_ + l]; };
        regular = (r.apart ? factor_apart(*m.decoupling, h, D_, slope, mass_, lu(*f, place), pivots(*f, place))
                           : factor_dense(*f, place, i, h, each_its_own)) &&
                  regular;
    }
    r.step = regular ? step : 0;
    ++r.factorizations;
    return regular;
}

bool RowJacobians::factor_dense(Factors& f, Index place, int i, Number h, bool each_its_own) {
    const Method& m = *method_;
    const auto a = [&](int p, int q) { return static_cast<Real>(h * m.a[(i + p) * m.dense_stages + i + q]); };
    const int stages = m.end_of_block(i) - i;
    stage_matrix(
        lu(f, place), stages, D_, [&](int p, int q) { return f.adjoint ? -a(q, p) : a(p, q); },
        [&](int p) { return J(place, each_its_own ? p : 0); }, mass_);
    return lu::factor(lu(f, place), stages * D_, pivots(f, place));
}

bool RowJacobians::solve_numbers(int stages, std::size_t first, Index r, bool transposed) {
    if (!is_formed_) return solve_without(stages, first, transposed);
    const bool adjoint = is_adjoint(first);
    Factors& f = adjoint ? minus_ : plus_;
    const Index place = stages_->row() + r;
    const Real *factors = lu(f, place), *swaps = pivots(f, place);
    if (row(place).apart)
        solve_apart(*method_->decoupling, D_, factors, swaps, numbers_.data());
    else
        (transposed != adjoint ? lu::solve_transposed<Real> : lu::solve<Real>)(factors, stages * D_, swaps,
                                                                               numbers_.data());
    return true;
}

// ---- a J that is not formed, of the only row ----

void RowJacobians::apply_jacobian(const Real* v, Real* out) {
    each_number(1, 0, 0, [&](int, std::size_t k, Index at) { tangents_.state(n_ + k, 0)[at] = *v++; });
    if (own_time_)
        tangents_.forward_at(0, time_);
    else
        tangents_.forward(0, time_);
    each_number(1, 0, 0, [&](int, std::size_t k, Index at) { *out++ = tangents_.rate(n_ + k, 0)[at]; });
}

void RowJacobians::pull_back(int i, const Real* w, Real* out) {
    for (std::size_t c = 0; c < stages_->components(); ++c)
        std::fill_n(stages_->cotangent(c, i), stages_->entries(c), Real(0));
    each_number(1, 0, 0, [&](int, std::size_t c, Index at) { stages_->cotangent(c, i)[at] = *w++; });
    stages_->reverse(i);
    each_number(1, 0, 0, [&](int, std::size_t c, Index at) { *out++ = stages_->z_bar(c, i)[at]; });
}

// What products by pull_back() overwrite, and other groups have yet to read.
void RowJacobians::keep_pulled(int stages, bool back) {
    if (stages_->components() == n_) return;
    std::size_t next = 0;
    for (int p = i_; p < i_ + stages; ++p)
        for (std::size_t c = 0; c < stages_->components(); ++c)
            for (Real* x : {stages_->cotangent(c, p), stages_->z_bar(c, p)}) {
                const auto count = static_cast<std::size_t>(stages_->entries(c));
                kept_.resize(std::max(kept_.size(), next + count));
                if (back)
                    std::copy_n(kept_.data() + next, count, x);
                else
                    std::copy_n(x, count, kept_.data() + next);
                next += count;
            }
}

// x_p − h Σ_q a_pq J x_q = b_p; transposed x_p − h Σ_q a_qp J_qᵀ x_q, to rounding, by the pullback at the stages' own states.
bool RowJacobians::solve_without(int stages, std::size_t first, bool transposed) {
    const Method& m = *method_;
    const auto apply = [&](const Real* x, Real* out) {
        for (int q = 0; q < stages; ++q)
            if (transposed)
                pull_back(i_ + q, x + q * D_, products_.data() + q * D_);
            else
                apply_jacobian(x + q * D_, products_.data() + q * D_);
        for (int p = 0; p < stages; ++p)
            for (Index j = 0; j < D_; ++j) {
                Real sum = x[p * D_ + j];
                for (int q = 0; q < stages; ++q) {
                    const int from = i_ + (transposed ? q : p), to = i_ + (transposed ? p : q);
                    sum -= static_cast<Real>(h_ * m.a[from * m.dense_stages + to]) * products_[std::size_t(q * D_ + j)];
                }
                out[p * D_ + j] = sum;
            }
    };
    constexpr Number rounding = static_cast<Number>(std::numeric_limits<Real>::epsilon());
    if (transposed) {
        keep_pulled(stages, false);
        const bool solved = solve_by_gmres(stages, true, {}, apply, {.tolerance = 100 * rounding, .most = 2000});
        keep_pulled(stages, true);
        return solved;
    }
    const auto units = std::span<const Real>(units_).subspan(first / n_ * static_cast<std::size_t>(m_ * D_));
    const Number left = 0.05 * Newton::enough * std::sqrt(static_cast<Number>(stages * D_)) / std::abs(rows_[0].step);
    return solve_by_gmres(stages, false, units, apply, {.tolerance = 10 * rounding, .goal = left, .most = 2000});
}

// numbers_ ← A⁻¹ numbers_, of the stages that are solved at once:  U⁻¹ A P⁻¹ U y = U⁻¹ b,  x = P⁻¹ U y.
template <class Apply>
bool RowJacobians::solve_by_gmres(int stages, bool transposed, std::span<const Real> units, Apply&& apply,
                                  const GmresOptions& options) {
    const std::size_t all = static_cast<std::size_t>(stages * D_);
    const auto unit = [&](std::size_t j) { return units.empty() ? Real(1) : units[j]; };
    auto at = at_.begin();
    if (preconditioner_) each_number(1, 0, 0, [&](int, std::size_t k, Index i) { *at++ = tangents_.state(k, 0)[i]; });
    const auto from_units = [&](const Real* y, Real* x) {
        for (std::size_t j = 0; j < all; ++j) x[j] = y[j] * unit(j);
        if (preconditioner_) precondition(stages, transposed, x);
    };
    for (std::size_t j = 0; j < all; ++j) numbers_[j] /= unit(j);
    const auto in_units = [&](const Real* y, Real* out) {
        from_units(y, work_.data());
        apply(static_cast<const Real*>(work_.data()), out);
        for (std::size_t j = 0; j < all; ++j) out[j] /= unit(j);
    };
    const bool solved = gmres_.solve(stages * D_, in_units, numbers_.data(), options);
    from_units(numbers_.data(), numbers_.data());
    return solved;
}

// x ← P⁻¹ x, stage by stage, each with its own entry of the diagonal of A.
void RowJacobians::precondition(int stages, bool transposed, Real* x) {
    for (int p = 0; p < stages; ++p) {
        const Number step = h_ * method_->a[(i_ + p) * method_->dense_stages + i_ + p];
        preconditioner_->solve(time_, std::span<const Real>(at_).first(static_cast<std::size_t>(D_)), step,
                               {x + p * D_, static_cast<std::size_t>(D_)}, transposed);
    }
}

void RowJacobians::swap(Index i, Index j) {
    std::swap(row(i), row(j));
    const auto swap_in = [&](Storage& x, Index width) {
        if (x.size() > 0) std::swap_ranges(x.data() + i * width, x.data() + (i + 1) * width, x.data() + j * width);
    };
    swap_in(J_, J_each_ * D_ * D_);
    for (Factors* f : {&plus_, &minus_}) {
        swap_in(f->lu, lu_each_);
        swap_in(f->pivots, m_ * D_);
    }
    tangents_.swap_rows(i, j);
}

}  // namespace costate::ode
