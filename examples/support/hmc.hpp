// examples/support/hmc.hpp — how sure are we? Draws from a posterior by Hamiltonian Monte Carlo
//   p(q | data) ∝ exp ℓ(q)        q: what is asked for, ℓ: log prior + log likelihood, up to a constant
//   H(q, p) = −ℓ(q) + ½ Σ s_j² p_j²,   p_j ~ N(0, 1/s_j²)          s_j: about the deviation of q_j                   (a)
//   p ← p + ε/2 ∇ℓ(q);   q ← q + ε s² p;   p ← p + ε/2 ∇ℓ(q)       a leap; a trajectory has 1 to max_leaps of them    (b)
//   the end of a trajectory is taken with probability min(1, e^(H before − H after)), else q stays where it was        (c)
//   const Draws draws = sample([&](Var q) { return log_density; }, q0, Rng(run.seed));      largest_r_hat(draws.q)
// shapes   q0 [chains,D]: where the chains begin, apart from each other; ℓ: [chains,D] -> [chains,1], every row by itself.
//          It is recorded once and then replayed. Draws::q: [draws,chains,D], without those of the warm-up.
// warm-up  ε is led to the wanted acceptance by dual averaging, s to the deviations seen in windows that double, both over
//          all chains. Then they stand still: only so are (b) and (c) a Markov chain with the posterior as its limit.
// errors   In a trajectory that runs off, numbers that are not finite or an Error of ℓ (a solve that blew up) mean that it
//          is not taken; draws.lost counts them. At q0 they are errors.
// source   Neal 2011, "MCMC using Hamiltonian dynamics" (number of leaps at random: §3.2) · Hoffman & Gelman 2014, §3.2
//          (dual averaging) · Stan Reference Manual, "HMC algorithm parameters" (windows; s² shrunk towards 1e-3)
#pragma once
#include <functional>
#include <vector>

#include "autodiff/tape/var.hpp"  // brings: Var, Tensor, View, Where
#include "core/random.hpp"        // brings: Rng

namespace costate::support {

struct HmcOptions {
    int warmup = 600;
    int draws = 1200;
    int max_leaps = 40;
    double acceptance = 0.8;
    double first_step = 0.05;                                                 // ε, with s = 1
    std::function<void(int done, int of, double log_density)> progress = {};  // of the first chain
};

struct Draws {
    Tensor q;           // [draws,chains,D]
    double step;        // ε
    double acceptance;  // mean over all draws
    int lost;           // trajectories after the warm-up that ran off
};

using LogDensity = std::function<Var(Var q)>;

Draws sample(const LogDensity& log_density, View q0, Rng rng, const HmcOptions& options = {}, Where at = {});

// Have the chains forgotten where they began? Near 1 if their halves agree as draws of one distribution would.
//   R̂² = ((n − 1)/n W + B/n) / W      m halves of chains, n draws each; W: mean of their variances, B: n · variance of means
// source   Gelman et al., Bayesian Data Analysis, 3rd ed., §11.4 (split R̂)
double r_hat(View draws, Index j, Where at = {});  // of entry j of [draws,chains,D]
double largest_r_hat(View draws, Where at = {});

// All draws of entry j, chain by chain.
std::vector<double> draws_of(View draws, Index j, Where at = {});
// The number below which that share of a list lies: 0.5 is the median.
double quantile(std::vector<double> list, double share, Where at = {});

}  // namespace costate::support
