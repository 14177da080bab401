#include "ode/batch/row_jacobians.hpp"

#include <algorithm>

#include "core/lu.hpp"                 // brings: lu::factor, solve, solve_transposed
#include "ode/batch/stage_solver.hpp"  // brings: Way, evaluate

namespace costate::ode::inline COSTATE_PRECISION {

void RowJacobians::prepare(const SolvePlan& plan, std::span<const View> captures, const Stages& stages,
                           std::size_t given) {
    stages_ = &stages;
    jacobian_ = plan.jacobian.get();
    method_ = &plan.options.method;
    m_ = method_->coupled;
    n_ = jacobian_->components();
    tangents_.prepare(*jacobian_, captures.first(jacobian_->capture_count()), 1);
    D_ = 0;
    for (std::size_t c = 0; c < n_; ++c) D_ += stages.width(c);
    const Index all = stages.rows();
    rows_.assign(static_cast<std::size_t>(all), {});
    minus_.needed = plan.part == Part::adjoint;
    plus_.needed = given == 0 || !minus_.needed;
    J_.resize(all * m_ * D_ * D_);
    for (Factors* f : {&plus_, &minus_}) {
        f->lu.resize(f->needed ? all * m_ * D_ * m_ * D_ : 0);
        f->pivots.resize(f->needed ? all * m_ * D_ : 0);
    }
    numbers_.resize(static_cast<std::size_t>(m_ * D_));
    lu_.resize(m_ > 1 ? static_cast<std::size_t>(D_ * D_) : 0);
    pivots_.resize(m_ > 1 ? static_cast<std::size_t>(D_) : 0);
}

void RowJacobians::write_directions() {
    const std::vector<InputDirection>& directions = jacobian_->directions;
    for (std::size_t j = 0; j < directions.size(); ++j)
        for (std::size_t c = 0; c < n_; ++c) {
            Real* tangent = tangents_.state((1 + j) * n_ + c, 0);
            std::fill_n(tangent, tangents_.entries(c), Real(0));
            if (directions[j].place == c) directions[j].fill(tangent, tangents_.entries(c));
        }
}

void RowJacobians::find(const Way& way, double c, std::span<const Real* const> z, int p) {
    const Index first = stages_->row(), rows = stages_->rows_now();
    bool any = false;
    for (Index place = first; place < first + rows; ++place) any = any || row(place).wanted;
    if (!any) return;
    tangents_.begin_tile(first, rows);
    for (std::size_t k = 0; k < n_; ++k) std::copy_n(z[k], stages_->entries(k), tangents_.state(k, 0));
    write_directions();
    evaluate(tangents_, 0, way, c);
    const Index columns = static_cast<Index>(jacobian_->directions.size());
    for (Index r = 0; r < rows; ++r) {
        Row& to = row(first + r);
        if (!to.wanted) continue;
        Real* J = J_.data() + ((first + r) * m_ + p) * D_ * D_;
        for (Index j = 0; j < columns; ++j) {
            Index i = 0;
            each_number(1, 0, r, [&](int, std::size_t k, Index at) {
                J[i++ * D_ + j] = tangents_.rate((1 + static_cast<std::size_t>(j)) * n_ + k, 0)[at];
            });
        }
        to.known = true;
        to.wanted = false;
        to.step = 0;
        ++to.found;
    }
}

bool RowJacobians::factor(Index place, int i, double h, bool each_its_own) {
    Row& r = row(place);
    const Method& m = *method_;
    const auto a = [&](int p, int q) { return static_cast<Real>(h * m.a[(i + p) * m.dense_stages + i + q]); };
    const double step = h * m.a[i * m.dense_stages + i];
    if (r.step == step) return true;
    const int stages = m.end_of_block(i) - i;
    const Index width = stages * D_;
    bool regular = true;
    for (Factors* f : {&plus_, &minus_}) {
        if (!f->needed) continue;
        Real* lu = f->lu.data() + place * m_ * D_ * m_ * D_;
        for (int p = 0; p < stages; ++p)
            for (int q = 0; q < stages; ++q) {
                const Real factor = f->adjoint ? a(q, p) : -a(p, q);
                const Real* from = J(place, each_its_own ? p : 0);
                for (Index j = 0; j < D_; ++j)
                    for (Index l = 0; l < D_; ++l)
                        lu[(p * D_ + j) * width + q * D_ + l] = Real(p == q && j == l) + factor * from[j * D_ + l];
            }
        regular = lu::factor(lu, width, f->pivots.data() + place * m_ * D_) && regular;
    }
    r.step = regular ? step : 0;
    ++r.factorizations;
    return regular;
}

void RowJacobians::solve_numbers(int stages, std::size_t first, Index r, bool transposed) {
    const bool adjoint = is_adjoint(first);
    const Factors& f = adjoint ? minus_ : plus_;
    const Index place = stages_->row() + r;
    const auto by = transposed != adjoint ? lu::solve_transposed<Real> : lu::solve<Real>;
    by(f.lu.data() + place * m_ * D_ * m_ * D_, stages * D_, f.pivots.data() + place * m_ * D_, numbers_.data());
}

// Of stages that are one system: by factors of its own, made when a step is judged.
void RowJacobians::filter_numbers(std::size_t first, Index r, double h) {
    if (method_->filter == 0) return;
    const bool adjoint = is_adjoint(first);
    const Real factor = static_cast<Real>((adjoint ? 1 : -1) * h * method_->filter);
    const Real* from = J(stages_->row() + r, 0);
    for (Index j = 0; j < D_ * D_; ++j) lu_[static_cast<std::size_t>(j)] = factor * from[j];
    for (Index j = 0; j < D_; ++j) lu_[static_cast<std::size_t>(j * D_ + j)] += 1;
    if (lu::factor(lu_.data(), D_, pivots_.data()))
        (adjoint ? lu::solve_transposed<Real> : lu::solve<Real>)(lu_.data(), D_, pivots_.data(), numbers_.data());
}

void RowJacobians::swap(Index i, Index j) {
    std::swap(row(i), row(j));
    const auto swap_in = [&](Storage& x, Index width) {
        if (x.size() > 0) std::swap_ranges(x.data() + i * width, x.data() + (i + 1) * width, x.data() + j * width);
    };
    swap_in(J_, m_ * D_ * D_);
    for (Factors* f : {&plus_, &minus_}) {
        swap_in(f->lu, m_ * D_ * m_ * D_);
        swap_in(f->pivots, m_ * D_);
    }
    tangents_.swap_rows(i, j);
}

}  // namespace costate::ode
