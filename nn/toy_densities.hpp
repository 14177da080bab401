// nn/toy_densities.hpp — eight densities in the plane, with samples, ln p and the exact entropy
//   H = −E[ln p]        KL(p ‖ q) = E[ln p − ln q] = −E[ln q] − H ≥ 0: how far is a model q from p, in nats
//   const nn::ToyDensity& moons = nn::toy_density("moons");
//   Tensor x = moons.sample(1000, rng);                  // [1000,2]
//   moons.log_density(x);                                // [1000];  its mean is about −moons.entropy
// names    8gaussians, moons, circles, pinwheel, rings, 2spirals, swissroll, checkerboard
// why      On the same points E[ln p − ln q] varies far less than E[−ln q]: with 20,000 of them by .001, not by .007.
//          A model whose −E[ln q] is below H by more than chance allows is no density.
// exact    ln p to 1e-5 or better where p > 1e-10: sums over Gauss-Legendre nodes of a curve with noise, the solutions of
//          one equation (pinwheel), a constant (checkerboard, −∞ outside). Far out pinwheel's is −∞ as well.
// source   the definitions: FFJORD's toy_data (Grathwohl et al. 2019), angles and arcs uniform at random: rings on a fixed
//          grid of angles, as it draws them, would be beads. Entropies: quadrature on grids, the same on finer ones
#pragma once
#include <span>
#include <string_view>

#include "core/random.hpp"  // brings: Rng
#include "core/tensor.hpp"  // brings: Tensor, View

namespace costate::nn::inline COSTATE_PRECISION {

struct ToyDensity {
    std::string_view name;
    double entropy;  // nats
    void (*draw)(Rng& rng, double* point);
    void (*log_densities)(View x, Real* out);

    Tensor sample(Index n, Rng& rng, Where at = {}) const;  // [n,2]
    Tensor log_density(View x, Where at = {}) const;        // x [N,2]: [N]
};

std::span<const ToyDensity> all_toy_densities();
const ToyDensity& toy_density(std::string_view name, Where at = {});  // none of that name: an error that lists them

}  // namespace costate::nn
