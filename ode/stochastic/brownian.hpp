// ode/stochastic/brownian.hpp — a Brownian path as a function of a seed and the time
//   W(t0) = 0,   W(t1) = √(t1 − t0) ξ_0,   and in the middle of what node n = 1, 2, 3, ... of a binary tree spans, of length L,
//   W(middle) = (W(left) + W(right)) / 2 + √L/2 ξ_n            node n has the halves 2n and 2n + 1                   (a)
//   ξ_n: independent standard normals, those of Rng(seed).split(n)
//   ode::Brownian w(seed, 0, 1, {1000, 2});   w.at(0.3): [1000,2], a path for every entry
// why      (a) is the law of W in the middle, given both ends: the bridge. W(t) depends on nothing but (seed, t0, t1, t), so
//          a finer grid sees the same path: at shared times to the bit, in whatever order and how often it is asked. Nothing
//          of it is stored but the way down to the last time, one node a level.
// exact    on 2^30 equal parts of [t0, t1], between which the path is a straight line. A grid of 2^k steps costs some two
//          draws a step and entry, another one, which asks for times of all 30 levels, 30 − log₂ of its steps.
// rows     An entry's path depends on its place alone: rows more or less after it change nothing. Computed in double.
// source   (a): Lévy 1948, Processus stochastiques et mouvement brownien · a tree of seeds: Li, Wong, Chen & Duvenaud 2020,
//          "Scalable gradients for stochastic differential equations", §4
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "core/random.hpp"  // brings: Rng
#include "core/tensor.hpp"  // brings: Tensor, Shape

namespace costate::ode::inline COSTATE_PRECISION {

class Brownian {
public:
    Brownian() = default;
    Brownian(std::uint64_t seed, Number t0, Number t1, const Shape& shape, Where at = {}) {
        restart(seed, t0, t1, shape, at);
    }
    void restart(std::uint64_t seed, Number t0, Number t1, const Shape& shape, Where at = {});  // in the same memory

    const Shape& shape() const { return shape_; }
    Tensor at(Number t, Where where = {});                        // W(t); t outside [t0, t1]: an error
    std::span<const Number> numbers(Number t, Where where = {});  // the same, until it is asked again

    // Where t lies in [t0, t1], in parts of 2^-48: times of one place are one time to the path.
    std::int64_t place(Number t) const;

private:
    static constexpr int levels = 30, digits = 48;

    std::span<const Number> node(std::uint64_t number, int level, const Number* left, const Number* right);
    void draw(std::uint64_t number);

    std::uint64_t seed_ = 0;
    Number t0_ = 0, t1_ = 0;
    Shape shape_;
    std::vector<Number> end_, between_;         // W(t1); W(t) between two nodes
    std::vector<std::vector<Number>> middles_;  // of the nodes on the way to the last time, level by level
    std::vector<std::uint64_t> numbers_;        // which nodes they are; 0: none yet
    std::vector<Number> zeros_;
    Storage normals_;
};

}  // namespace costate::ode
