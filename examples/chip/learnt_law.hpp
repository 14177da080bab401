// examples/chip/learnt_law.hpp — of the law that is printed for a chip: field and pullback as a Program; a hash of its weights
#pragma once
#include <array>
#include <bit>
#include <cstdint>
#include <cstdio>
#include <vector>

#include "autodiff/derivatives/grad.hpp"  // brings: vjp
#include "autodiff/program/program.hpp"   // brings: Program, compile
#include "nn/mlp.hpp"                     // brings: MLP

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
