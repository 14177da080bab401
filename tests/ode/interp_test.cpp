// tests/ode/interp_test.cpp — a table of inputs inside a field: closed forms, by every route, in tiles, again and again
//   z' = −z + u(t), u piecewise linear:   z(T) = e^−T z_0 + Σ_k w_k u_k,   w_k = ∫ e^(t−T) B_k(t) dt,   B_k: the hat at t_k
//   z' = u(t) z:                          z(T) = z_0 exp(Σ_k W_k u_k),     W_k = ∫ B_k(t) dt
#include "autodiff/operators.hpp"

#include <doctest/doctest.h>

#include "tests/ode/solving.hpp"
#include "tests/support/allocations.hpp"

using namespace costate;
using namespace costate::ode;
using namespace costate::test;

namespace {

const double T = 3;
const std::vector<double> knots{0, 0.5, 1.25, 3}, u{1, -0.5, 2, 0.25};
const double close_enough = either(1e-7, 2e-5);

// Steps of 1/16, which meet the knots: between them everything is smooth.
SolveOptions options_of(const Route& route) { return {.gradient = route, .steps = 48}; }

// ∫ e^(t−T) B_k(t) dt: over [a, b] of (t − a)/(b − a), and over [b, c] of (c − t)/(c − b), by parts.
double decay_weight(std::size_t k) {
    double w = 0;
    const double b = knots[k];
    if (k > 0) {
        const double a = knots[k - 1];
        w += ((b - a - 1) * std::exp(b - T) + std::exp(a - T)) / (b - a);
    }
    if (k + 1 < knots.size()) {
        const double c = knots[k + 1];
        w += (std::exp(c - T) - (c - b + 1) * std::exp(b - T)) / (c - b);
    }
    return w;
}
double hat_area(std::size_t k) { return (knots[std::min(k + 1, knots.size() - 1)] - knots[k == 0 ? 0 : k - 1]) / 2; }
bool near(double got, double exact) { return std::abs(got - exact) <= close_enough * (1 + std::abs(exact)); }

}  // namespace

TEST_SUITE_BEGIN("ode");

TEST_CASE("interp in a field: the solution and its gradient by the table are the closed form's, by every route") {
    for (const Route& route : routes_of(tsit5)) {
        CAPTURE(std::string(route.name));
        Tape tape;
        const Parameter table("u", Tensor(u));
        for (int pass = 0; pass < 2; ++pass) {
            tape.rewind();
            const Var z0 = tape.variable(tensor({{0.7}, {-1.1}}));
            const auto field = [&](Var t, Var z) { return interp(t, Tensor(knots), table) - z; };
            const Var z = solve(tape, field, z0, Two{0, T}, options_of(route)).end();
            double driven = 0;
            for (std::size_t k = 0; k < u.size(); ++k) driven += decay_weight(k) * double(table.value()[Index(k)]);
            CHECK(near(num(z, 0), 0.7 * std::exp(-T) + driven));
            CHECK(near(num(z, 1), -1.1 * std::exp(-T) + driven));
            const Var g = grad(sum(z), table);
            for (std::size_t k = 0; k < u.size(); ++k) CHECK(near(num(g, Index(k)), 2 * decay_weight(k)));
            table.edit()[1] = 3;  // the second pass: another table, the same plan
        }
    }
}

TEST_CASE("interp_rows in a field: each row is driven by its own table, in tiles as at once") {
    const Index batch = 70;
    Tensor tables({batch, 4, 1}), z0({batch, 1});
    for (Index b = 0; b < batch; ++b)
        for (Index k = 0; k < 4; ++k) tables(b, k, 0) = static_cast<Real>(u[std::size_t(k)] + 0.01 * double(b));
    for (const Route& route : routes_of(tsit5)) {
        CAPTURE(std::string(route.name));
        Tensor states[2], gradients[2];
        for (const bool tiles : {false, true}) {
            Tape tape;
            const Var drive = tape.variable(tables);
            const auto field = [&](Var t, Var z) { return interp_rows(t, Tensor(knots), drive) - z; };
            SolveOptions options = options_of(route);
            options.tiles = tiles;
            const Var z = solve(tape, field, tape.variable(z0), Two{0, T}, options).end();
            const Var g = grad(sum(z), drive);
            states[tiles] = Tensor(tape.view(z));
            gradients[tiles] = Tensor(tape.view(g));
        }
        CHECK(states[0] == states[1]);
        CHECK(gradients[0] == gradients[1]);
        double sum = 0;
        for (std::size_t k = 0; k < 4; ++k) sum += decay_weight(k);
        for (const Index b : {Index(0), Index(33), batch - 1}) {
            double driven = 0;
            for (std::size_t k = 0; k < 4; ++k) driven += decay_weight(k) * u[k];
            CHECK(near(double(states[1](b, 0)), driven + 0.01 * double(b) * sum));
            for (Index k = 0; k < 4; ++k) CHECK(near(double(gradients[1](b, k, 0)), decay_weight(std::size_t(k))));
        }
    }
}

TEST_CASE("interp in a field: second derivatives by the table, by every route") {
    for (const Route& route : routes_of(tsit5)) {
        CAPTURE(std::string(route.name));
        Tape tape;
        const Var table = tape.variable(Tensor(u)), z0 = tape.variable(tensor({{0.1}, {0.2}}));
        const auto field = [&](Var t, Var z) { return interp(t, Tensor(knots), table) * z; };
        const Var y = end(solve(tape, field, z0, Two{0, T}, options_of(route)).z);
        double exponent = 0;
        for (std::size_t k = 0; k < u.size(); ++k) exponent += hat_area(k) * u[k];
        const double exact = 0.3 * std::exp(exponent);
        CHECK(near(num(y), exact));
        const Var g = grad(y, table), Hv = grad(sum(g * tape.constant(tensor({1, 2, 3, 4}))), table);
        for (std::size_t k = 0; k < 4; ++k) {
            CHECK(near(num(g, Index(k)), exact * hat_area(k)));
            double along = 0;
            for (std::size_t j = 0; j < 4; ++j) along += hat_area(j) * double(j + 1);
            CHECK(near(num(Hv, Index(k)), exact * hat_area(k) * along));
        }
    }
}

TEST_CASE("interp in a field: the cubic is exact for a parabola, and a warm pass asks for no memory") {
    const Tensor parabola = tensor({0, 0.25, 1.5625, 9});  // t²
    for (const Route& route : replaying_routes()) {
        CAPTURE(std::string(route.name));
        Tape tape;
        const Parameter table("u", parabola);
        const Tensor start({3, 1}), at(knots);
        double z_end = 0;
        const auto pass = [&] {
            tape.rewind();
            const auto field = [&](Var t, Var z) { return interp(t, at, table, Curve::cubic) + 0 * z; };
            const Var z = solve(tape, field, tape.variable(start), Two{0, T}, {.gradient = route, .steps = 12}).z;
            grad(sum(z), table);
            z_end = num(z, 3);
        };
        for (int i = 0; i < 3; ++i) pass();
        CHECK(allocations_in(pass) == 0);
        CHECK(near(z_end, 9));
    }
}

TEST_SUITE_END();
