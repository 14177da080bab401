// ode/gradients/asynchronous.cpp — the exact gradient of the asynchronous leapfrog, its states stored (discrete) or found again
// A step  x = z + h/2 v,  u = f(t + h/2, x),  z⁺ = z + h u,  v⁺ = 2u − v  and observations p(θ) = z + h (b_0(θ) v + b_1(θ) u),
// run backwards with the cotangents λ⁺ of z⁺, ν⁺ of v⁺ and w of the observations:
//   ū = h λ⁺ + 2 ν⁺ + Σ_obs h b_1(θ) w             x̄ = ūᵀ ∂f/∂z               c̄ ← c̄ + ūᵀ ∂f/∂c         both at x         (a)
//   λ = λ⁺ + x̄ + Σ_obs w                           ν = h/2 x̄ − ν⁺ + Σ_obs h b_0(θ) w                                   (b)
// Where a pair begins, v = f(t, z): there λ ← λ + νᵀ ∂f/∂z, c̄ ← c̄ + νᵀ ∂f/∂c.
// `discrete` keeps x, `reversible` the pair at the end alone: with −h for h the step leads back, and (a) evaluates f at x
// anyway. Both cost one evaluation and its pullback for each step. Found states differ from stored ones by rounding.
// source   Zhuang, Dvornek, Tatikonda & Duncan 2021, MALI, algorithm 4
// see      ode/methods/asynchronous_leapfrog.hpp · ode/gradients/reversible.cpp · ode/solve/eval.cpp (keep_middle, keep_pair)
#include "ode/gradients/paired_steps.hpp"  // brings: PairedSteps

namespace costate::ode::inline COSTATE_PRECISION {

namespace {

class CarriedRateSweep : public PairedSteps {
public:
    explicit CarriedRateSweep(const Pull& p) : PairedSteps(p, 3) {}

    void run() {
        each_tile([&] {
            start();
            for (std::size_t n = steps(); n-- > 0;) {
                const Interval s = interval(n);
                if (ends_pair(n, s)) take_pair();
                pull_step(s);
                if (finds_) step_back(s);
                if (begins_pair(n, s)) join(s);
            }
        });
    }

private:
    Real* nu(std::size_t c) const { return memory(0, c); }
    Real* z(std::size_t c) const { return memory(1, c); }  // z and v: where they are found
    Real* v(std::size_t c) const { return memory(2, c); }

    // Where a pair ends: z and v; nothing behind it depends on v.
    void take_pair() {
        place_ -= 2;
        each([&](std::size_t c) {
            std::fill_n(nu(c), entries(c), Real(0));
            if (!finds_) return;
            std::copy_n(kept(place_, c), entries(c), v(c));
            std::copy_n(kept(place_ + 1, c), entries(c), z(c));
        });
    }

    // (a), (b)
    void pull_step(const Interval& s) {
        enter(s);
        if (!finds_) --place_;
        each([&](std::size_t c) {
            const Real* rate = v(c);
            if (finds_)
                combine(stages_.state(c, 0), z(c), &rate, m_.a + 3, -s.h, 1, entries(c));
            else
                std::copy_n(kept(place_, c), entries(c), stages_.state(c, 0));
        });
        evaluate(s.at(m_.c[1]));
        each([&](std::size_t c) {
            const Real* terms[] = {lambda(c), nu(c)};
            const Number factors[] = {s.h, 2};
            Real* u_bar = stages_.cotangent(c, 0);
            combine(u_bar, nullptr, terms, factors, 1, 2, entries(c));
            add_within(u_bar, 1, s, c);
        });
        reverse();
        each([&](std::size_t c) {
            scale_add(lambda(c), 1, stages_.z_bar(c, 0), entries(c));
            for (Index i = 0; i < entries(c); ++i) nu(c)[i] = -nu(c)[i];
            scale_add(nu(c), static_cast<Real>(s.h / 2), stages_.z_bar(c, 0), entries(c));
            add_within(nu(c), 0, s, c);
        });
        add_within(s);
        watch_growth([&](std::size_t c) { return stages_.state(c, 0); });  // half a step later
    }

    void step_back(const Interval& s) {
        each([&](std::size_t c) {
            const Real* u = stages_.rate(c, 0);
            const Number one = 1;
            combine(z(c), z(c), &u, &one, -s.h, 1, entries(c));
            for (Index i = 0; i < entries(c); ++i) v(c)[i] = mirrored(u[i], v(c)[i]);
        });
    }

    void join(const Interval& s) {  // v = f(t, z)
        each([&](std::size_t c) {
            std::copy_n(begin(s, c), entries(c), stages_.state(c, 0));
            std::copy_n(nu(c), entries(c), stages_.cotangent(c, 0));
        });
        evaluate(s.first);
        reverse();
        each([&](std::size_t c) { scale_add(lambda(c), 1, stages_.z_bar(c, 0), entries(c)); });
    }
};

}  // namespace

}  // namespace costate::ode

void costate::ode::AsynchronousLeapfrog::pull_pair(const Pull& p) { CarriedRateSweep(p).run(); }
