// tests/ode/second_order_test.cpp — derivatives of derivatives of a solve, against differences and closed forms
#include <doctest/doctest.h>

#include "ode/solve.hpp"
#include "tests/ode/solving.hpp"
#include "tests/ode/timed_net.hpp"
#include "tests/support/error_of.hpp"

using namespace costate;
using namespace costate::ode;
using namespace costate::test;

namespace {

const std::vector<double> moments{0, 0.4, 1};

struct Net : TimedNet {
    Net() : TimedNet(0.9, 0.6) {}
};

// The gradients by z0 and W1 of the loss, and their tangents H v.
struct First {
    Tensor z0, W1;
};

First gradient_at(const Net& net, const Tensor& z0, const SolveOptions& options) {
    Tape tape;
    const Var start = tape.variable(z0), W1 = tape.use(net.W1);
    const Vars g = grad(weighted(solve(tape, net, start, moments, options).z), {start, W1});
    return {Tensor(tape.view(g[0])), Tensor(tape.view(g[1]))};
}

First product_at(const Net& net, const Tensor& z0, const Tensor& v0, const Tensor& vW, const SolveOptions& options) {
    Tape tape;
    const Var xs[] = {tape.variable(z0), tape.use(net.W1)};
    const Vars g = grad(weighted(solve(tape, net, xs[0], moments, options).z), Vars(xs));
    const Var vs[] = {tape.constant(v0), tape.constant(vW)};
    const Vars dots = jvp(g, Vars(xs), Vars(vs));
    return {Tensor(tape.view(dots[0])), Tensor(tape.view(dots[1]))};
}

void move(const Net& net, Tensor& z0, const Tensor& v0, const Tensor& vW, double by) {
    for (Index i = 0; i < z0.size(); ++i) z0[i] += static_cast<Real>(by * double(v0[i]));
    for (Index i = 0; i < vW.size(); ++i) net.W1.edit()[i] += static_cast<Real>(by * double(vW[i]));
}

// dz/dt = θ z. All derivatives of L = z(T) = z0 e^{θT}:
//   ∂^k L/∂θ^k = z0 T^k e^{θT},   ∂^{k+1} L/∂θ^k∂z0 = T^k e^{θT},   ∂L/∂T = θ L
struct Growth {
    static constexpr double theta = 0.6, z0 = 1.2, T = 1.5;
    Parameter p{"theta", Tensor::scalar(theta)};
    Tape tape;
    Var start, rate, L;
    void record(const SolveOptions& options) {
        tape.rewind();
        start = tape.variable(Tensor({1}, {z0}));
        rate = tape.use(p);
        const Var z =
            solve(
                tape, [this](Var, Var at) { return at.tape().use(p) * at; }, start, std::vector<double>{0, T}, options)
                .z;
        L = sum(slice(z, 0, 1, 1));
    }
    double number(Var v) const { return double(tape.view(v)[0]); }
};

}  // namespace

TEST_SUITE("ode") {
    TEST_CASE("second order: H v is the central difference of gradients") {
        for (const Route& route : {direct, discrete, reversible}) {
            CAPTURE(std::string(route.name));
            const Net net;
            const Tensor z0 = waves({3, 2}, 0.8), v0 = waves({3, 2}, 1, 0.8), vW = waves({6, 2}, 1, 1.9);
            const SolveOptions options = fitted({.method = rk4_classic, .gradient = route, .steps = 10});
            const First product = product_at(net, z0, v0, vW, options);
            // ε² of truncation against rounding / ε: at best 1e-10 in double and 1e-4 in float, moments a few
            const double eps = either(1e-5, 1e-2);
            Tensor at = z0;
            move(net, at, v0, vW, eps);
            const First ahead = gradient_at(net, at, options);
            move(net, at, v0, vW, -2 * eps);
            const First behind = gradient_at(net, at, options);
            First difference{ahead.z0, ahead.W1};
            for (Index i = 0; i < at.size(); ++i)
                difference.z0[i] = static_cast<Real>((double(ahead.z0[i]) - double(behind.z0[i])) / (2 * eps));
            for (Index i = 0; i < vW.size(); ++i)
                difference.W1[i] = static_cast<Real>((double(ahead.W1[i]) - double(behind.W1[i])) / (2 * eps));
            CHECK(distance(product.z0, difference.z0) < either(1e-8, 3e-3));
            CHECK(distance(product.W1, difference.W1) < either(1e-8, 3e-3));
        }
    }

    TEST_CASE("second order: direct and discrete agree to rounding, on z0, weights and times, adaptive too") {
        for (const Method& method : all_methods)
            for (const bool adaptive : {false, true}) {
                if (adaptive && (!method.adaptive() || method.implicit()))
                    continue;  // direct solves its stages to rounding, discrete to a share of the tolerance
                CAPTURE(std::string(method.name));
                CAPTURE(adaptive);
                const Net net;
                std::vector<Tensor> of_route[2];
                for (const Route& route : {direct, discrete}) {
                    const double tolerance = either(1e-7, 1e-4);
                    const SolveOptions options{.method = method,
                                               .rtol = tolerance,
                                               .atol = tolerance,
                                               .gradient = route,
                                               .steps = adaptive ? 0 : 7};
                    Tape tape;
                    const Var xs[] = {tape.variable(waves({3, 2}, 0.8)), tape.use(net.W1), tape.use(net.W2),
                                      tape.variable(Tensor::vector(moments))};
                    const Vars g = grad(weighted(solve(tape, net, xs[0], xs[3], options).z), Vars(xs));
                    const Var along =
                        sum(square(g[0])) + sum(square(g[1])) + sum(g[2] * g[2] * g[2]) + sum(square(g[3]));
                    for (const Var& second : grad(along, Vars(xs)))
                        of_route[route == discrete].push_back(Tensor(tape.view(second)));
                }
                for (std::size_t i = 0; i < 4; ++i) {
                    CAPTURE(i);
                    CHECK(distance(of_route[1][i], of_route[0][i]) < either(1e-11, 5e-4));
                }
            }
    }

    TEST_CASE("third order: every derivative of z0 e^{θT}") {
        for (const Route& route : routes_of(tsit5)) {
            CAPTURE(std::string(route.name));
            const double tolerance = either(1e-11, 1e-5);
            Growth growth;
            growth.record({.method = dopri5, .rtol = tolerance, .atol = tolerance, .gradient = route});
            const double e = std::exp(Growth::theta * Growth::T), T = Growth::T, z0 = Growth::z0,
                         most = either(1e-8, 2e-3);
            CHECK(growth.number(growth.L) == doctest::Approx(z0 * e).epsilon(most));
            const Var a = grad(growth.L, growth.rate), b = sum(grad(growth.L, growth.start));
            CHECK(growth.number(a) == doctest::Approx(z0 * T * e).epsilon(most));
            CHECK(growth.number(b) == doctest::Approx(e).epsilon(most));
            const Var aa = grad(a, growth.rate), ab = sum(grad(a, growth.start)), bb = grad(b, growth.start);
            CHECK(growth.number(aa) == doctest::Approx(z0 * T * T * e).epsilon(most));
            CHECK(growth.number(ab) == doctest::Approx(T * e).epsilon(most));
            CHECK(growth.number(grad(b, growth.rate)) == doctest::Approx(T * e).epsilon(most));
            CHECK(std::abs(growth.number(bb)) < most);
            CHECK(growth.number(grad(aa, growth.rate)) == doctest::Approx(z0 * T * T * T * e).epsilon(most));
            CHECK(growth.number(grad(aa, growth.start)) == doctest::Approx(T * T * e).epsilon(most));
            CHECK(growth.number(grad(ab, growth.rate)) == doctest::Approx(T * T * e).epsilon(most));
            CHECK(std::abs(growth.number(grad(ab, growth.start))) < most);
        }
    }

    TEST_CASE("second order: by every time, and by a time and the parameter") {
        // L = z(t1) + z(t2)² / 2 of z = z0 e^{θ (t − t0)}; by t_i: θ z_i l_i' and so on, by t0: minus their sum
        const double theta = 0.6, z0 = 1.2;
        const std::vector<double> t{0.2, 0.9, 1.5};
        const double tolerance = either(1e-11, 1e-5), most = either(1e-8, 5e-3);
        for (const SolveOptions& options : by_every_route({.method = dopri5, .rtol = tolerance, .atol = tolerance})) {
            CAPTURE(std::string(options.gradient.name));
            const Parameter p("theta", Tensor::scalar(theta));
            Tape tape;
            const Var at = tape.variable(Tensor::vector(t)), rate = tape.use(p);
            const Var z = solve(
                              tape, [&](Var, Var y) { return y.tape().use(p) * y; }, Tensor({1}, {z0}), at, options)
                              .z;
            const Var L = z[1][0] + 0.5 * square(z[2][0]);
            const Var g = grad(L, at);
            const double u = z0 * std::exp(theta * 0.7), v = z0 * std::exp(theta * 1.3);
            const double one = theta * u, two = theta * v * v;        // ∂L/∂t1, ∂L/∂t2
            const double ones = theta * one, twos = 2 * theta * two;  // ∂²L/∂t1², ∂²L/∂t2²
            const double by_theta[] = {-(u + one * 0.7) - (v * v + 2 * two * 1.3), u + one * 0.7,
                                       v * v + 2 * two * 1.3};
            const double H[3][3] = {{ones + twos, -ones, -twos}, {-ones, ones, 0}, {-twos, 0, twos}};
            for (const Index i : {0, 1, 2}) {
                CAPTURE(i);
                const Var row = grad(g[i], at);
                for (const Index j : {0, 1, 2}) CHECK(std::abs(num(row, j) - H[i][j]) < most);
                CHECK(std::abs(num(grad(g[i], rate)) - by_theta[i]) < most);
            }
        }
    }

    TEST_CASE("second order: a route taken once has the same gradient, and is an error beyond it") {
        const Net net;
        const Tensor z0 = waves({3, 2}, 0.8);
        for (const SolveOptions& options : by_every_route({.method = dopri5})) {
            if (!options.gradient.is_one_operation()) continue;
            CAPTURE(std::string(options.gradient.name));
            SolveOptions once_only = options;
            once_only.gradient.further = nullptr;  // as once(...) has it, of a route that is known while compiling
            CHECK(once_only.gradient != options.gradient);
            const First all = gradient_at(net, z0, options), one = gradient_at(net, z0, once_only);
            CHECK(one.z0 == all.z0);
            CHECK(one.W1 == all.W1);

            Tape tape;
            const Var start = tape.variable(z0), at = tape.variable(Tensor::vector(moments));
            const auto refuses = [](const char* asked, const auto& action) {
                const std::string error = error_of(action);
                return contains(error, "solve: its gradient is taken once") &&
                       contains(error, std::string("  got       ") + asked + "\n");
            };
            const Var L = weighted(solve(tape, net, start, moments, once_only).z), g = grad(L, start);
            CHECK(refuses("a gradient of the gradient", [&] { grad(weighted(g), start); }));
            CHECK(refuses("a tangent", [&] { jvp(L, start, tape.constant(z0)); }));
            const Var moving = weighted(solve(tape, net, start, at, once_only).z);
            const Var z = solve(tape, net, start, moments, once_only).z, w = tape.variable(waves(z.shape(), 0.3));
            const Var by_weights = grad(sum(z * w), start);
            CHECK(refuses("a tangent of the gradient",
                          [&] { jvp(by_weights, w, tape.constant(waves(z.shape(), 0.7))); }));
            CHECK(refuses("the gradient with respect to the times", [&] { grad(moving, at); }));
        }
        SolveOptions once_only;
        once_only.gradient.further = nullptr;
        CHECK(once(discrete) == once_only.gradient);
        CHECK(once(direct) == direct);
    }
}
