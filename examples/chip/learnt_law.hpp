// examples/chip/learnt_law.hpp — of the law that is printed for a chip: field and pullback as a Program, and a training step;
// a hash of its weights
#pragma once
#include <array>
#include <bit>
#include <cstdint>
#include <cstdio>
#include <vector>

#include "autodiff/operators.hpp"        // brings: mean, square, slice, reshape
#include "autodiff/program/program.hpp"  // brings: Program, compile, grad, vjp
#include "core/linspace.hpp"             // brings: linspace
#include "nn/mlp.hpp"                    // brings: MLP
#include "ode/solve.hpp"                 // brings: solve
#include "optim/adam.hpp"                // brings: Adam

// f(z) and wᵀ ∂f/∂z, wᵀ ∂f/∂θ, for one row.
inline costate::Program field_of(const costate::nn::MLP& law) {
    using namespace costate;
    Tape tape;
    const Var z = tape.variable(Tensor({1, 2}, {2, 0})), w = tape.variable(Tensor({1, 2}, {1, 1})), f = law(z);
    std::vector<Var> leaves{z};
    for (const Parameter& p : law.parameters()) leaves.push_back(tape.use(p));
    const Vars bars = vjp(Vars(&f, 1), leaves, Vars(&w, 1));
    return compile(tape, {.states = Vars(&z, 1),
                          .cotangents = Vars(&w, 1),
                          .forward = Vars(&f, 1),
                          .reverse = bars.first(1),
                          .summed = bars.subspan(1)});
}

inline void print_hash(const costate::nn::MLP& law) {  // FNV-1a of the weights
    using costate::Real;
    std::uint32_t hash = 2166136261;
    for (const costate::Parameter& p : law.parameters())
        for (const Real& x : p.value().entries())
            for (const unsigned char byte : std::bit_cast<std::array<unsigned char, sizeof(Real)>>(x))
                hash = (hash ^ byte) * 16777619;
    std::printf("hash of the weights: %u %u\n", hash >> 16, hash & 0xffff);
}

inline const std::vector<costate::Number> seen_at = costate::linspace(0, 1.8, 10);

inline costate::Var loss_of(const costate::nn::MLP& law, costate::Var seen) {  // seen: [10,1,2], from the start on
    using namespace costate;
    const auto field = [&](Var, Var z) { return law(z); };
    const Var start = reshape(slice(seen, 0, 0, 1), {1, 2});
    return mean(square(ode::solve(field, start, seen_at, {.method = ode::rk4_classic, .steps = 18}).z - seen));
}

// What the device will see is its input, the loss and the gradient are its results.
inline costate::Program training_step(const costate::nn::MLP& law, const costate::Tensor& seen) {
    using namespace costate;
    Tape tape;
    const Var sample = tape.variable(seen), loss = loss_of(law, sample);
    std::vector<Var> results{loss};
    for (const Var& g : grad(loss, law.parameters())) results.push_back(g);
    return compile(tape, Vars(&sample, 1), results);
}

// The law is trained here, by the tape, as it will be there; its hash is printed.
inline void train_here(const costate::nn::MLP& law, costate::optim::Adam& adam, const costate::Tensor& seen) {
    for (costate::Tape tape; adam.steps() < 200; tape.rewind()) adam.minimise(loss_of(law, tape.constant(seen)));
    print_hash(law);
}
