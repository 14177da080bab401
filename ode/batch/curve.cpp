#include "ode/batch/curve.hpp"

#include <algorithm>

namespace costate::ode::inline COSTATE_PRECISION {

namespace {

void make_room(std::vector<Real>& list, std::size_t size) {
    if (list.size() < size) list.resize(size);
}

}  // namespace

void Curve::begin(Index total, int degree, int block) {
    total_ = static_cast<std::size_t>(total);
    degree_ = degree;
    block_ = static_cast<std::size_t>(block);
    first_ = 0;
    data_.clear();
    starts_.clear();
}

void Curve::keep(std::size_t n, Index first, Index count, const Real* z, const Real* const* rates, const Method& m) {
    make_room(data_, (n + 1 - first_) * (degree_ + 1) * total_);
    std::copy_n(z, count, at(n, 0) + first);
    for (int p = 1; p <= degree_; ++p) {  // (a)
        Number b[most_stages];
        for (int i = 0; i < m.dense_stages; ++i) b[i] = p <= m.degree ? m.dense[i * m.degree + p - 1] : 0;
        combine(at(n, p) + first, nullptr, rates, b, 1, m.dense_stages, count);
    }
}

Real* Curve::room(std::size_t n) {
    make_room(data_, (n + 1 - first_) * (degree_ + 1) * total_);
    return at(n, 0);
}

void Curve::keep_start(std::size_t n, Index first, Index count, const Real* z) {
    if (n % block_ != 0) return;
    make_room(starts_, (n / block_ + 1) * total_);
    std::copy_n(z, count, starts_.data() + n / block_ * total_ + first);
}

void Curve::open(const StepTimes& t, std::size_t first, std::size_t end) {
    t_ = &t;
    first_ = first;
    end_ = end;
    step_ = end - 1;
}

void Curve::look(Number t) {
    const StepTimes& times = *t_;
    const Number sign = times[times.size() - 1] < times[0] ? -1 : 1;
    while (step_ > first_ && sign * (t - times[step_]) < 0) --step_;
    while (step_ + 1 < end_ && sign * (t - times[step_ + 1]) >= 0) ++step_;
    h_ = times[step_ + 1] - times[step_];
    theta_ = (t - times[step_]) / h_;
}

void Curve::write(Index first, Index count, Real* out) const {  // (a)
    const Real* q[most_stages];
    Number powers[most_stages], power = 1;
    for (int p = 0; p < degree_; ++p) {
        q[p] = at(step_, p + 1) + first;
        powers[p] = power *= theta_;
    }
    combine(out, at(step_, 0) + first, q, powers, h_, degree_, count);
}

void Curve::write_rate(Index first, Index count, Real* out) const {  // Σ_p p θ^{p−1} q_p
    const Real* q[most_stages];
    Number slopes[most_stages], power = 1;
    for (int p = 0; p < degree_; ++p, power *= theta_) {
        q[p] = at(step_, p + 1) + first;
        slopes[p] = (p + 1) * power;
    }
    combine(out, nullptr, q, slopes, 1, degree_, count);
}

}  // namespace costate::ode
