// ode/gradients/reversible.cpp — the exact gradient of reversible Heun, with its states stored (discrete) or found again
// A step  ẑ⁺ = 2z − ẑ + h k,  z⁺ = z + h Σ_i b_i k_i  with  k = f(t, ẑ), k⁺ = f(t + h, ẑ⁺)  and observations
// p(θ) = z + h Σ_i b_i(θ) k_i, run backwards with the cotangents λ⁺ of z⁺, λ̂⁺ of ẑ⁺, κ⁺ of k⁺ and u of the observations:
//   κ⁺ ← κ⁺ + h b_1 λ⁺ + Σ_obs h b_1(θ) u          k⁺ belongs to this step and to the next                            (a)
//   λ̂⁺ ← λ̂⁺ + κ⁺ᵀ ∂f/∂z (ẑ⁺)                       c̄ ← c̄ + κ⁺ᵀ ∂f/∂c (ẑ⁺)                                            (b)
//   κ  = h (b_0 λ⁺ + a_10 λ̂⁺) + Σ_obs h b_0(θ) u                                                                      (c)
//   λ  = λ⁺ + 2 λ̂⁺ + Σ_obs u                        λ̂ = −λ̂⁺                                                           (d)
// Where a pair begins, ẑ = z: there (b) once more, and λ + λ̂ is the cotangent of z.
// The step is symmetric: with −h for h it leads back, ẑ from (z⁺, ẑ⁺, k⁺), and z as soon as (b) knows k. So `reversible`
// costs the evaluations that `discrete` costs, one and its pullback for each step, and keeps the pair at the end alone. Its
// numbers are those of stored states but for rounding, which grows as ẑ − z would.
// source   Kidger, Foster, Li & Lyons 2021, "Efficient and accurate gradients for neural SDEs", algorithm 2
// see      ode/methods/reversible_heun.hpp · ode/gradients/discrete.cpp (tables) · ode/solve/eval.cpp (keep_pair)
#include "ode/gradients/paired_steps.hpp"  // brings: PairedSteps

namespace costate::ode::inline COSTATE_PRECISION {

namespace {

class PairSweep : public PairedSteps {  // stage 0: the later end of a step, stage 1: the earlier one
public:
    explicit PairSweep(const Pull& p) : PairedSteps(p, 2) {}

    void run() {
        each_tile([&] {
            start();
            Interval later;
            for (std::size_t n = steps(); n-- > 0;) {
                const Interval s = interval(n);
                const bool ends = ends_pair(n, s), begins = begins_pair(n, s);
                if (ends) take_pair();
                pull_rate(s, ends ? nullptr : &later);
                step_back(s, begins);
                if (begins) join(s);
                later = s;
            }
        });
    }

private:
    Real* z(std::size_t c) const { return memory(0, c); }
    Real* lambda_hat(std::size_t c) const { return memory(1, c); }

    // Where a pair ends: z and ẑ; nothing behind it depends on ẑ or on k.
    void take_pair() {
        place_ -= 2;
        each([&](std::size_t c) {
            std::copy_n(kept(place_ + 1, c), entries(c), z(c));
            std::copy_n(kept(place_, c), entries(c), stages_.state(c, 0));
            std::fill_n(lambda_hat(c), entries(c), Real(0));
            std::fill_n(stages_.cotangent(c, 0), entries(c), Real(0));
        });
    }

    // (a), (b); with k⁺, z⁺ is found from the end of the step after, if that is the same pair's.
    void pull_rate(const Interval& s, const Interval* later) {
        enter(s);
        evaluate(s.final);
        each([&](std::size_t c) {
            if (later && finds_) combine(z(c), z(c), stages_.rates(c), m_.b, -later->h, 2, entries(c));
            scale_add(stages_.cotangent(c, 0), static_cast<Real>(s.h * m_.b[1]), lambda(c), entries(c));
            add_within(stages_.cotangent(c, 0), 1, s, c);
        });
        reverse();
    }

    // (c), (d) and the state before
    void step_back(const Interval& s, bool begins) {
        if (!begins && !finds_) --place_;
        each([&](std::size_t c) {
            const Real* terms[] = {lambda(c), lambda_hat(c)};
            const Number factors[] = {m_.b[0], m_.a[2]};
            Real* kappa = stages_.cotangent(c, 1);
            combine(kappa, nullptr, terms, factors, s.h, 2, entries(c));
            add_within(kappa, 0, s, c);
            scale_add(lambda(c), 2, lambda_hat(c), entries(c));
            for (Index i = 0; i < entries(c); ++i) lambda_hat(c)[i] = -lambda_hat(c)[i];

            Real* before = stages_.state(c, 1);
            if (begins)
                std::copy_n(begin(s, c), entries(c), before);
            else if (!finds_)
                std::copy_n(kept(place_, c), entries(c), before);
            else {
                for (Index i = 0; i < entries(c); ++i) before[i] = mirrored(z(c)[i], stages_.state(c, 0)[i]);
                combine(before, before, stages_.rates(c), m_.a + 2, -s.h, 1, entries(c));
            }
        });
        add_within(s);
        watch_growth([&](std::size_t c) { return stages_.state(c, 1); });  // the pair's other half
        stages_.swap(0, 1);
    }

    void join(const Interval& s) {  // ẑ = z
        evaluate(s.first);
        reverse();
        each([&](std::size_t c) { scale_add(lambda(c), 1, lambda_hat(c), entries(c)); });
    }

    void reverse() {
        PairedSteps::reverse();
        each([&](std::size_t c) { scale_add(lambda_hat(c), 1, stages_.z_bar(c, 0), entries(c)); });
    }
};

}  // namespace

}  // namespace costate::ode

void costate::ode::ReversibleHeun::pull_pair(const Pull& p) { PairSweep(p).run(); }
void costate::ode::rows::Reversible::pull(const Pull& p) { p.plan.options.method.pull_pair(p); }
