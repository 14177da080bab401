// tests/bench/workloads.hpp — the table of workloads, in the order in which every peer runs them
//   A workload is a class derived from Problem, in a file of its own, and a function that makes one,
//       std::unique_ptr<Problem> make_spiral(const Setting&);
//   declared at the end of this file and named in the table of workloads.cpp.
// variants  spec      what the specification asks for                                    peer "costate"
//           discrete  the adjoint workloads by the exact gradient of the discrete solve       "costate/discrete"
//           direct    the adjoint workloads by backpropagation through every operation        "costate/direct"
#pragma once
#include <memory>
#include <span>
#include <string_view>

#include "tests/bench/measure.hpp"  // brings: Problem, Schedule

namespace costate::bench {

enum class Variant { spec, discrete, direct };
inline constexpr Variant all_variants[]{Variant::spec, Variant::discrete, Variant::direct};
inline constexpr std::string_view variant_names[]{"spec", "discrete", "direct"};
inline constexpr std::string_view peer_names[]{"costate", "costate/discrete", "costate/direct"};

struct Setting {
    std::string_view workload;
    Variant variant = Variant::spec;
};

struct Entry {
    std::string_view id, name;
    Schedule schedule;
    Variant last_variant;                              // a workload has the variants up to this one
    std::unique_ptr<Problem> (*make)(const Setting&);  // null: not written yet

    bool has(Variant variant) const { return variant <= last_variant; }
};

std::span<const Entry> workloads();

}  // namespace costate::bench
