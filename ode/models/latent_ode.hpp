// ode/models/latent_ode.hpp — a curve is a point: a few numbers z0 and one law from which all of its observations follow
//   q(z0 | x) = N(μ, σ²),  (μ, ln σ) = W h + b      h: the encoder's state after the observations, read backwards    latent (1)
//   z0 = μ + σ ⊙ ε,  ε ~ N(0, 1)                    so that the gradient goes through the sample                     latent (2)
//   dz/dt = field(t, z),  x(t_i) ~ N(decoder(z(t_i)), s²)                                                            latent (3)
//   ELBO = Σ_i ln p(x(t_i) | z(t_i)) − KL(q ‖ N(0, 1))          on average at most ln p(x); −mean of it is the loss  latent (4)
//   const ode::LatentODE model(nn::GRU(2, 32, rng), nn::MLP({4, 32, 4}, nn::elu, rng), nn::MLP({4, 32, 2}, nn::elu, rng),
//                              rng, {.latent = 4, .noise = 0.1});
//   optim::train(adam, [&](Tape& tape) { return -mean(model.elbo(tape.constant(x), times, x, mask, epsilon)); });
//   model.decode(z0, times)          // of any z0, at any times: further on, in between, of noise from the prior
//   model.encode(x).mean, model.posterior(h), model.path(z0, times), model.observe(z), model.bound(q, z, x, mask)    the parts
// shapes   read: [n,B,in], what the encoder sees, in order of time    x: [T,B,D]    mask: [T,B,1], or 1    epsilon: [B,latent]
//          z0: [B,latent]    decode: [T,B,D]    elbo: [B]
// read     need not be x: points at times of their own for each row stand one behind the other, the gaps among their numbers.
// noise    s: of the observations. epsilon is drawn anew for every update, outside: a tape draws nothing.
// source   Chen, Rubanova, Bettencourt & Duvenaud 2018, §5.1 · latent (2), (4): Kingma & Welling 2014
#pragma once
#include <utility>

#include "autodiff/operators/elementwise.hpp"  // brings: exp
#include "autodiff/operators/shaping.hpp"      // brings: slice, reshape
#include "core/elementary/log.hpp"             // brings: elementary::log
#include "nn/linear.hpp"                       // brings: Linear, Module, Rng
#include "nn/losses.hpp"                       // brings: gaussian_log_likelihood, gaussian_kl
#include "nn/recurrent.hpp"                    // brings: read
#include "ode/solve.hpp"                       // brings: solve, SolveOptions, Times

namespace costate::ode::inline COSTATE_PRECISION {

struct LatentOptions {
    Index latent = 4;
    Number noise = 0.1;
    SolveOptions solve = {};
};

struct Gaussian {  // independent entries, [B,latent] each
    Var mean, log_sigma;
    Var sample(const Operand& epsilon) const { return mean + exp(log_sigma) * epsilon; }  // latent (2)
};

template <class Encoder, class F, class Decoder>
class LatentODE : public nn::Module {  // parameters: "encoder. ...", "head. ...", "field. ...", "decoder. ..."
    static_assert(is_field<const F>, "the field of a LatentODE is Var(Var t, Var z), as that of every solve");

public:
    LatentODE(Encoder encoder, F field, Decoder decoder, Rng& rng, LatentOptions options = {}, Where at = {})
        : encoder_(add("encoder", std::move(encoder), at)),
          head_(add("head", nn::Linear(encoder_.hidden(), 2 * options.latent, rng, {}, at), at)),
          field_(add("field", std::move(field), at)),
          decoder_(add("decoder", std::move(decoder), at)),
          options_(std::move(options)) {}

    Gaussian encode(Var read, Where at = {}) const {
        return posterior(nn::read(encoder_, read, {.backwards = true}, at), at);
    }
    Gaussian posterior(Var h, Where at = {}) const {  // latent (1), of any of the encoder's states
        const Var both = head_(h, at);
        return {slice(both, 1, 0, options_.latent), slice(both, 1, options_.latent, options_.latent)};
    }

    Var path(Var z0, const Times& times, Where at = {}) const { return path(z0, times, options_.solve, at); }
    Var path(Var z0, const Times& times, const SolveOptions& options, Where at = {}) const {
        return ode::solve(field_, z0, times, options, at).z;
    }
    Var observe(Var z, Where at = {}) const {  // z [T,B,latent] -> the means of x [T,B,D]
        const Shape shape = z.shape(at);
        const Var x = decoder_(reshape(Operand(z, at), {-1, options_.latent}));
        return reshape(x, {shape[0], shape[1], x.size(1)});
    }
    Var decode(Var z0, const Times& times, Where at = {}) const {
        return observe(path(z0, times, at), at);
    }  // latent (3)
    Tensor decode(View z0, const Times& times, Where at = {}) const {
        Tape tape;
        return Tensor(tape.view(decode(tape.constant(z0), times, at)));
    }

    Var elbo(Var read, const Times& times, const Operand& x, const Operand& mask, const Operand& epsilon) const {
        const Gaussian q = encode(read, x.at());
        return bound(q, path(q.sample(epsilon), times, x.at()), x, mask);
    }
    Var bound(const Gaussian& q, Var z, const Operand& x,
              const Operand& mask) const {  // latent (4), of a path from q's sample
        const CalledFrom caller(x.at());
        const Var of_times = nn::gaussian_log_likelihood(x, observe(z, x.at()), elementary::log(options_.noise), mask);
        return sum(of_times, 0) - nn::gaussian_kl(q.mean, q.log_sigma);
    }

    const Encoder& encoder() const { return encoder_; }
    const F& field() const { return field_; }
    const LatentOptions& options() const { return options_; }

private:
    Encoder encoder_;
    nn::Linear head_;
    F field_;
    Decoder decoder_;
    LatentOptions options_;
};

}  // namespace costate::ode
