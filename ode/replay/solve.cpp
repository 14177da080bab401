#include "ode/replay/solve.hpp"

#include <algorithm>

namespace costate::ode::inline COSTATE_PRECISION {

namespace {

class ReplayedSolve {
public:
    ReplayedSolve(const void* tables, const Replay& around)
        : s_(*static_cast<const SolveTables*>(tables)),
          field_(*s_.field, std::span(around.memory(s_.memory), static_cast<std::size_t>(s_.field->numbers))),
          z_(field_.state(0, 0)),
          n_(s_.field->shapes[s_.field->states[0].shape].size()),
          starts_(s_.starts < 0 ? nullptr : around.memory(s_.starts)) {
        field_.begin(around.inputs());
    }

    void run(const Real* z0, Real* y);
    void pull_back(const Real* u, Real* lambda);
    const Replay& field() const { return field_; }

private:
    using Slot = Real* (Replay::*)(std::size_t, int);

    void copy(Real* to, const Real* from) const { std::copy_n(from, n_, to); }
    void add(Real* to, const Real* from) const {
        for (Index k = 0; k < n_; ++k) to[k] += from[k];
    }
    // to + a_0 x_0 + a_1 x_1 + ..., in this order, where the factors lie `apart`; what has the factor 0 is not read
    void combine(Real* to, const Real* a, int apart, Slot of, int first, int end) {
        for (int j = first; j < end; ++j) {
            const Real factor = a[(j - first) * apart];
            const Real* x = (field_.*of)(0, j);
            for (Index k = 0; factor != 0 && x && k < n_; ++k) to[k] += factor * x[k];
        }
    }
    const Real* factors(int n) const {
        const int length = s_.length_of.empty() ? 0 : s_.length_of[static_cast<std::size_t>(n)];
        return s_.factors.data() + length * (s_.stages + 1) * s_.stages;
    }
    bool is_seen(int o, int n) const { return s_.seen_after[static_cast<std::size_t>(o)] == n + 1; }
    int row(int o) const { return s_.row_of.empty() ? 0 : s_.row_of[static_cast<std::size_t>(o)]; }
    const Real* weights(int o) const { return s_.weights.data() + (row(o) - 1) * s_.stages; }
    int swept(int n) const { return s_.stages_of.empty() ? s_.swept : s_.stages_of[static_cast<std::size_t>(n)]; }

    void take_stages(int n, const Real* a, int stages);
    void pull_stages(const Real* a, int stages, const Real* lambda, const Real* u, int first, int end);

    const SolveTables& s_;
    Replay field_;
    Real* z_;
    Index n_;
    Real* starts_;
};

// ode (1)
void ReplayedSolve::take_stages(int n, const Real* a, int stages) {
    for (int i = 0; i < stages; ++i) {
        Real* z = field_.state(0, i);
        if (i > 0) {
            copy(z, z_);
            combine(z, a + i * s_.stages, 1, &Replay::forward_result, 0, i);
        }
        if (!s_.times.empty()) *field_.time(0, i) = s_.times[static_cast<std::size_t>(n * s_.stages + i)];
        field_.forward(i);
    }
}

void ReplayedSolve::run(const Real* z0, Real* y) {
    copy(z_, z0);
    int seen = 0;
    const auto see = [&] { copy(y + seen++ * n_, z_); };
    while (seen < s_.at_start) see();
    for (int n = 0; n < s_.steps; ++n) {
        const Real* a = factors(n);
        if (starts_) copy(starts_ + n * n_, z_);
        take_stages(n, a, swept(n) == s_.swept ? s_.end : swept(n));
        for (; seen < s_.observations && is_seen(seen, n) && row(seen) > 0; ++seen) {
            copy(y + seen * n_, z_);
            combine(y + seen * n_, weights(seen), 1, &Replay::forward_result, 0, s_.stages);
        }
        combine(z_, a + s_.end * s_.stages, 1, &Replay::forward_result, 0, s_.end);
        while (seen < s_.observations && is_seen(seen, n)) see();
    }
}

// discrete (1): w_i and μ_i; u of the observations within the step
void ReplayedSolve::pull_stages(const Real* a, int stages, const Real* lambda, const Real* u, int first, int end) {
    for (int i = stages; i-- > 0;) {
        Real* w = field_.cotangent(0, i);
        const Real b = a[s_.end * s_.stages + i];
        std::fill_n(w, n_, Real(0));
        for (Index k = 0; b != 0 && k < n_; ++k) w[k] += b * lambda[k];
        combine(w, a + (i + 1) * s_.stages + i, s_.stages, &Replay::reverse_result, i + 1, stages);
        for (int o = first; o < end; ++o)
            for (Index k = 0; row(o) > 0 && k < n_; ++k) w[k] += weights(o)[i] * u[o * n_ + k];
        field_.reverse(i);
    }
}

void ReplayedSolve::pull_back(const Real* u, Real* lambda) {
    std::fill_n(lambda, n_, Real(0));
    int seen = s_.observations;
    for (int n = s_.steps; n-- > 0;) {
        const Real* a = factors(n);
        const int end = seen, stages = swept(n);
        while (seen > s_.at_start && is_seen(seen - 1, n)) --seen;
        const auto jump = [&](bool within) {
            for (int o = seen; o < end; ++o)
                if ((row(o) > 0) == within) add(lambda, u + o * n_);
        };
        copy(z_, starts_ + n * n_);
        jump(false);
        take_stages(n, a, stages);
        pull_stages(a, stages, lambda, u, seen, end);
        for (int i = 0; i < stages; ++i)
            if (const Real* mu = field_.reverse_result(0, i)) add(lambda, mu);
        jump(true);
        field_.sums(stages);
    }
    while (seen-- > 0) add(lambda, u + seen * n_);
    field_.end();
}

}  // namespace

void replay_solve(const void* tables, const Replay& around, const Tables::Place* in, const Tables::Place* out) {
    ReplayedSolve(tables, around).run(around.view(in[1]).data, around.memory(out[0].at));
}

void replay_gradient(const void* tables, const Replay& around, const Tables::Place* in, const Tables::Place* out) {
    const SolveTables& s = *static_cast<const SolveTables*>(tables);
    ReplayedSolve solve(tables, around);
    solve.pull_back(around.view(in[4 + s.captures]).data, around.memory(out[0].at));
    std::size_t k = 0;
    for (const std::uint8_t chosen : s.chosen) {
        if (!chosen) continue;
        const View sum = solve.field().summed(k++), result = around.view(out[k]);
        Real* to = around.memory(out[k].at);
        if (sum.data)
            std::copy_n(sum.data, sum.size(), to);
        else
            std::fill_n(to, result.size(), Real(0));
    }
}

}  // namespace costate::ode
