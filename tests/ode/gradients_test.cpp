// tests/ode/gradients_test.cpp — gradients of a solve against references
#include <doctest/doctest.h>

#include "ode/solve.hpp"
#include "tests/ode/reference_gradients.hpp"

using namespace costate;
using namespace costate::ode;
using namespace costate::test;

namespace {

MakeField network(const Parameter& p) {  // p: W1 [8,2] by rows, b1, W2 [2,8] by rows, b2
    return [p](Tape&) -> Field {
        return [p](Var, Var z) {
            const Var q = z.tape().use(p);
            const Var W1 = reshape(slice(q, 0, 0, 16), {8, 2}), b1 = slice(q, 0, 16, 8);
            const Var W2 = reshape(slice(q, 0, 24, 16), {2, 8}), b2 = slice(q, 0, 40, 2);
            const Var hidden = tanh(matmul(reshape(z, {1, 2}), W1, false, true) + b1);
            return reshape(matmul(hidden, W2, false, true) + b2, {2});
        };
    };
}

MakeField linear(const Parameter& A) {
    return [A](Tape&) -> Field {
        return [A](Var, Var z) { return reshape(matmul(reshape(z, {1, 2}), z.tape().use(A), false, true), {2}); };
    };
}

MakeField cubic(const Parameter& p) {  // p: c, w
    return [p](Tape&) -> Field {
        return [p](Var, Var z) {
            const Var q = z.tape().use(p), c = column(q, 0), w = column(q, 1), cubes = z * square(z);
            const Var x = column(cubes, 0), y = column(cubes, 1);
            return concatenate({-(c * x) - w * y, w * x - c * y}, 0);
        };
    };
}

// In double the tolerances of the issue. In float steps of 1e-5 leave 1e-4 of the solution, times the problem's
// amplification of 10 to 30.
void hold_against_reference(const std::string& name, const MakeField& make, const Parameter& p, Route route) {
    const Json problem = reference(name);
    const std::vector<double> times = times_of(problem), z0 = problem["z0"].numbers();
    const bool exact = route == discrete || route == forward;
    const double tolerance = either(1e-12, 1e-5), most = either(exact ? 1e-10 : 1e-7, 3e-3);
    const SolveOptions options{
        .method = dopri5, .rtol = tolerance, .atol = tolerance, .gradient = route, .max_steps = 100'000};
    for (const std::string loss : {"sumsq_end", "mse"}) {
        CAPTURE(name);
        CAPTURE(loss);
        CAPTURE(std::string(route.name));
        const Expected e = expected(problem, loss);
        double value = 0;
        const Loss measure = [&value, l = loss_of(problem, loss)](Var z) {
            const Var found = l(z);
            value = num(found);
            return found;
        };
        Tape tape;
        const Gradients g = solve_and_differentiate(tape, make, {p}, Tensor::vector(z0), times, options, true, measure);
        CHECK(std::abs(value - e.value) / std::abs(e.value) < most);
        CHECK(relative_error(g.z0, e.z0) < most);
        CHECK(relative_error(g.parameters[0], e.parameters) < most);
        CHECK(relative_error(g.times, e.times) < most);
        if (!is_double)
            continue;  // in double every entry by itself, too; 1e-3 of the largest is what a small one may borrow
        for (std::size_t i = 0; i < e.parameters.size(); ++i) {
            const double scale = std::max(std::abs(e.parameters[i]), 1e-3 * largest(g.parameters[0]));
            CHECK(std::abs(double(g.parameters[0][Index(i)]) - e.parameters[i]) / scale < 10 * most);
        }
    }
}

}  // namespace

TEST_SUITE("ode") {
    TEST_CASE("gradients: Lotka-Volterra to t = 10, by z0, parameters and every time") {
        for (const Route& route : replaying_routes()) {
            const Parameter p = listed(reference("grad_lv_t10"));
            hold_against_reference("grad_lv_t10", lotka_volterra(p), p, route);
        }
    }

    TEST_CASE("gradients: a network 2-8-2, by z0, weights and every time") {
        for (const Route& route : replaying_routes()) {
            const Parameter p = listed(reference("grad_mlp_2_8_2"));
            hold_against_reference("grad_mlp_2_8_2", network(p), p, route);
        }
    }

    TEST_CASE("gradients: CVODES' Lotka-Volterra, by complex steps") {
        // g = ½ ‖1 − u(t1)‖², p = (1.5, 1, 3, 1), u0 = (1, 1), where δ and γ are p4 and p3. The oracle of t = 1 has
        // 12 digits. That of t = 10 is a complex step through RK4 with 20 000 steps, of which 9 digits stand.
        const Parameter p("p", Tensor({4}, {1.5, 1, 1, 3}));
        struct Oracle {
            double t1, digits;
            std::vector<double> z0, parameters;
        };
        const Oracle oracles[] = {
            {1,
             1e-11,
             {3.520256895266, -2.192713376465},
             {4.341147542533, -2.000933816792, -1.395594326734, 1.010120676763}},
            {10, 2e-9, {.2995995083, -.0141518163}, {.6219615856, .0680014042, .2725606939, .1691764640}}};
        for (const Oracle& oracle : oracles)
            for (const Route& route : routes_of(tsit5)) {
                if (route == direct && oracle.t1 > 1) continue;  // thousands of steps on the tape show nothing new
                CAPTURE(std::string(route.name));
                CAPTURE(oracle.t1);
                const double tolerance = either(1e-12, 1e-5);
                Tape tape;
                const Gradients g = solve_and_differentiate(
                    tape, lotka_volterra(p), {p}, Tensor({2}, {1, 1}), {0, oracle.t1},
                    {.method = dopri5, .rtol = tolerance, .atol = tolerance, .gradient = route, .max_steps = 100'000},
                    false, [](Var z) { return 0.5 * sum(square(slice(z, 0, 1, 1) - 1.0)); });
                // Small gradients are differences of large ones, so that float keeps 2 digits of those at t = 10.
                const double most =
                    either(std::max(oracle.digits, route.is_continuous() ? 1e-7 : 1e-9), oracle.t1 > 1 ? 5e-2 : 1e-3);
                CHECK(relative_error(g.z0, oracle.z0) < most);
                CHECK(relative_error(g.parameters[0], oracle.parameters) < most);
            }
    }

    TEST_CASE("gradients: the spirals and Lotka-Volterra meet their references at every time") {
        struct Problem {
            const char* name;
            MakeField make;
            double last;  // float loses its digits on the way to t = 100
        };
        const auto matrix = [](const char* name) {
            const Json problem = reference(name);
            std::vector<double> entries;
            for (const Json& row : problem["matrix"].entries)
                for (const double x : row.numbers()) entries.push_back(x);
            return linear(Parameter("A", Tensor({2, 2}, entries)));
        };
        const Problem problems[] = {
            {"spiral_1", matrix("spiral_1"), 20},
            {"spiral_2", matrix("spiral_2"), 20},
            {"spiral_cubic", cubic(Parameter("p", Tensor({2}, {0.1, 2}))), 25},
            {"lotka_volterra", lotka_volterra(Parameter("p", Tensor({4}, {1.1, 0.4, 0.1, 0.4}))), 20}};
        for (const Problem& problem : problems) {
            CAPTURE(std::string(problem.name));
            const Json file = reference(problem.name);
            std::vector<double> times, wanted;
            for (std::size_t i = 0; i < file["t"].size(); ++i) {
                const double t = file["t"][i].number();
                if (!is_double && t > problem.last) break;
                times.push_back(t);
                for (const double x : reference_states(file)[i].numbers()) wanted.push_back(x);
            }
            const double tolerance = either(1e-12, 1e-5);
            Tape tape;
            const Var z0 = tape.constant(Tensor::vector(file["z0"].numbers()));
            const Var z = solve(tape, problem.make(tape), z0, times,
                                {.method = dopri5, .rtol = tolerance, .atol = tolerance, .max_steps = 100'000})
                              .z;
            // 1e-12 a step, amplified at most 465 times (Lotka-Volterra to t = 100)
            CHECK(relative_error(Tensor(tape.view(z)), wanted) < either(1e-9, 3e-3));
        }
    }

    TEST_CASE("gradients: there and back through the spirals, the adjoint's gradient is the exact one") {
        // The gradient of a linear solve needs no reference: z(t) = e^{At} z0, so dz(T)/dz0 = e^{AT}, whose columns are
        // the solutions from unit vectors, and spiral_1 is a rotation by T shrunk by e^{−cT}.
        const double c = 0.1, T = 2;
        const Parameter A("A", Tensor({2, 2}, {-c, -1, 1, -c}));
        for (const Route& route : routes_of(tsit5)) {
            CAPTURE(std::string(route.name));
            Tape tape;
            const double tolerance = either(1e-11, 1e-5);
            const Gradients g = solve_and_differentiate(
                tape, linear(A), {A}, Tensor({2}, {1, 0}), {0, T},
                {.method = dopri5, .rtol = tolerance, .atol = tolerance, .gradient = route}, true, [](Var z) {
                    return sum(slice(reshape(z, {4}), 0, 2, 1));
                });  // L = first component of z(T) = e^{−cT} cos T
            const double e = std::exp(-c * T), most = either(1e-9, 1e-3);
            CHECK(relative_error(g.z0, {e * std::cos(T), -e * std::sin(T)}) < most);
            const double slope = e * (-c * std::cos(T) - std::sin(T));
            CHECK(relative_error(g.times, {-slope, slope}) < most);
            // dL/dA_ij = ∫ (e^{A(T−t)})_0i z_j(t) dt; the rotation's sum rule makes the trace part T z(T):
            CHECK(std::abs(double(g.parameters[0][0] + g.parameters[0][3]) - T * e * std::cos(T)) < most);
        }
    }
}
