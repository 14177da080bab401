// ode/steps/growth.hpp — has a gradient of steps grown so much that an error of one tolerance on the way would be all of it?
// λ_n = ∂L/∂z(t_n) is what an error in z(t_n) makes of L. So an error of a tolerance there makes of it
//   E_n = max_i |λ_n,i| w_i,    w_i = rtol |z_i| + atol           of equal steps w_i = ε |z_i|, a rounding           (a)
// which is wanted to be nothing beside what is observed: S = Σ_j max_i |u_j,i| · max_n,i |z_n,i| for cotangents u_j at the
// times t_j, or, of the last step, whose end no n is, max_i |λ_n,i z_n,i|. E > S is no gradient of a solution that is known: a
// stiff state at rest, whose error is 0 however long the steps are, and whose derivatives each magnifies by |R(hλ)| ≫ 1,
// stiff (1), where those of the solution decay; or chaos. What grows and is resolved is none of it: of z' = z, |λ_n z_n| is the
// same for every n.
//   growth.begin(Σ_j max_i |u_j,i|, rtol, atol);    growth.see(λ, z, count, last) after each step back;    growth.excess() > 1
// A smaller E may belong to a wrong gradient, too: this looks at what is beyond doubt.
// see      ode/steps/check.hpp (the warning) · ode/gradients/known_steps.hpp, ode/gradients/own_sweep.cpp (the steps)
#pragma once
#include <algorithm>
#include <cmath>

#include "core/real.hpp"   // brings: Index
#include "core/small.hpp"  // brings: small_machine

namespace costate::ode {

class Growth {
public:
    void begin(Number observed, Number rtol, Number atol) {
        *this = {};
        observed_ = observed;
        rtol_ = rtol;
        atol_ = atol;
        state_ = rtol > 0 ? atol / rtol : 0;  // below which a number is small
    }
    bool watches() const { return !small_machine && observed_ > 0; }

    template <class T>
    void see(const T* lambda, const T* z, Index count, bool last) {
        if (last) last_ = std::max(last_, largest_product(lambda, z, count));
        const Index whole = count - count % lanes;
        if (whole > 0) see_lanes(lambda, z, whole);
        for (Index i = whole; i < count; ++i) look(lambda[i], z[i], error_, state_);
    }
    void join(const Growth& other) {  // of other rows
        error_ = std::max(error_, other.error_);
        state_ = std::max(state_, other.state_);
        last_ = std::max(last_, other.last_);
    }
    Number excess() const { return error_ > 0 ? error_ / std::max(observed_ * state_, last_) : 0; }  // E / S

private:
    static constexpr Index lanes = 64;
    // The largest of every lanes-th entry: a single one would be looked for entry after entry.
    template <class T>
    void see_lanes(const T* lambda, const T* z, Index count) {
        Number error[lanes] = {}, state[lanes] = {};
        for (Index i = 0; i < count; i += lanes)
            for (Index l = 0; l < lanes; ++l) look(lambda[i + l], z[i + l], error[l], state[l]);
        for (Index l = 0; l < lanes; ++l) {
            error_ = std::max(error_, error[l]);
            state_ = std::max(state_, state[l]);
        }
    }
    template <class T>
    void look(T lambda, T z, Number& error, Number& state) const {
        const Number size = std::abs(Number(z)), changes = std::abs(Number(lambda)) * (rtol_ * size + atol_);
        const Number known = changes < HUGE_VAL ? changes : HUGE_VAL;  // no number is beyond any
        state = size > state ? size : state;
        error = known > error ? known : error;
    }
    template <class T>
    static Number largest_product(const T* lambda, const T* z, Index count) {
        Number largest = 0;
        for (Index i = 0; i < count; ++i) {
            const Number product = std::abs(Number(lambda[i]) * Number(z[i]));
            largest = product > largest ? product : largest;
        }
        return largest;
    }

    Number observed_ = 0, rtol_ = 0, atol_ = 0, error_ = 0, state_ = 0, last_ = 0;
};

}  // namespace costate::ode
