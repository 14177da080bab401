// ode/batch/gauss.hpp — the integral of −aᵀ∂f/∂c beside a backward solve, at Gauss–Legendre nodes of each step that is kept
//   g⁺ = g + h Σ_m w_m (dg/dt)(t + θ_m h)         a there, and z if it is solved backwards, by the step's dense output      (a)
//   n nodes are exact for polynomials of degree 2n − 1:  n = ⌈p/2⌉ for a method of order p                                 (b)
// The method's own stages (ode/batch/quadrature.hpp) sum aᵀ∂f/∂c 6 or 7 times in a step of dopri5, and of a rejected one as
// often; this does so 3 times, and of rejected steps not at all. But at each node f and aᵀ∂f/∂z are made once more, so that it
// is cheaper only where aᵀ∂f/∂c costs as much as both, or many steps are rejected. g's error is not estimated.
// source   Norcliffe & Deisenroth 2023, "Faster training of neural ODEs using Gauß–Legendre quadrature", TMLR
#pragma once
#include "ode/batch/tiles.hpp"  // brings: Tiles, Stages

namespace costate::ode::inline COSTATE_PRECISION {

void gauss_legendre(int n, Number* nodes, Number* weights);  // of [0, 1]

class GaussQuadrature {
public:
    void prepare(Stages& stages, Tiles& tiles);
    void form(const Interval& s);  // of a tile, before anyone knows whether the step is kept: the states at its nodes
    void add(const Interval& s);   // of a step that is kept
    long vjps() const { return vjps_; }

private:
    Real* state(int node, std::size_t c) { return states_.data() + node * stages_->total() + stages_->tile_offset(c); }

    Stages* stages_ = nullptr;
    Tiles* tiles_ = nullptr;
    int count_ = 0;
    Number nodes_[most_stages] = {}, weights_[most_stages] = {};  // of the unit interval
    Storage states_;
    long vjps_ = 0;
};

}  // namespace costate::ode
