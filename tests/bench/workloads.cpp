#include "tests/bench/workloads.hpp"

#include <cstdio>
#include <limits>
#include <string>

namespace costate::bench {

namespace {

using enum Variant;

// clang-format off
constexpr Entry table[]{
    //  id      name                      warm-up, check   variants  problem            MFLOP, tanhs
    {"W1",   "lkv_params",             {2, 20},         kept,     make_lkv_params,    {7, 0}},  // f 9, its vjps 26: a row
    {"W2",   "lkv_mlp_rk4",            {1, 10},         kept,     make_lkv_mlp,       {3800, 0}},
    {"W3",   "lkv_adjoint",            {2, 20},         direct,   make_lkv_adjoint,   {.0015, 64, true}},
    {"W4",   "spiral_linear",          {2, 15},         direct,   make_spiral_linear, {.000024, 0, true}},
    {"W5",   "spiral_mlp",             {2, 20},         direct,   make_spiral_mlp,    {.024, 1000, true}},
    {"W6",   "cnf_2d",                 {1, 10},         direct,   make_flow,          {39, 65536, true}},
    {"W6h",  "cnf_2d_hutch",           {1, 10},         direct,   make_flow,          {27, 65536, true}},
    {"W7",   "wide_mlp_adjoint",       {1, 10},         direct,   make_wide_mlp,      {12100, 10.5e6}},
    {"W8b2", "long_horizon_bp_100",    {1, 10},         kept,     make_long_horizon,  {39, 1.64e6}},
    {"W8b3", "long_horizon_bp_1000",   {1, 3},          kept,     make_long_horizon,  {393, 16.4e6}},
    {"W8b4", "long_horizon_bp_10000",  {0, 2},          kept,     make_long_horizon,  {3930, 164e6}},
    {"W8a2", "long_horizon_adj_100",   {1, 10},         discrete, make_long_horizon,  {39, 1.64e6}},
    {"W8a3", "long_horizon_adj_1000",  {1, 3},          discrete, make_long_horizon,  {393, 16.4e6}},
    {"W8a4", "long_horizon_adj_10000", {0, 2},          discrete, make_long_horizon,  {3930, 164e6}},
    {"W8w",  "long_horizon_wide_bp_100", {1, 10},       kept,     make_long_horizon,  {629, 26.2e6}},  // 1,024 rows
    {"W9",   "poisson_pinn",           {2, 20},         spec,     make_poisson,       {130, 164e3}},
    {"W10",  "spiral_single",          {2, 20},         direct,   make_spiral_single, {.0012, 50, true}},
    {"W11",  "convolution",            {2, 20},         spec,     make_convolution,   {86.7, 0}},
};
// clang-format on

}  // namespace

std::span<const Entry> workloads() { return table; }

double Entry::least_seconds(const Peak& peak, const Evaluations& now) const {
    if (arithmetic.of_evaluation && !now.forward) return std::numeric_limits<double>::quiet_NaN();  // not counted
    const double times = arithmetic.of_evaluation ? double(*now.forward) : 1;
    return times * (arithmetic.mflop / peak.gflops * 1e-3 + arithmetic.tanhs * peak.ns_of_tanh * 1e-9);
}

void print_workloads() {
    for (const Entry& entry : table) {
        std::string names;
        for (Variant v : all_variants)
            if (entry.has(v)) names.append(names.empty() ? "" : ", ").append(variant_names[static_cast<int>(v)]);
        std::printf("%-5s %s  (%s)\n", entry.id.data(), entry.name.data(), names.c_str());
    }
}

}  // namespace costate::bench
