#include "ode/batch/row_rosenbrock.hpp"

#include <algorithm>

namespace costate::ode::inline COSTATE_PRECISION {

std::unique_ptr<StageSolver> make_row_rosenbrock() { return std::make_unique<RowRosenbrock>(); }

void RowRosenbrock::prepare(const SolvePlan& plan, std::span<const View> captures, Stages& stages, bool,
                            std::size_t given) {
    plan_ = &plan;
    stages_ = &stages;
    sweeps_ = plan.computes == FieldProgram::reverse;
    jacobians_.prepare(plan, captures, stages, given);
    two_levels_ = !plan.directions.empty() && plan.field->z.size() == jacobians_.group();
    linear_.prepare(*plan.linearized, captures.first(plan.linearized->capture_count()), 1);
    if (sweeps_) linear_.clear(0);
    starts_.prepare(stages.rows());
    rows_.assign(static_cast<std::size_t>(stages.rows()), {});
    for (Storage* s : {&z_, &v_, &time_rate_}) s->resize(stages.total());
    x_.resize((sweeps_ ? method().stages : 1) * stages.total());
    for (Storage* s : {&w_, &of_v_}) s->resize(sweeps_ ? method().stages * stages.total() : 0);
}

void RowRosenbrock::begin_attempt(Index first, Index rows) {
    for (Index place = first; place < first + rows; ++place) rows_[static_cast<std::size_t>(place)].regular = true;
}

// z where the step begins, J and ∂f/∂t there, and the factors for its length.
void RowRosenbrock::begin(const Way& way, Begins z) {
    for (std::size_t c = 0; c < components(); ++c) std::copy_n(z[c], stages_->entries(c), of_tile(z_, c));
    bool any = false;
    for (Index r = 0; r < rows(); ++r) {
        any = any || !row(r).fresh;
        if (!row(r).fresh) jacobians_.want(stages_->row() + r);
    }
    jacobians_.find(way, 0, z);
    if (any && plan_->uses_time()) {
        look(way, 0, 0, x_, 0);
        each_number([&](std::size_t c, Index at, Index r) {
            if (!row(r).fresh) of_tile(time_rate_, c)[at] = linear_.rate(2 * components() + c, 0)[at];
        });
    }
    for (Index r = 0; r < rows(); ++r) {
        row(r).fresh = true;
        row(r).regular = row(r).regular && jacobians_.factor(stages_->row() + r, 1, way[r].h);
    }
}

void RowRosenbrock::look(const Way& way, std::size_t first, std::size_t end, Storage& u, int i) {
    linear_.begin_tile(stages_->row(), rows());
    for (std::size_t c = 0; c < components(); ++c) {
        std::copy_n(of_tile(z_, c), stages_->entries(c), linear_.state(c, 0));
        Real* to = linear_.state(components() + c, 0);
        if (first <= c && c < end)
            std::copy_n(of_tile(u, c, i), stages_->entries(c), to);
        else
            std::fill_n(to, stages_->entries(c), Real(0));
    }
    evaluate(linear_, 0, way, 0);
}

void RowRosenbrock::pull(const auto& of_product, const auto& of_time) {
    each_number([&](std::size_t c, Index at, Index r) {
        linear_.cotangent(c, 0)[at] = 0;
        linear_.cotangent(components() + c, 0)[at] = of_product(c, at, r);
        linear_.cotangent(2 * components() + c, 0)[at] = of_time(c, at, r);
    });
    linear_.reverse(0);
}

void RowRosenbrock::solve_level(std::size_t first, bool transposed, Storage& x, int i) {
    for (std::size_t g = first; g < end_of_level(first); g += jacobians_.group())
        for (Index r = 0; r < rows(); ++r)
            if (row(r).regular)
                jacobians_.solve(
                    1, g, r, transposed, [&](int, std::size_t c, Index at) { return of_tile(x, c, i)[at]; },
                    [&](int, std::size_t c, Index at, Real value) { of_tile(x, c, i)[at] = value; });
}

// Of a step, of its first stage.
void RowRosenbrock::find_first_f(const Way& way) {
    bool any = false;
    for (Index r = 0; r < rows(); ++r) {
        any = any || row(r).at_start;
        row(r).evaluations += row(r).at_start;
    }
    if (any) return evaluate(*stages_, 1, way, 0);
    for (std::size_t c = 0; c < components(); ++c)
        std::copy_n(stages_->rate(c, 0), stages_->entries(c), stages_->rate(c, 1));
}

void RowRosenbrock::find_first_rates(const Way& way) {
    starts_.find(way, *stages_, jacobians_, plan_->options, of_tile(v_, 0), [&](Index r) {
        ++row(r).evaluations;
        row(r).forget();
        row(r).begun = row(r).at_start = true;
    });
}

// to ← to + M from, or Mᵀ from, of the tile's rows
void RowRosenbrock::add_weighted(const Real* from, Real* to, bool transposed) {
    const Index n = stages_->width(0);
    for (Index r = 0; r < rows() && jacobians_.has_mass(); ++r)
        add_product(jacobians_.mass(), n, from + r * n, to + r * n, Real(1), transposed);
}

void RowRosenbrock::solve(int i, const Way& way, Begins z) {
    if (i == 1) {
        begin(way, z);
        find_first_f(way);
    } else {
        evaluate(*stages_, i, way, method().c[i]);
        for (Index r = 0; r < rows(); ++r) ++row(r).evaluations;
    }
    const int at_x = sweeps_ ? i : 0;
    const Number time_share = plan_->uses_time() ? method().gammas[i] : 0;
    each_number([&](std::size_t c, Index at, Index r) {
        Real v = 0;
        for (int j = 1; j < i; ++j) v += static_cast<Real>(gamma(i, j) / gamma()) * stages_->rate(c, j)[at];
        of_tile(v_, c)[at] = v;
        of_tile(x_, c, at_x)[at] = stages_->rate(c, i)[at] + (jacobians_.has_mass() ? Real(0) : v);
        if (time_share != 0)
            of_tile(x_, c, at_x)[at] += static_cast<Real>(way[r].h * time_share) * of_tile(time_rate_, c)[at];
    });
    add_weighted(of_tile(v_, 0), of_tile(x_, 0, at_x));
    for (std::size_t g = 0; g < components(); g = end_of_level(g)) {
        if (g > 0) {
            look(way, 0, g, x_, at_x);
            each_number([&](std::size_t c, Index at, Index r) {
                if (g <= c && c < end_of_level(g))
                    of_tile(x_, c, at_x)[at] +=
                        static_cast<Real>(way[r].h * gamma()) * linear_.rate(components() + c, 0)[at];
            });
        }
        solve_level(g, false, x_, at_x);
    }
    each_number([&](std::size_t c, Index at, Index) {
        stages_->rate(c, i)[at] = of_tile(x_, c, at_x)[at] - of_tile(v_, c)[at];
    });
}

// ---- its transpose ----

void RowRosenbrock::reverse(int i, const Way& way) {
    evaluate(*stages_, i, way, method().c[i]);  // for what its pullback reads
    each_number([&](std::size_t c, Index at, Index) {
        Real kappa = stages_->cotangent(c, i)[at];
        for (int j = i + 1; j < method().stages; ++j)
            kappa += static_cast<Real>(gamma(j, i) / gamma()) * of_tile(of_v_, c, j)[at];
        of_tile(w_, c, i)[at] = kappa;
        of_tile(of_v_, c, i)[at] = -kappa;
    });
    for (std::size_t end = components(), first; end > 0; end = first) {
        first = start_of_level(end);
        if (end < components()) {
            look(way, 0, 0, x_, 0);
            pull([&](std::size_t c, Index at, Index) { return c >= end ? of_tile(w_, c, i)[at] : Real(0); },
                 [](std::size_t, Index, Index) { return Real(0); });
            each_number([&](std::size_t c, Index at, Index r) {
                if (first <= c && c < end)
                    of_tile(w_, c, i)[at] +=
                        static_cast<Real>(way[r].h * gamma()) * linear_.z_bar(components() + c, 0)[at];
            });
        }
        solve_level(first, true, w_, i);
    }
    if (jacobians_.has_mass())
        add_weighted(of_tile(w_, 0, i), of_tile(of_v_, 0, i), true);
    else
        each_number([&](std::size_t c, Index at, Index) { of_tile(of_v_, c, i)[at] += of_tile(w_, c, i)[at]; });
    for (std::size_t c = 0; c < components(); ++c)
        std::copy_n(of_tile(w_, c, i), stages_->entries(c), stages_->cotangent(c, i));
    stages_->reverse(i);
}

void RowRosenbrock::pull_start(const Way& way, Rows lambda) {
    for (int i = 1; i < method().stages; ++i) {
        const Number time_share = plan_->uses_time() ? method().gammas[i] : 0;
        const auto share = [&](Number factor) {
            return [this, &way, i, factor](std::size_t c, Index at, Index r) {
                return static_cast<Real>(way[r].h * factor) * of_tile(w_, c, i)[at];
            };
        };
        look(way, 0, components(), x_, i);
        pull(share(gamma()), share(time_share));
        for (std::size_t c = 0; c < components(); ++c)
            scale_add(lambda[c], 1, linear_.z_bar(c, 0), stages_->entries(c));
        linear_.accumulate(0, 1, nullptr, 0);
    }
}

void RowRosenbrock::add_sums(std::span<const MutableView> sums) { linear_.add_into(sums, 0); }

// ---- between steps ----

void RowRosenbrock::swap(Index i, Index j) {
    std::swap(rows_[static_cast<std::size_t>(i)], rows_[static_cast<std::size_t>(j)]);
    stages_->swap_rows(time_rate_.data(), i, j);
    jacobians_.swap(i, j);
    starts_.swap(i, j);
    linear_.swap_rows(i, j);
}

void RowRosenbrock::report(Statistics& s, bool sum) const {
    for (Index place = 0; place < static_cast<Index>(rows_.size()); ++place) {
        const long factored = jacobians_.factored(place);
        if (!sum && factored < s.factorizations) continue;
        s.jacobians = jacobians_.found(place) + (sum ? s.jacobians : 0);
        s.factorizations = factored + (sum ? s.factorizations : 0);
    }
}

}  // namespace costate::ode
