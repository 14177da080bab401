// nn/gaussian_kl.cpp — how far is one normal distribution from another? (declared in nn/losses.hpp)
//   KL(q ‖ p) = E_q ln q/p = Σ ½ (e^{2d} − 1 − 2d) + ½ u²,     d = ln σ_q − ln σ_p,   u = (μ_q − μ_p) / σ_p
// For p = N(0, 1) it is latent (5). Both terms are at least 0, and 0 where q = p; expm1 keeps the digits of the first one
// near there.
#include "autodiff/operators/elementwise.hpp"  // brings: expm1, square, exp
#include "autodiff/operators/reductions.hpp"   // brings: sum
#include "nn/losses.hpp"

namespace costate::nn::inline COSTATE_PRECISION {

namespace {

constexpr const char* divergence_name = "gaussian_kl";

void require_distributions(std::span<const Var> v) {
    const Shape shape = v[0].shape();
    for (const Var& other : v)
        if (shape.rank() == 0 || other.shape() != shape)
            fail({.what = "gaussian_kl: the shapes do not fit",
                  .got = text("a mean ", shape, ", beside it ", other.shape()),
                  .expected = "means and log_sigmas of one shape [...,D]",
                  .fix = "broadcast_to(log_sigma, mean.shape()) for one deviation of all"});
}

Var divergence_of(const Var& u, const Var& d) {
    return sum(affine(square(u) + expm1(affine(d, 2, 0)), 0.5, 0) - d, -1);
}

}  // namespace

Var gaussian_kl(const Operand& mean, const Operand& log_sigma) {
    const CalledFrom caller(mean.at());
    const auto v = on_one_tape(divergence_name, mean, log_sigma);
    require_distributions(v);
    return divergence_of(v[0], v[1]);
}

Var gaussian_kl(const Operand& mean, const Operand& log_sigma, const Operand& from_mean,
                const Operand& from_log_sigma) {
    const CalledFrom caller(mean.at());
    const auto v = on_one_tape(divergence_name, mean, log_sigma, from_mean, from_log_sigma);
    require_distributions(v);
    return divergence_of((v[0] - v[2]) * exp(-v[3]), v[1] - v[3]);
}

}  // namespace costate::nn
