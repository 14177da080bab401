#include "ode/stochastic/brownian.hpp"

#include <algorithm>
#include <cmath>

namespace costate::ode::inline COSTATE_PRECISION {

void Brownian::restart(std::uint64_t seed, Number t0, Number t1, const Shape& shape, Where at) {
    if (!(std::isfinite(t1 - t0) && t1 >= t0))
        fail(at, {.what = "Brownian: a path has a first and a last time",
                  .got = text("from ", t0, " to ", t1),
                  .expected = "finite times, the first one first"});
    seed_ = seed;
    t0_ = t0;
    t1_ = t1;
    shape_ = shape;
    const std::size_t entries = shape.size();
    normals_.resize(shape.size(), at);
    zeros_.assign(entries, 0);
    between_.resize(entries);
    end_.resize(entries);
    draw(0);
    for (std::size_t i = 0; i < entries; ++i) end_[i] = std::sqrt(t1 - t0) * static_cast<Number>(normals_.data()[i]);
    numbers_.assign(levels, 0);
    middles_.resize(levels);
}

void Brownian::draw(std::uint64_t number) {
    Rng(seed_).split(number).fill_normal({normals_.data(), static_cast<std::size_t>(normals_.size())});
}

std::int64_t Brownian::place(Number t) const {
    constexpr Number parts = static_cast<Number>(std::int64_t(1) << digits);
    return t == t0_ ? 0 : std::llround((t - t0_) / (t1_ - t0_) * parts);
}

std::span<const Number> Brownian::node(std::uint64_t number, int level, const Number* left, const Number* right) {
    std::vector<Number>& middle = middles_[level];
    middle.resize(zeros_.size());
    if (numbers_[level] == number) return middle;
    draw(number);
    const Number deviation = std::sqrt(std::ldexp(t1_ - t0_, -level)) / 2;
    for (std::size_t i = 0; i < middle.size(); ++i)
        middle[i] = (left[i] + right[i]) / 2 + deviation * static_cast<Number>(normals_.data()[i]);  // (a)
    numbers_[level] = number;
    return middle;
}

std::span<const Number> Brownian::numbers(Number t, Where where) {
    if (!(t >= t0_ && t <= t1_))
        fail(where, {.what = "Brownian: the path does not go there",
                     .got = text("t = ", t),
                     .expected = text("a time from ", t0_, " to ", t1_)});
    const std::int64_t to = place(t);
    if (to == 0) return zeros_;
    if (to == std::int64_t(1) << digits) return end_;
    const Number *left = zeros_.data(), *right = end_.data();
    for (int level = 0; level < levels; ++level) {
        const int below = digits - level;  // binary digits of a place within this level's nodes
        const auto number = (std::uint64_t(1) << level) + static_cast<std::uint64_t>(to >> below);
        const std::span<const Number> middle = node(number, level, left, right);
        const std::int64_t within = to & ((std::int64_t(1) << below) - 1), half = std::int64_t(1) << (below - 1);
        if (within == half) return middle;
        (within < half ? right : left) = middle.data();
    }
    constexpr int rest = digits - levels;
    const Number share = std::ldexp(static_cast<Number>(to & ((std::int64_t(1) << rest) - 1)), -rest);
    for (std::size_t i = 0; i < between_.size(); ++i) between_[i] = left[i] + share * (right[i] - left[i]);
    return between_;
}

Tensor Brownian::at(Number t, Where where) {
    const std::span<const Number> w = numbers(t, where);
    Tensor at_t(shape_);
    std::ranges::transform(w, at_t.data(), [](Number x) { return static_cast<Real>(x); });
    return at_t;
}

}  // namespace costate::ode
