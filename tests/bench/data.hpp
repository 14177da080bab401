// tests/bench/data.hpp — the numbers that every peer of the benchmark starts from
//   Random streams, initial weights and data sets as the specification of the peer workloads states them: the same bits
//   in every language up to the last digit of log, cos and sin. Everything is double; a workload rounds to Real once.
// shapes   beside each array, row by row.
// why      a generator of its own instead of core/random.hpp: a peer's data must not change when the library does.
// source   SplitMix64: Steele, Lea & Flood 2014. Normals: Box & Muller 1958.
#pragma once
#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace costate::bench {

using Doubles = std::vector<double>;

class Stream {  // SplitMix64 as a sequence of doubles; each seed starts a new stream
public:
    explicit Stream(std::uint64_t seed) : state_(seed) {}
    double unit();  // the next number, uniform in [0,1)
    Doubles uniform(int n, double low = 0, double high = 1);
    Doubles normal(int n);  // from consecutive pairs; an odd n drops the last

private:
    std::uint64_t state_;
};

Doubles probe_vector(std::size_t n);  // the fixed direction of grad_proj_first, uniform in [-1,1)

// ---- initial parameters ----

struct Layer {  // y = W x + b
    int in, out;
    Doubles weight;  // [out, in]
    Doubles bias;    // [out]
};
using Layers = std::vector<Layer>;  // parameter order: W1, b1, W2, b2, ...

Layers mlp_init(std::uint64_t seed, const std::vector<int>& sizes);  // all uniform in ±1/sqrt(in), from one stream
Layers initial_mlp(std::string_view workload);  // with the workload's own sizes and seed; W1, W4 and W5 have none
Layers spiral_mlp_init();                       // W5: 2-50-2, weights 0.1 x normal, biases 0
Doubles lkv_params_init();                      // W1: [4], alpha, beta, delta, gamma
Doubles spiral_linear_init();                   // W4: [2, 2], A row by row

// ---- data ----

inline constexpr std::array<double, 2> lkv_start{0.8, 0.4}, spiral_start{2, 0};

struct Pairs {              // where a trajectory is, where it is one observation later, and how much later that is
    Doubles start, target;  // [499, 2]
    Doubles gap;            // [499]
};
struct Trajectory {
    Doubles times;
    Doubles states;  // [observations, 2]
};
struct Windows {    // batches of short pieces of one long path: piece j of batch k is path[starts[k, j] + 0 .. 9]
    Doubles times;  // [10]
    std::vector<int> starts;  // [64, 20]
    Doubles path;             // [1000, 2]
};
struct Mapping {
    Doubles start, target;
};
struct Moons {
    Doubles points;  // [512, 2]
    Doubles noise;   // [512, 2], -1 or 1
};
struct Square {
    Doubles interior;  // [1024, 2]
    Doubles boundary;  // [256, 2]
};

Pairs lkv_pairs();                // W1, W2
Trajectory lkv_adjoint_data();    // W3: times [21] with a leading 0, states [20, 2] at the other 20
Trajectory spiral_linear_data();  // W4: times [51], states [51, 2]
Windows spiral_mlp_data();        // W5
Moons cnf_data();                 // W6, W6h
Mapping wide_data();              // W7: [256, 64]
Mapping horizon_data(int rows);   // W8: [rows, 2]
Square pinn_data();               // W9
Trajectory spiral_single_data();  // W10: times [30], states [30, 2]

}  // namespace costate::bench
