// tests/bench/workloads.hpp — the table of workloads, in the order in which every peer runs them
//   A workload is a class derived from Problem, beside others of its kind, and a function that makes one,
//       std::unique_ptr<Problem> make_spiral(const Setting&);
//   declared at the end of this file and named in the table of workloads.cpp.
// variants  spec      what the specification asks for                                    peer "costate"
//           kept      the exact gradient, with room for what f computes at all stages      "costate/kept"
//           discrete  the adjoint workloads by the exact gradient of the discrete solve       "costate/discrete"
//           direct    the adjoint workloads by backpropagation through every operation        "costate/direct"
#pragma once
#include <memory>
#include <span>
#include <string_view>

#include "tests/bench/measure.hpp"  // brings: Problem, Schedule, Evaluations
#include "tests/bench/peak.hpp"     // brings: Peak

namespace costate::bench {

enum class Variant { spec, kept, discrete, direct };
inline constexpr Variant all_variants[]{Variant::spec, Variant::kept, Variant::discrete, Variant::direct};
inline constexpr std::string_view variant_names[]{"spec", "kept", "discrete", "direct"};
inline constexpr std::string_view peer_names[]{"costate", "costate/kept", "costate/discrete", "costate/direct"};

struct Setting {
    std::string_view workload;
    Variant variant = Variant::spec;
};

// The arithmetic that none can do without: of an iteration that recomputes nothing, or where steps are chosen, of one
// evaluation of f and its share of the gradient. From f's sizes: a gradient for states and parameters is twice f itself.
struct Arithmetic {
    double mflop = 0, tanhs = 0;
    bool of_evaluation = false;
};

struct Entry {
    std::string_view id, name;
    Schedule schedule;
    Variant last_variant;                              // a workload has the variants up to this one
    std::unique_ptr<Problem> (*make)(const Setting&);  // null: not written yet
    Arithmetic arithmetic;

    double least_seconds(const Peak& peak, const Evaluations& now) const;  // of an iteration: that, at the peak
    bool has(Variant variant) const { return variant <= last_variant; }
};

std::span<const Entry> workloads();
void print_workloads();

std::unique_ptr<Problem> make_lkv_params(const Setting&);     // W1   fixed_steps.cpp
std::unique_ptr<Problem> make_lkv_mlp(const Setting&);        // W2
std::unique_ptr<Problem> make_wide_mlp(const Setting&);       // W7
std::unique_ptr<Problem> make_long_horizon(const Setting&);   // W8
std::unique_ptr<Problem> make_lkv_adjoint(const Setting&);    // W3   trajectories.cpp
std::unique_ptr<Problem> make_spiral_linear(const Setting&);  // W4
std::unique_ptr<Problem> make_spiral_mlp(const Setting&);     // W5
std::unique_ptr<Problem> make_spiral_single(const Setting&);  // W10
std::unique_ptr<Problem> make_flow(const Setting&);           // W6, W6h  flow.cpp
std::unique_ptr<Problem> make_poisson(const Setting&);        // W9   poisson.cpp
std::unique_ptr<Problem> make_convolution(const Setting&);    // W11  convolution.cpp

}  // namespace costate::bench
