// ode/switching/switching.hpp — which of two methods takes the next step: an explicit one, or an implicit one where it is stiff
// Every explicit step is looked at: it is left when ode/steps/stiffness.hpp (a), (b) are sure. That sees what the steps stir
// up, and nothing of a state at rest, whose error is 0 whatever the step's length: and yet its derivatives would be magnified
// by |R(hλ)| ≫ 1, stiff (1), in every step. So before a step one looks ahead, along a direction d a tolerance long:
//   ρ ≈ ‖f(t, z + d) − f(t, z)‖,    d ← (f(t, z + d) − f(t, z)) / ρ                                                 (a)
// is a power iteration for the largest |λ|, ‖·‖ the largest of all numbers. Where h ρ is beyond what the method is stable for,
// the step is made as short as that: nine tenths of its bound where d falls, f(t, z + d) − f(t, z) ≈ −ρ d, six tenths where it
// turns, as beside the real axis less is stable. Where h ρ is five times beyond, or a step cannot be as short, or thirty have
// been made short, none is taken. Not where d grows, f(t, z + d) − f(t, z) ≈ ρ d: what parts is no stiffness, and an implicit
// step would damp it. A look is one evaluation: before one in three steps, and each that comes near the bound; ρ is the
// geometric mean of the last six, or of six more, where it is new that a step is too long, or none is to be taken.
// An implicit step is one that the explicit method could take when it is as stable there, with room to spare:
//   h ‖J‖ < ½ bound,   ‖J‖ = max_i Σ_j |J_ij| w_j / w_i,   w = scale, ode/tolerance.hpp                             (b)
// J is the one that its equations keep; w are the solve's own units, without which one species' size would be another's rate.
// Ten such steps in a row lead back. A change costs one evaluation; the step's length is kept.
//   switching.look_ahead(t, h, look);   if (switching.is_due()) { ...; switching.change(); }
//   ... a step;   switching.took_explicit(...), or took_implicit(...)
// source   Petzold 1983, "Automatic selection of methods for solving stiff and nonstiff systems", for changing at all and
//             the norm; Hairer & Wanner II, §IV.2; (a) with f for J: Sommeijer, Shampine & Verwer 1998, "RKC"; the numbers
//             are ours
// see      ode/switching/automatic.hpp (numbers) · ode/switching/automatic_in_vars.hpp (a tape)
#pragma once
#include <algorithm>
#include <cmath>
#include <utility>

#include "core/elementary/exp.hpp"  // brings: elementary::exp
#include "core/elementary/log.hpp"  // brings: elementary::log
#include "ode/statistics.hpp"       // brings: Statistics
#include "ode/steps/complaint.hpp"  // brings: Complaint, SolveOptions
#include "ode/steps/direction.hpp"  // brings: Steepness
#include "ode/steps/stiffness.hpp"  // brings: Stiffness

namespace costate::ode {

class Switching {
public:
    explicit Switching(const SolveOptions& options)  // of the explicit method
        : bound_(Stiffness::bound(options.method)), shortest_(options.min_step) {}

    bool is_implicit() const { return is_implicit_; }  // is, and was the step taken last
    bool is_due() const { return is_due_; }            // a change, before the next step

    // To an explicit step of length h from t on: what it may have at most. look(drawn): (a)
    template <class Look>
    Number look_ahead(Number t, Number h, Look&& look) {
        if (is_implicit_ || is_due_ || (++since_look_ < 3 && h * rho_ < bound_ / 3)) return HUGE_VAL;
        since_look_ = 0;
        const Number known = rho_;
        Number now = see(look(std::exchange(drawn_, 0.01)));
        if (now < 0) now = see(look(0));
        const bool is_new = h * now > safe() && now > 1.5 * known;
        if (is_new || h * rho_ > 5 * bound_) {
            looks_ = 0;
            for (int i = 0; i < most_looks; ++i) see(look(0));
        }
        if (h * rho_ <= safe() || grown_ >= most_looks) {
            limited_ = std::max(0, limited_ - 2);
            return HUGE_VAL;
        }
        const Number most = safe() / rho_;
        if (h * rho_ > 5 * bound_ || ++limited_ >= 30 || most < shortest_) find_due(t);
        return is_due_ ? HUGE_VAL : most;
    }
    void took_explicit(Number stiff_at) {
        if (std::isfinite(stiff_at)) find_due(stiff_at);
    }
    void took_implicit(Number h, Number norm) {  // of J
        ++implicit_steps_;
        calm_ = std::abs(h) * norm < bound_ / 2 ? calm_ + 1 : 0;  // (b)
        is_due_ = calm_ == 10;
    }
    void change() {
        is_implicit_ = !is_implicit_;
        is_due_ = false;
        calm_ = 0;
        rho_ = 0;
        looks_ = 0;
        since_look_ = 3;
        limited_ = 0;
        ++switches_;
    }
    void report(Statistics& s) const {
        s.switches = switches_;
        s.implicit_steps = implicit_steps_;
        s.stiff_at = stiff_at_;
    }

private:
    Number safe() const { return (fallen_ >= 3 ? 0.9 : 0.6) * bound_; }  // beside the real axis less is stable
    Number see(const ahead::Steepness& seen) {
        if (!seen.is_number()) return -1;  // the next look is to the other side
        const Number rho = seen.rho();
        rhos_[looks_++ % most_looks] = rho;
        Number product = 1;
        const int count = std::min(looks_, most_looks);
        for (int i = 0; i < count; ++i) product *= rhos_[i];
        rho_ = product > 0 ? elementary::exp(elementary::log(product) / count) : rho;
        grown_ = seen.grows() ? grown_ + 1 : 0;
        fallen_ = seen.falls() ? fallen_ + 1 : 0;
        return rho;
    }
    void find_due(Number t) {
        is_due_ = true;
        if (stiff_at_ == HUGE_VAL) stiff_at_ = t;
    }

    Number bound_, shortest_, stiff_at_ = HUGE_VAL;
    static constexpr int most_looks =
        6;  // a pair of eigenvalues comes round in two or three, in units that are not its own
    Number rho_ = 0, rhos_[most_looks];  // a geometric mean of so many looks
    Number drawn_ = 1;                   // of the direction, by the next look
    bool is_implicit_ = false, is_due_ = false;
    int switches_ = 0, implicit_steps_ = 0, calm_ = 0, since_look_ = 3, looks_ = 0, grown_ = 0, fallen_ = 0,
        limited_ = 0;
};

// (b), of J [n, n], or null where there is none, in units w(i)
template <class T, class Unit>
Number norm_in_units(const T* J, Index n, Unit&& w) {
    Number norm = J ? 0 : HUGE_VAL;
    for (Index i = 0; J && i < n; ++i) {
        Number sum = 0;
        for (Index j = 0; j < n; ++j) sum += std::abs(Number(J[i * n + j])) * w(j);
        norm = std::max(norm, sum / w(i));
    }
    return norm;
}

inline Complaint complaint_of_pair(const SolveOptions& options, const Method& implicit) {
    if (options.step > 0) return {"step", options.step, "0: the error chooses steps, and methods"};
    if (options.steps > 0) return {"steps", Number(options.steps), "0: the error chooses steps, and methods"};
    if (!options.mass.empty())
        return {"mass", 0, "none: explicit steps have no M before the rate; by one method, radau5"};
    if (!Stiffness::can_be_seen(options.method))
        return {"method", 0, "an explicit one whose last two stages are at the step's end: ode::tsit5, ode::dopri5"};
    if (!implicit.implicit() || !implicit.adaptive() || implicit.is_additive())
        return {"implicit", 0, "an implicit method that chooses its steps: ode::kvaerno5, ode::radau5"};
    return {};
}

}  // namespace costate::ode
