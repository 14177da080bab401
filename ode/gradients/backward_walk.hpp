// ode/gradients/backward_walk.hpp — from the last time back to the first: what the continuous routes share (internal to ode/)
//   a  =  0  after the last observation;   a ← a + w_i  at each                                       adjoint (2), (4)
//   between two of them steps, chosen by their errors or known, and beside them the integral of dg/dt     adjoint (5)
// The length of the steps lives on across observations: only a jumps there, the first stage is evaluated anew, and no new
// first step is searched.
// see      ode/gradients/backsolve.cpp · ode/gradients/interpolating.cpp
#pragma once
#include "ode/gradients/pull.hpp"  // brings: Pull, Clock, Tiles

namespace costate::ode::inline COSTATE_PRECISION {

class BackwardWalk {
public:
    explicit BackwardWalk(const Pull& p);

    const std::vector<Number>& times() const { return times_; }
    Number t() const { return clock_.t(); }
    bool is_observed(std::size_t i) const;  // w_i is not 0
    void take_up(std::size_t i);            // z from the observation: adjoint (1)
    void jump(std::size_t i);               // adjoint (4)
    void solve_back(Number to);
    void finish();  // z̄0, c̄ and the statistics

private:
    Real* a(std::size_t c) const { return tiles_.state(n_ + c); }
    Index entries(std::size_t c) const { return p_.x.z0[c].size(); }
    const Real* cotangent(std::size_t i, std::size_t c) const {
        return p_.x.w[c].data + static_cast<Index>(i) * entries(c);
    }

    const Pull& p_;
    const SolveOptions& options_ = p_.plan.options;
    Tiles& tiles_;
    const std::vector<Number>& times_;
    const std::size_t n_ = p_.x.z0.size();
    Clock clock_;
    // One of them, for the parameter gradient.
    Quadrature* quadrature_ = nullptr;
    GaussQuadrature* gauss_ = nullptr;
};

}  // namespace costate::ode
