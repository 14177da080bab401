// ode/symplectic.hpp — orbits whose energy does not drift: steps of kicks and drifts
//   q' = v(t, p)   the drift: p alone moves q            p' = a(t, q)   the kick: q alone moves p          H = T(p) + V(q)
//   p ← p + d_i h a(τ, q),   σ ← σ + d_i h
//   q ← q + c_i h v(σ, p),   τ ← τ + c_i h        for i = 1 ... s, one step; at its start and at its end τ = σ = t   (a)
// Each line shears phase space, so a step keeps its volume and its symplectic form to rounding: it is, but for terms like
// e^(−c/h), the exact flow of an energy that is H + O(h^order), and the energy error is bounded by that, while steps are equal.
// Two clocks: what is driven by time is at rest in a larger space, T(p, σ) + e and V(q, τ) + g with e, g the momenta of τ, σ.
// The first moves q and τ, the second p and σ, neither what it reads: both flows are the lines (a), exactly, so the order
// stays. A kick reads the time of the drifts, a drift that of the kicks. One clock for both is of order 1 where v reads t.
//   const auto orbit = ode::solve_separable(drift, kick, q0, p0, {0, 100}, {.method = ode::verlet, .step = 0.01});
// with fields of numbers, void(double t, std::span<const double> p, std::span<double> dq), and vectors or arrays; or in Vars,
//   ode::solve_separable(tape, drift, kick, q0, p0, times, options)         drift: Var(Var t, Var p), kick: Var(Var t, Var q)
// which records every line: its gradient is that of the discrete orbit. Of H as one function of (q, p) or (t, q, p), in Vars,
//   ode::solve_hamiltonian(tape, H, q0, p0, times, options)              v = ∂H/∂p, a = −∂H/∂q, at the orbit's q and p    (b)
// An H that does not split is an error: ∂²H/∂q∂p is looked at while the first steps are taken.
// times    In one direction, forwards or back. A step back is the inverse of the step forwards: where h < 0, (a) is walked from
//          its last line, the drift before the kick.
// errors   A state at one of the times that is not finite; what makes no sense of the options.
// shapes   q, p: [n] each, or any two of one shape; in Vars the states at the times are [T, ...q]
// source   Yoshida 1990, "Construction of higher order symplectic integrators"; Hairer, Lubich & Wanner, Geometric Numerical
//          Integration, §I.1, §II.5, §IX.3
// see      tests/ode/symplectic_test.cpp · ode/tables/radau.hpp (gauss4, gauss6: symplectic where H does not split)
#pragma once
#include <functional>
#include <span>
#include <utility>
#include <vector>

#include "autodiff/tape/operand.hpp"  // brings: Operand, Var, Tape
#include "ode/steps/clock.hpp"        // brings: equal_steps, equal_step
#include "ode/steps/measure.hpp"      // brings: are_finite
#include "ode/times.hpp"              // brings: Times

namespace costate::ode {

struct Splitting {  // the factors of (a)
    static constexpr int most = 8;
    const char* name;
    const char* source;
    int order;
    int stages;
    Number kick[most], drift[most];
};

// Verlet's step of length w_i h, one after the other: neighbouring kicks are one.
template <std::size_t s>
constexpr Splitting composed(const char* name, const char* source, int order, const Number (&w)[s]) {
    static_assert(s + 1 <= Splitting::most);
    Splitting m{name, source, order, int(s) + 1, {}, {}};
    for (std::size_t i = 0; i < s; ++i) {
        m.kick[i] += w[i] / 2;
        m.kick[i + 1] += w[i] / 2;
        m.drift[i] = w[i];
    }
    return m;
}

inline constexpr Splitting semi_implicit_euler{
    "semi_implicit_euler", "de Vogelaere 1956: symplectic Euler", 1, 1, {1}, {1}};
inline constexpr Splitting verlet = composed("verlet", "Störmer 1907, Verlet 1967: leapfrog", 2, {1});
inline constexpr Number cube_root_2 = 1.2599210498948731648;
inline constexpr Splitting yoshida4 =
    composed("yoshida4", "Yoshida 1990, (2.11); Forest & Ruth", 4,
             {1 / (2 - cube_root_2), -cube_root_2 / (2 - cube_root_2), 1 / (2 - cube_root_2)});
namespace yoshida_numbers {
inline constexpr Number w1 = -1.17767998417887, w2 = 0.235573213359357, w3 = 0.784513610477560,
                        w0 = 1 - 2 * (w1 + w2 + w3);
}  // namespace yoshida_numbers
inline constexpr Splitting yoshida6 =
    composed("yoshida6", "Yoshida 1990, table 1, solution A", 6,
             {yoshida_numbers::w3, yoshida_numbers::w2, yoshida_numbers::w1, yoshida_numbers::w0, yoshida_numbers::w1,
              yoshida_numbers::w2, yoshida_numbers::w3});
inline constexpr Splitting all_splittings[] = {semi_implicit_euler, verlet, yoshida4, yoshida6};

struct SplittingOptions {
    Splitting method = verlet;
    Number step = 0;  // equal steps of at most this length from each time to the next; it must be given
};

// (a): add_kick(factor, t) and add_drift(factor, t) add h times so much
template <class Kick, class Drift>
void split_step(const Splitting& m, Number t, Number h, Kick&& add_kick, Drift&& add_drift) {
    Number of_kicks = t, of_drifts = t;  // σ, τ
    const auto kick = [&](int i) {
        if (m.kick[i] != 0) add_kick(m.kick[i] * h, of_drifts);
        of_kicks += m.kick[i] * h;
    };
    const auto drift = [&](int i) {
        if (m.drift[i] != 0) add_drift(m.drift[i] * h, of_kicks);
        of_drifts += m.drift[i] * h;
    };
    for (int i = 0; i < m.stages; ++i)
        if (h > 0)
            kick(i), drift(i);
        else
            drift(m.stages - 1 - i), kick(m.stages - 1 - i);
}

namespace splitting {
void require(const Times& times, const SplittingOptions& options, Where at);
void require_alike(std::size_t q, std::size_t p, Where at);
[[noreturn]] void fail_not_finite(Number t, bool at_start, Number step, Where at);
template <class T>
void require_finite(Index n, const T* q, const T* p, Number t, bool at_start, Number step, Where at) {
    if (!plain::are_finite(n, q) || !plain::are_finite(n, p)) fail_not_finite(t, at_start, step, at);
}
// Steps from each time to the next; observe(t, is_first) at every time, the first included.
template <class Kick, class Drift, class Observe>
void walk(const Times& times, const SplittingOptions& options, Kick&& add_kick, Drift&& add_drift, Observe&& observe) {
    for (std::size_t i = 0; i < times.size(); ++i) {
        const Number t0 = times[i > 0 ? i - 1 : 0], t1 = times[i];
        const int steps = t0 == t1 ? 0 : equal_steps(t0, t1, options.step);
        for (int n = 0; n < steps; ++n)
            split_step(options.method, equal_step(t0, t1, n, steps), (t1 - t0) / steps, add_kick, add_drift);
        observe(t1, i == 0);
    }
}
}  // namespace splitting

template <class T>
struct SeparableSolution {  // the states at the times
    std::vector<std::vector<T>> q, p;
};

template <class Drift, class Kick, class Q, class P>
auto solve_separable(Drift&& drift, Kick&& kick, const Q& q0, const P& p0, const Times& times,
                     const SplittingOptions& options, Where at = {}) {
    using T = std::remove_cvref_t<decltype(*std::data(q0))>;
    splitting::require(times, options, at);
    splitting::require_alike(std::size(q0), std::size(p0), at);
    std::vector<T> q(std::begin(q0), std::end(q0)), p(std::begin(p0), std::end(p0)), rate(q.size());
    const auto add = [&](std::vector<T>& to, Number factor) {
        for (std::size_t i = 0; i < to.size(); ++i) to[i] += static_cast<T>(factor) * rate[i];
    };
    SeparableSolution<T> solution;
    splitting::walk(
        times, options, [&](Number by, Number t) { kick(t, std::span<const T>(q), std::span<T>(rate)), add(p, by); },
        [&](Number by, Number t) { drift(t, std::span<const T>(p), std::span<T>(rate)), add(q, by); },
        [&](Number t, bool first) {
            splitting::require_finite(std::ssize(q), q.data(), p.data(), t, first, options.step, at);
            solution.q.push_back(q), solution.p.push_back(p);
        });
    return solution;
}

inline namespace COSTATE_PRECISION {

struct SeparableVars {
    Var q, p;  // [T, ...q]
};
SeparableVars solve_separable(Tape& tape, const std::function<Var(Var, Var)>& drift,
                              const std::function<Var(Var, Var)>& kick, const Operand& q0, const Operand& p0,
                              const Times& times, const SplittingOptions& options, Where at = {});

// (b). H: a Var of rank 0, or one for each row.
SeparableVars solve_hamiltonian(Tape& tape, const std::function<Var(Var, Var, Var)>& H, const Operand& q0,
                                const Operand& p0, const Times& times, const SplittingOptions& options, Where at = {});
template <class Energy>
requires std::is_invocable_v<Energy&, Var, Var> SeparableVars solve_hamiltonian(Tape& tape, const Energy& H,
                                                                                const Operand& q0, const Operand& p0,
                                                                                const Times& times,
                                                                                const SplittingOptions& options,
                                                                                Where at = {}) {
    const std::function<Var(Var, Var, Var)> at_any_time = [&H](Var, Var q, Var p) { return H(q, p); };
    return solve_hamiltonian(tape, at_any_time, q0, p0, times, options, at);
}

}  // namespace COSTATE_PRECISION

}  // namespace costate::ode
