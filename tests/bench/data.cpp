#include "tests/bench/data.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <stdexcept>
#include <string>

namespace costate::bench {

using std::numbers::pi;

double Stream::unit() {
    std::uint64_t z = state_ += 0x9E3779B97F4A7C15U;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
    z ^= z >> 31;
    return static_cast<double>(z >> 11) * 0x1p-53;
}

Doubles Stream::uniform(int n, double low, double high) {
    Doubles out(static_cast<std::size_t>(n));
    for (double& x : out) x = low + (high - low) * unit();
    return out;
}

Doubles Stream::normal(int n) {
    Doubles out;
    while (out.size() < static_cast<std::size_t>(n)) {
        const double radius = std::sqrt(-2 * std::log(1 - unit())), angle = 2 * pi * unit();
        out.insert(out.end(), {radius * std::cos(angle), radius * std::sin(angle)});
    }
    out.resize(static_cast<std::size_t>(n));
    return out;
}

Doubles probe_vector(std::size_t n) { return Stream(424242).uniform(static_cast<int>(n), -1, 1); }

// ---- initial parameters ----

Layers mlp_init(std::uint64_t seed, const std::vector<int>& sizes) {
    Stream stream(seed);
    Layers layers;
    for (std::size_t i = 0; i + 1 < sizes.size(); ++i) {
        const int in = sizes[i], out = sizes[i + 1];
        const double bound = 1 / std::sqrt(static_cast<double>(in));
        Layer layer{.in = in, .out = out, .weight = stream.uniform(out * in, -bound, bound), .bias = {}};
        layer.bias = stream.uniform(out, -bound, bound);  // after the weight: the order of the draws is the data
        layers.push_back(layer);
    }
    return layers;
}

Layers initial_mlp(std::string_view workload) {
    if (workload == "lkv_mlp_rk4") return mlp_init(2001, {2, 32, 64, 16, 2});
    if (workload == "lkv_adjoint") return mlp_init(3001, {2, 64, 2});
    if (workload == "cnf_2d" || workload == "cnf_2d_hutch") return mlp_init(6001, {3, 64, 64, 2});
    if (workload == "wide_mlp_adjoint") return mlp_init(7001, {64, 256, 256, 64});
    if (workload.substr(0, 12) == "long_horizon") return mlp_init(8001, {2, 64, 2});
    if (workload == "poisson_pinn") return mlp_init(9001, {2, 64, 64, 1});
    if (workload == "spiral_single") return mlp_init(10001, {2, 50, 2});
    throw std::invalid_argument("initial_mlp: no network of this kind in workload " + std::string(workload));
}

Layers spiral_mlp_init() {
    Stream stream(5001);
    Layers layers{{.in = 2, .out = 50, .weight = stream.normal(100), .bias = Doubles(50, 0.0)}};
    layers.push_back({.in = 50, .out = 2, .weight = stream.normal(100), .bias = Doubles(2, 0.0)});
    for (Layer& layer : layers)
        for (double& w : layer.weight) w *= 0.1;
    return layers;
}

Doubles lkv_params_init() { return Stream(1001).uniform(4); }

Doubles spiral_linear_init() {
    const double bound = 1 / std::sqrt(2.0);
    return Stream(4001).uniform(4, -bound, bound);
}

// ---- data ----

namespace {

using Point = std::array<double, 2>;

void append(Doubles& rows, Point p) { rows.insert(rows.end(), p.begin(), p.end()); }

Point lotka_volterra(Point x) { return {1.1 * x[0] - 0.4 * x[0] * x[1], 0.1 * x[0] * x[1] - 0.4 * x[1]}; }

Point cubic_spiral(Point y) {
    const double a = y[0] * y[0] * y[0], b = y[1] * y[1] * y[1];
    return {-0.1 * a - 2 * b, 2 * a - 0.1 * b};
}

// The path through `times`, [times, 2], by classical RK4 with `substeps` equal steps from each time to the next.
Doubles rk4_path(Point (*f)(Point), Point y, const Doubles& times, int substeps) {
    const auto moved = [](Point p, double h, Point k) { return Point{p[0] + h * k[0], p[1] + h * k[1]}; };
    Doubles path(y.begin(), y.end());
    for (std::size_t i = 1; i < times.size(); ++i) {
        const double h = (times[i] - times[i - 1]) / substeps;
        for (int n = 0; n < substeps; ++n) {
            const Point k1 = f(y), k2 = f(moved(y, 0.5 * h, k1));
            const Point k3 = f(moved(y, 0.5 * h, k2)), k4 = f(moved(y, h, k3));
            for (std::size_t c = 0; c < 2; ++c) y[c] += h / 6 * (k1[c] + 2 * k2[c] + 2 * k3[c] + k4[c]);
        }
        append(path, y);
    }
    return path;
}

// n sorted uniform times in [0, horizon) and the true states there; a time 0 with the starting state comes first.
Trajectory lkv_samples(int n, double horizon, std::uint64_t seed) {
    Doubles times = Stream(seed).uniform(n, 0, horizon);
    times.push_back(0);
    std::sort(times.begin(), times.end());
    return {.times = times, .states = rk4_path(lotka_volterra, lkv_start, times, 256)};
}

Doubles grid(int n, double numerator, double denominator) {  // numerator i / denominator for i = 0 .. n - 1
    Doubles times;
    for (int i = 0; i < n; ++i) times.push_back(numerator * i / denominator);
    return times;
}

}  // namespace

Pairs lkv_pairs() {
    const auto [times, states] = lkv_samples(500, 100, 1000);
    Pairs pairs;
    pairs.start.assign(states.begin() + 2, states.end() - 2);
    pairs.target.assign(states.begin() + 4, states.end());
    for (std::size_t i = 2; i < times.size(); ++i) pairs.gap.push_back(times[i] - times[i - 1]);
    return pairs;
}

Trajectory lkv_adjoint_data() {
    Trajectory data = lkv_samples(20, 5, 3000);
    data.states.erase(data.states.begin(), data.states.begin() + 2);
    return data;
}

Trajectory spiral_linear_data() {  // exp(A t) (1, 1) with A = [[-0.1, -1], [1, -0.1]]: a rotation that decays
    Trajectory data{.times = grid(51, 0.2, 1), .states = {}};
    for (double t : data.times) {
        const double decay = std::exp(-0.1 * t), c = std::cos(t), s = std::sin(t);
        append(data.states, {decay * (c - s), decay * (s + c)});
    }
    return data;
}

Windows spiral_mlp_data() {
    const Doubles times = grid(1000, 25, 999);
    Windows data{.times = {times.begin(), times.begin() + 10}, .starts = {}, .path = {}};
    for (double u : Stream(5000).uniform(64 * 20, 0, 990)) data.starts.push_back(static_cast<int>(u));
    data.path = rk4_path(cubic_spiral, spiral_start, times, 32);
    return data;
}

Trajectory spiral_single_data() {
    const Doubles times = grid(30, 1.5, 29);
    return {.times = times, .states = rk4_path(cubic_spiral, spiral_start, times, 32)};
}

Moons cnf_data() {
    Stream stream(6000);
    const Doubles angles = stream.uniform(512), jitter = stream.normal(1024);
    Moons data;
    for (std::size_t i = 0; i < angles.size(); ++i) {
        const double c = std::cos(pi * angles[i]), s = std::sin(pi * angles[i]);
        const Point p = i % 2 == 0 ? Point{c, s} : Point{1 - c, 0.5 - s};
        const double x = p[0] - 0.5 + 0.05 * jitter[2 * i], y = p[1] - 0.25 + 0.05 * jitter[2 * i + 1];
        append(data.points, {1.5 * x, 1.5 * y});
    }
    for (double u : Stream(6002).uniform(1024)) data.noise.push_back(u < 0.5 ? -1 : 1);
    return data;
}

Mapping wide_data() {
    constexpr std::size_t width = 64;
    Mapping data{.start = Stream(7000).normal(256 * 64), .target = {}};
    for (std::size_t i = 0; i < data.start.size(); ++i) {
        const std::size_t row = i / width, column = i % width;
        data.target.push_back(0.5 * data.start[row * width + (column + 1) % width]);
    }
    return data;
}

Mapping horizon_data(int rows) {
    Mapping data{.start = Stream(8000).normal(rows * 2), .target = {}};
    const double c = std::cos(1.0), s = std::sin(1.0);
    for (std::size_t i = 0; i < data.start.size(); i += 2) {
        const double x = data.start[i], y = data.start[i + 1];
        append(data.target, {0.9 * (c * x - s * y), 0.9 * (s * x + c * y)});
    }
    return data;
}

Square pinn_data() {
    Stream stream(9000);
    Square data{.interior = stream.uniform(2048), .boundary = {}};
    for (int i = 0; i < 256; ++i) {
        const double u = stream.unit(), side = i % 2;  // edges in turn: (u,0), (u,1), (0,u), (1,u)
        append(data.boundary, i % 4 < 2 ? Point{u, side} : Point{side, u});
    }
    return data;
}

}  // namespace costate::bench
