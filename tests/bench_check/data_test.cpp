// tests/bench_check/data_test.cpp — does the benchmark train on the numbers that its peers train on?
//   Laws where there is one (an invariant, a closed form), and for every array its product with the probe vector, as
//   the peers' own generator (NumPy) computes it: a value out of place, a wrong seed or order of draws shows.
#include "tests/bench/data.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <stdexcept>

#include "core/random.hpp"  // brings: Rng

using namespace costate::bench;
using doctest::Approx;

namespace {

double projection(const Doubles& values) {
    const Doubles probe = probe_vector(values.size());
    double sum = 0;
    for (std::size_t i = 0; i < values.size(); ++i) sum += values[i] * probe[i];
    return sum;
}

Doubles flat(const Layers& layers) {
    Doubles all;
    for (const Layer& layer : layers) {
        all.insert(all.end(), layer.weight.begin(), layer.weight.end());
        all.insert(all.end(), layer.bias.begin(), layer.bias.end());
    }
    return all;
}

// Up to 1e5 numbers, most of order 1: log, cos, sin and sums that differ in the last bit stay far below 1e-10.
void check_array(const Doubles& values, std::size_t size, double expected) {
    CHECK(values.size() == size);
    CHECK(std::abs(projection(values) - expected) < 1e-10);
}

}  // namespace

TEST_SUITE("bench") {
    TEST_CASE("stream: seed 0 starts as the specification says") {
        const Doubles u = Stream(0).uniform(3);
        CHECK(std::abs(u[0] - 0.88331080821364) < 1e-14);  // 14 digits are given
        CHECK(std::abs(u[1] - 0.43152799704850) < 1e-14);
        CHECK(std::abs(u[2] - 0.02643377159259) < 1e-14);
    }

    TEST_CASE("stream: the library's generator draws the same uniforms, bit for bit") {
        Stream stream(12345);
        costate::Rng rng(12345);
        for (int i = 0; i < 100; ++i) CHECK(stream.unit() == rng.uniform());
    }

    TEST_CASE("stream: an odd count of normals drops the last of its pair") {
        Stream odd(7), even(7);
        const Doubles three = odd.normal(3), four = even.normal(4);
        CHECK(three == Doubles(four.begin(), four.begin() + 3));
        CHECK(odd.unit() == even.unit());  // both have used two pairs
    }

    TEST_CASE("mlp: every parameter is within 1/sqrt(in), weights [out, in], from one stream") {
        const Layers layers = mlp_init(3, {4, 5, 2});
        REQUIRE(layers.size() == 2);
        CHECK(layers[0].weight.size() == 20);
        CHECK(layers[0].bias.size() == 5);
        for (double w : flat({layers[0]})) CHECK(std::abs(w) <= 0.5);
        const Doubles all = flat(layers);
        CHECK(all.size() == 37);
        CHECK(all[0] == Approx(-0.5 + Stream(3).unit()).epsilon(1e-15));
    }

    TEST_CASE("mlp: a workload without one says so") {
        CHECK_THROWS_AS(initial_mlp("lkv_params"), std::invalid_argument);
    }

    TEST_CASE("W1: states keep the invariant of Lotka and Volterra") {
        // V = d x1 - g ln x1 + b x2 - a ln x2.   RK4 steps of at most 1.6 / 256: 1e-9 leaves a factor of 100.
        const auto V = [](double x, double y) { return 0.1 * x - 0.4 * std::log(x) + 0.4 * y - 1.1 * std::log(y); };
        const Pairs pairs = lkv_pairs();
        for (std::size_t i = 0; i < pairs.gap.size(); ++i)
            CHECK(std::abs(V(pairs.target[2 * i], pairs.target[2 * i + 1]) - V(lkv_start[0], lkv_start[1])) < 1e-9);
    }

    TEST_CASE("W1: each pair ends where the next one starts") {
        const Pairs pairs = lkv_pairs();
        CHECK(Doubles(pairs.start.begin() + 2, pairs.start.end()) ==
              Doubles(pairs.target.begin(), pairs.target.end() - 2));
        for (double gap : pairs.gap) CHECK(gap > 0);
    }

    TEST_CASE("W1: a finer integration leads from start to target") {
        const Pairs pairs = lkv_pairs();
        double x = pairs.start[0], y = pairs.start[1];
        const int steps = 100'000;  // explicit midpoint, error h^2: 1e-8 at most
        const double h = pairs.gap[0] / steps;
        for (int n = 0; n < steps; ++n) {
            const double mx = x + h / 2 * (1.1 * x - 0.4 * x * y), my = y + h / 2 * (0.1 * x * y - 0.4 * y);
            x += h * (1.1 * mx - 0.4 * mx * my);
            y += h * (0.1 * mx * my - 0.4 * my);
        }
        CHECK(std::abs(x - pairs.target[0]) < 1e-8);
        CHECK(std::abs(y - pairs.target[1]) < 1e-8);
    }

    TEST_CASE("W4: the closed form is exp(A t), so one step of it leads from each state to the next") {
        const Trajectory data = spiral_linear_data();
        for (std::size_t i = 0; i + 1 < data.times.size(); ++i) {
            const double h = data.times[i + 1] - data.times[i];
            double zx = 0, zy = 0, tx = data.states[2 * i], ty = data.states[2 * i + 1];
            for (int n = 1; n < 20; ++n) {  // sum of (A h)^n z / n!
                zx += tx;
                zy += ty;
                const double ax = -0.1 * tx - ty, ay = tx - 0.1 * ty;
                tx = h / n * ax;
                ty = h / n * ay;
            }
            CHECK(std::abs(zx - data.states[2 * i + 2]) < 1e-14);
            CHECK(std::abs(zy - data.states[2 * i + 3]) < 1e-14);
        }
    }

    TEST_CASE("W5: y1^4 + y2^4 only decreases along the truth") {
        const Windows data = spiral_mlp_data();
        const auto V = [&](std::size_t i) { return std::pow(data.path[2 * i], 4) + std::pow(data.path[2 * i + 1], 4); };
        for (std::size_t i = 0; i + 1 < data.path.size() / 2; ++i) CHECK(V(i + 1) < V(i));
    }

    TEST_CASE("W5: every window of ten lies on the path") {
        for (int start : spiral_mlp_data().starts) {
            CHECK(start >= 0);
            CHECK(start + 9 < 1000);
        }
    }

    TEST_CASE("W8: the target is the start, turned by a radian and shortened by a tenth") {
        const Mapping data = horizon_data(64);
        for (std::size_t i = 0; i < data.start.size(); i += 2) {
            const double x = data.start[i], y = data.start[i + 1], u = data.target[i], v = data.target[i + 1];
            CHECK(x * u + y * v == Approx(0.9 * std::cos(1.0) * (x * x + y * y)).epsilon(1e-12));
            CHECK(x * v - y * u == Approx(0.9 * std::sin(1.0) * (x * x + y * y)).epsilon(1e-12));
        }
    }

    TEST_CASE("W9: every boundary point lies on its edge") {
        const Doubles b = pinn_data().boundary;
        const double side[] = {0, 1, 0, 1};
        for (std::size_t i = 0; i < 256; ++i) CHECK(b[2 * i + (i % 4 < 2 ? 1 : 0)] == side[i % 4]);
    }

    TEST_CASE("every array agrees with the peers' own") {
        check_array(lkv_pairs().start, 998, 117.01338184134222);
        check_array(lkv_pairs().target, 998, 151.63973973511796);
        check_array(lkv_pairs().gap, 499, 2.3809791318245046);
        check_array(lkv_params_init(), 4, 0.3041991824109387);
        check_array(lkv_adjoint_data().times, 21, -0.32725444410881255);
        check_array(lkv_adjoint_data().states, 40, 11.37117024981942);
        check_array(spiral_linear_data().times, 51, -24.034650766609484);
        check_array(spiral_linear_data().states, 102, -0.764776229283427);
        check_array(spiral_linear_init(), 4, -0.001525255826352101);
        check_array(spiral_mlp_data().times, 10, 0.1441919654201463);
        check_array(spiral_mlp_data().path, 2000, 7.45207010576584);
        const std::vector<int> starts = spiral_mlp_data().starts;
        check_array(Doubles(starts.begin(), starts.end()), 1280, -1711.9092785428156);
        check_array(cnf_data().points, 1024, -22.23175739902664);
        check_array(cnf_data().noise, 1024, -8.669875817126812);
        check_array(wide_data().start, 16384, -5.916352321880769);
        check_array(wide_data().target, 16384, 23.084196535160718);
        check_array(horizon_data(64).start, 128, 2.3641350895612185);
        check_array(horizon_data(64).target, 128, 1.3188228484771027);
        check_array(pinn_data().interior, 2048, 14.478910523350585);
        check_array(pinn_data().boundary, 512, 5.086299911662599);
        check_array(spiral_single_data().times, 30, -2.0078707571317715);
        check_array(spiral_single_data().states, 60, -1.3680197356635588);
    }

    TEST_CASE("every network starts as the peers' own") {
        check_array(flat(spiral_mlp_init()), 252, -0.75271641132844);
        check_array(flat(initial_mlp("lkv_mlp_rk4")), 3282, -1.1410997924527566);
        check_array(flat(initial_mlp("lkv_adjoint")), 322, -0.6883835706351473);
        check_array(flat(initial_mlp("cnf_2d")), 4546, 2.7680659929205857);
        check_array(flat(initial_mlp("cnf_2d_hutch")), 4546, 2.7680659929205857);
        check_array(flat(initial_mlp("wide_mlp_adjoint")), 98880, 3.7633013587219653);
        check_array(flat(initial_mlp("long_horizon_adj_1000")), 322, -1.753622802643154);
        check_array(flat(initial_mlp("poisson_pinn")), 4417, -0.014341547393456014);
        check_array(flat(initial_mlp("spiral_single")), 252, 0.8113814241953161);
    }
}
