#include "tests/bench/workloads.hpp"

namespace costate::bench {

namespace {

using enum Variant;

// clang-format off
constexpr Entry table[]{
    //  id      name                      warm-up, check   variants  problem, GFLOP
    {"W1",   "lkv_params",             {2, 20},         kept,     make_lkv_params},
    {"W2",   "lkv_mlp_rk4",            {1, 10},         kept,     make_lkv_mlp, 3.8},
    {"W3",   "lkv_adjoint",            {2, 20},         direct,   make_lkv_adjoint},
    {"W4",   "spiral_linear",          {2, 15},         direct,   make_spiral_linear},
    {"W5",   "spiral_mlp",             {2, 20},         direct,   make_spiral_mlp},
    {"W6",   "cnf_2d",                 {1, 10},         direct,   make_flow, 1.1},
    {"W6h",  "cnf_2d_hutch",           {1, 10},         direct,   make_flow},
    {"W7",   "wide_mlp_adjoint",       {1, 10},         direct,   make_wide_mlp, 16.5},
    {"W8b2", "long_horizon_bp_100",    {1, 10},         kept,     make_long_horizon},
    {"W8b3", "long_horizon_bp_1000",   {1, 3},          kept,     make_long_horizon},
    {"W8b4", "long_horizon_bp_10000",  {0, 2},          kept,     make_long_horizon},
    {"W8a2", "long_horizon_adj_100",   {1, 10},         discrete, make_long_horizon},
    {"W8a3", "long_horizon_adj_1000",  {1, 3},          discrete, make_long_horizon},
    {"W8a4", "long_horizon_adj_10000", {0, 2},          discrete, make_long_horizon},
    {"W8w",  "long_horizon_wide_bp_100", {1, 10},       kept,     make_long_horizon},  // with 1,024 rows: for threads
    {"W9",   "poisson_pinn",           {2, 20},         spec,     make_poisson, .13},
    {"W10",  "spiral_single",          {2, 20},         direct,   make_spiral_single},
    {"W11",  "convolution",            {2, 20},         spec,     make_convolution},
};
// clang-format on

}  // namespace

std::span<const Entry> workloads() { return table; }

}  // namespace costate::bench
