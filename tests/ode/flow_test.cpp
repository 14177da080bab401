// tests/ode/flow_test.cpp — densities that a field carries, against Gaussians that a linear field carries to Gaussians
#include "ode/models/flow.hpp"

#include <doctest/doctest.h>

#include <numbers>

#include "nn/concat_squash.hpp"
#include "nn/linear.hpp"
#include "nn/mlp.hpp"
#include "nn/sequential.hpp"
#include "optim/adam.hpp"
#include "tests/ode/solving.hpp"
#include "tests/support/allocations.hpp"
#include "tests/support/error_of.hpp"

using namespace costate;
using namespace costate::ode;
using namespace costate::test;
using doctest::Approx;

namespace {

const SolveOptions fine{.method = dopri5, .rtol = either(1e-10, 1e-5), .atol = either(1e-12, 1e-6)};
const double small = either(1e-8, 1e-4);

double log_normal(double x, double y) { return -0.5 * (x * x + y * y) - std::log(2 * std::numbers::pi); }

// dz/dt = (a z₁, b z₂), from t = 0 to 1: z = (e^a x₁, e^b x₂)
struct Stretch : nn::Module {
    Parameter rates = add("rates", Tensor({2}, {0.5, -0.8}));
    Var operator()(Var, Var z) const { return z * rates; }
};
const double a = 0.5, b = -0.8;

// dz/dt = t A z, with A = [.3 .7; −.2 .4]; S its symmetric part
const double A[2][2] = {{0.3, 0.7}, {-0.2, 0.4}};
Var shear(Var t, Var z) { return t * matmul(z, z.tape().constant(Tensor({2, 2}, {0.3, -0.2, 0.7, 0.4}))); }
double quadratic(double x, double y) { return A[0][0] * x * x + (A[0][1] + A[1][0]) * x * y + A[1][1] * y * y; }

}  // namespace

TEST_SUITE("ode") {
    TEST_CASE(
        "Flow: a stretch carries one Gaussian to another, with the density and the integrals of the closed form") {
        const Stretch field;
        const Tensor x = waves({5, 2}, 1.2);
        for (const Route& route : routes_of(tsit5)) {
            CAPTURE(std::string(route.name));
            SolveOptions options = fine;
            options.gradient = route;
            const Flow flow(field, 2, {0, 1}, options);
            REQUIRE(flow.names().size() == 1);
            CHECK(flow.names()[0] == "field.rates");
            Tape tape;
            const auto there = flow.regularised(tape.constant(x));
            const Vars slopes = grad(sum(there.log_density), flow), of_energy = grad(sum(there.kinetic_energy), flow);
            double slope = 0, slope_of_energy = 0;
            for (Index i = 0; i < 5; ++i) {
                const double u = double(x(i, 0)), v = double(x(i, 1));
                CHECK(num(there.z, 2 * i) == Approx(u * std::exp(a)).epsilon(small));
                CHECK(num(there.log_density, i) ==
                      Approx(log_normal(u * std::exp(a), v * std::exp(b)) + a + b).epsilon(small));
                CHECK(num(there.kinetic_energy, i) ==
                      Approx(a * u * u * std::expm1(2 * a) / 2 + b * v * v * std::expm1(2 * b) / 2).epsilon(small));
                CHECK(num(there.jacobian_norm, i) == Approx(a * a + b * b).epsilon(small));
                slope += 1 - u * u * std::exp(2 * a);
                slope_of_energy += u * u * (std::expm1(2 * a) / 2 + a * std::exp(2 * a));
            }
            CHECK(num(slopes[0]) == Approx(slope).epsilon(small));
            CHECK(num(of_energy[0]) == Approx(slope_of_energy).epsilon(10 * small));
        }
    }

    TEST_CASE("Flow: of Tensors the same numbers without a tape, and only what was asked for") {
        const Flow flow(Stretch(), 2, {0, 1}, {.method = rk4_classic, .steps = 4});
        const Tensor x = waves({5, 2}, 1.2);
        Tape tape;
        const auto on_tape = flow.regularised(tape.constant(x));
        const Flowed<Tensor> there = flow.regularised(x);
        CHECK(there.log_density == Tensor(tape.view(on_tape.log_density)));
        CHECK(there.kinetic_energy == Tensor(tape.view(on_tape.kinetic_energy)));
        CHECK(there.jacobian_norm == Tensor(tape.view(on_tape.jacobian_norm)));
        CHECK(there.log_density.shape() == Shape{5});
        CHECK(there.statistics.evaluations == 16);
        CHECK(flow.log_density(x) == there.log_density);
        CHECK(flow.map(x) == there.z);
        CHECK(flow.to_base(tape.constant(x)).kinetic_energy.is_zero());
        CHECK(flow.velocity().parameters()[0] == flow.parameters()[0]);
    }

    TEST_CASE("Flow: back from the base, and with which density") {
        const Flow flow(Stretch(), 2, {0, 1}, fine);
        const Tensor x = waves({5, 2}, 1.2), z = flow.map(x);
        CHECK(distance(flow.inverse(z), x) < small);
        const Flowed<Tensor> back = flow.to_data(z);
        CHECK(distance(back.z, x) < small);
        CHECK(distance(back.log_density, flow.log_density(x)) < small);

        Rng rng(4);
        const Tensor samples = flow.sample(4000, rng);
        double square[2]{};
        for (Index i = 0; i < samples.size(); ++i) square[i % 2] += double(samples[i] * samples[i]) / 4000;
        CHECK(square[0] == Approx(std::exp(-2 * a)).epsilon(3 * std::sqrt(2. / 4000)));
        CHECK(square[1] == Approx(std::exp(-2 * b)).epsilon(3 * std::sqrt(2. / 4000)));
    }

    TEST_CASE("Flow: the density of the points on their way") {
        const Flow flow(Stretch(), 2, {0, 1}, fine);
        const Tensor half = flow.from(0.5).log_density(Tensor({1, 2}, {1, -1}));
        CHECK(double(half[0]) == Approx(log_normal(std::exp(a / 2), std::exp(b / 2)) + (a + b) / 2).epsilon(small));
        const Tensor last = flow.from(1).log_density(Tensor({1, 2}, {1, -1}));
        CHECK(double(last[0]) == Approx(log_normal(1, 1)).epsilon(small));
    }

    TEST_CASE("Flow: by a probe the traces are εᵀAε and |εᵀA|², one ε for the whole solve") {
        const Flow flow(shear, 2, {0, 1}, fine);
        Rng rng(2);
        const Tensor x = waves({6, 2}, 0.9), exact = flow.log_density(x);
        for (const Tensor& probe : {gaussian_probes({6, 2}, rng), rademacher_probes({6, 2}, rng)}) {
            const Flowed<Tensor> there = flow.regularised(x, probe);
            for (Index i = 0; i < 6; ++i) {
                const double e = double(probe(i, 0)), g = double(probe(i, 1));
                const double row[2] = {e * A[0][0] + g * A[1][0], e * A[0][1] + g * A[1][1]};
                CHECK(double(there.log_density[i] - exact[i]) ==
                      Approx((quadratic(e, g) - A[0][0] - A[1][1]) / 2).epsilon(100 * small));
                CHECK(double(there.jacobian_norm[i]) == Approx((row[0] * row[0] + row[1] * row[1]) / 3).epsilon(small));
            }
            Tape tape;
            const Var points = tape.constant(x);
            CHECK(Tensor(tape.view(flow.log_density(points, probe))) == flow.log_density(x, probe));
            CHECK(distance(flow.log_density(x, probe), there.log_density) < small);
        }
    }

    TEST_CASE("probes: right on average over 10,000, with the variance of the closed form") {
        constexpr Index n = 10'000;
        Tape tape;
        const Var z = tape.variable(Tensor({n, 2}, 1)), f = shear(tape.constant(1), z);
        const double trace = A[0][0] + A[1][1], off = (A[0][1] + A[1][0]) / 2;
        const double diagonal = A[0][0] * A[0][0] + A[1][1] * A[1][1], symmetric = diagonal + 2 * off * off;
        Rng rng(0);
        for (const bool normal : {true, false}) {
            CAPTURE(normal);
            const Tensor probe = normal ? gaussian_probes({n, 2}, rng) : rademacher_probes({n, 2}, rng);
            const Tensor estimates(tape.view(divergence(f, z, probe)));
            const double variance = 2 * (normal ? symmetric : symmetric - diagonal);
            double mean = 0, spread = 0;
            for (const Real e : estimates.entries()) mean += double(e) / n;
            for (const Real e : estimates.entries()) spread += (double(e) - mean) * (double(e) - mean) / n;
            CHECK(std::fabs(mean - trace) < 3 * std::sqrt(variance / n));
            CHECK(spread == Approx(variance).epsilon(0.1));
        }
    }

    TEST_CASE("Flow: whatever the field, its density integrates to 1") {
        Rng rng(5);
        const nn::Sequential field{nn::ConcatSquash(2, 16, rng), nn::tanh, nn::ConcatSquash(16, 2, rng)};
        const Flow flow(field, 2, {0, 1}, {.rtol = 1e-5, .atol = 1e-5});
        constexpr Index n = 80;
        const double h = 14. / n;
        Tensor grid({n * n, 2});
        for (Index i = 0; i < grid.size(); ++i)
            grid[i] = static_cast<Real>(-7 + h * (double(i % 2 ? i / 2 % n : i / 2 / n) + 0.5));
        const Tensor log_q = flow.log_density(grid);
        double mass = 0;
        for (const Real l : log_q.entries()) mass += std::exp(double(l)) * h * h;
        CHECK(mass == Approx(1).epsilon(1e-4));
    }

    TEST_CASE("Flow: a training step that is warm allocates nothing") {
        Rng rng(5);
        const nn::Sequential field{nn::ConcatSquash(2, 8, rng), nn::tanh, nn::ConcatSquash(8, 2, rng)};
        const Flow flow(field, 2, {0, 1}, {.method = rk4_classic, .steps = 3});
        optim::Adam adam(flow, {.lr = 1e-2});
        const Tensor x = waves({16, 2}, 1);
        Tape tape;
        const auto step = [&] {
            tape.rewind();
            const auto there = flow.regularised(tape.constant(x));
            adam.minimise(mean(0.01 * there.kinetic_energy + 0.01 * there.jacobian_norm - there.log_density));
        };
        for (int i = 0; i < 3; ++i) step();
        CHECK(allocations_in(step) == 0);
    }

    TEST_CASE("Flow: a check by another solver, and an error where the own one does not follow") {
        const auto fast = [](Var, Var z) { return -8 * z; };
        const Tensor x = waves({5, 2}, 1.2);
        const Flow flow(Stretch(), 2, {0, 1}, {.method = rk4_classic, .steps = 8});
        const Flow coarse(fast, 2, {0, 1}, {.method = rk4_classic, .steps = 2});
        const FlowCheck check = flow.check(x);
        CHECK(std::fabs(check.difference()) < 1e-4);
        CHECK(check.evaluations > 6);
        const std::string text = error_of([&] { coarse.check(x); });
        CHECK(contains(text, "Flow: the solver it is trained with does not follow its field"));
        CHECK(contains(text, "by rk4_classic in 2 steps, "));
        CHECK(contains(text, "by dopri5 with rtol 1e-05"));
        CHECK(contains(text, "both within 0.05 nats"));
        CHECK(contains(text, "flow_test.cpp:"));
        CHECK(coarse.check(x, 1e9).difference() > 0.05);
        CHECK(std::fabs(coarse.with(fine).check(x).difference()) < 1e-3);
    }

    TEST_CASE("Flow: points of another space are an error") {
        const Flow flow(Stretch(), 2);
        Tape tape;
        CHECK(contains(error_of([&] { flow.log_density(Tensor({4, 3})); }), "points [4,3]"));
        CHECK(contains(error_of([&] { flow.log_density(tape.constant(Tensor(Shape{2}))); }), "points [2]"));
        CHECK(contains(error_of([&] { flow.log_density(Tensor({0, 2})); }), "no point to give the density of"));
        CHECK(flow.map(Tensor({0, 2})).shape() == Shape{0, 2});
        CHECK(contains(error_of([&] {
                           flow.log_density(tape.constant(Tensor({4, 2})), Tensor({3, 2}));
                       }),
                       "the probes do not fit z"));
    }
}
