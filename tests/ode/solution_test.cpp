// tests/ode/solution_test.cpp — every form of field, start and times means the same, to the last bit; what a Solution is
#include "ode/solution.hpp"

#include <doctest/doctest.h>

#include "nn/linear.hpp"
#include "nn/mlp.hpp"
#include "ode/models/neural_ode.hpp"
#include "ode/plain.hpp"
#include "tests/ode/solving.hpp"
#include "tests/support/allocations.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/listening.hpp"
#include "tests/support/numbers.hpp"

using namespace costate;
using namespace costate::ode;
using namespace costate::test;

namespace {

Var law(Var t, Var z) { return sin(z) - 0.5 * t * z; }
Var other_law(Var, Var z) { return tanh(z) * 0.3; }

// Steps and a list of times that are floats, too, so that no form loses a digit.
constexpr double list[] = {0, 0.25, 1.5};
SolveOptions by(const Route& route) {
    return fitted({.method = dopri5, .rtol = 1e-4, .atol = 1e-4, .gradient = route});
}

}  // namespace

TEST_SUITE("ode") {
    TEST_CASE("a Solution: every form of times means the same") {
        const Tensor z0 = waves({3, 2}, 0.8), tensor({3}, {0, 0.25, 1.5});
        const std::vector<double> vector(std::begin(list), std::end(list));
        const std::array<double, 3> array{0, 0.25, 1.5};
        const Parameter last("last", Tensor::scalar(1.5)), one("one", Tensor({1}, {0.25}));
        for (const Route& route : all_routes) {
            CAPTURE(std::string(route.name));
            Tape tape;
            const Var var = tape.variable(tensor), end = tape.variable(Tensor::scalar(1.5)), start = tape.variable(z0);
            std::vector<Tensor> found;
            const auto with = [&](const Times& times) {
                found.push_back(numbers_of(solve(law, start, times, by(route)).z));
                CHECK(times.size() == 3);
            };
            const float a = 0.25f;
            with({0, 0.25, 1.5});
            with({0, a, 1.5});
            with(vector);
            with(array);
            with(list);
            with(std::span<const double>(list));
            with(std::span<const double>(vector));
            with(tensor);
            with(tensor.view());
            if (route != direct) {  // which goes from the Var to its number and back
                with(var);
                with({0, 0.25, end});
                with({0, 0.25, last});
                with({0, one, 1.5});
                with({0, one, end});
                CHECK(solve(law, z0, {0, one, last}, by(route)).z == found[0]);
            }
            for (const Tensor& z : found) CHECK(z == found[0]);
            if (route == direct) CHECK(solve(law, z0, vector, by(route)).z == found[0]);
            CHECK(solve(law, z0, vector, by(discrete)).z == solve(law, z0, vector, by(backsolve)).z);
        }
    }

    TEST_CASE("a Solution: a Var or a Parameter among the times has its gradient, the field at that time") {
        const Parameter T("T", Tensor::scalar(1.5));
        for (const Route& route : all_routes) {
            CAPTURE(std::string(route.name));
            Tape tape;
            const Var start = tape.variable(Tensor({1}, {0.7})), middle = tape.variable(Tensor({1}, {0.25}));
            const Solution s = solve(law, start, {0, middle, T}, by(route));
            const Vars g = grad(sum(s.end()), {tape.use(T), middle});
            const Var rate = law(tape.constant(1.5), s.end());
            CHECK(num(g[0]) == doctest::Approx(num(rate)).epsilon(either(1e-10, 1e-4)));
            CHECK(num(g[1]) == 0);
            CHECK(num(grad(sum(s.at(1)), middle)) ==
                  doctest::Approx(num(law(tape.constant(0.25), s.at(1)))).epsilon(either(1e-10, 1e-4)));
        }
    }

    TEST_CASE("a Solution: every form of start means the same, and only those on a tape can be differentiated") {
        const Tensor z0 = waves({3, 2}, 0.8);
        const Parameter parameter("z0", z0);
        for (const Route& route : all_routes) {
            CAPTURE(std::string(route.name));
            Tape tape;
            const Var var = tape.variable(z0);
            const Solution<Var> s = solve(law, var, list, by(route));
            const Tensor z = numbers_of(s.z);
            CHECK(numbers_of(solve(tape, law, var, list, by(route)).z) == z);
            CHECK(numbers_of(solve(tape, law, z0, list, by(route)).z) == z);
            CHECK(numbers_of(solve(tape, law, z0.view(), list, by(route)).z) == z);
            const Solution<Var> of_parameter = solve(tape, law, parameter, list, by(route));
            CHECK(numbers_of(of_parameter.z) == z);
            CHECK(numbers_of(grad(sum(of_parameter.z), parameter)) == numbers_of(grad(sum(s.z), var)));
            const Solution<Tensor> t = solve(law, z0, list, by(route)), p = solve(law, parameter, list, by(route));
            CHECK(t.z == z);
            CHECK(p.z == z);
            Statistics mine = s.statistics(), its = t.statistics();
            CHECK(its.evaluations == mine.evaluations);
            CHECK(its.accepted == mine.accepted);
            CHECK(its.backward_evaluations == 0);
        }
    }

    TEST_CASE("a Solution: every form of field means the same") {
        const nn::MLP network({2, 8, 2}, nn::tanh, Rng{0});
        const nn::Linear linear(2, 2, Rng{1});
        const Tensor z0 = waves({3, 2}, 0.8);
        const auto of = [&](FieldRef field) { return solve(std::move(field), z0, list, by(discrete)).z; };
        const double half = 0.5;
        const auto lambda = [half](Var t, Var z) { return sin(z) - half * t * z; };
        int calls = 0;
        auto counting = [calls](Var t, Var z) mutable { return ++calls, law(t, z); };
        const Field kept = law;
        const Tensor z = of(law);
        CHECK(of(&law) == z);
        CHECK(of(lambda) == z);
        CHECK(of(counting) == z);
        CHECK(of([](Var t, Var y) { return law(t, y); }) == z);
        CHECK(of([](auto t, auto y) { return law(t, y); }) == z);
        CHECK(of(kept) == z);
        CHECK(of(Field(lambda)) == z);
        CHECK(of(std::ref(lambda)) == z);
        CHECK(of({law}) == z);
        CHECK(of(network) == of([&](Var t, Var y) { return network(t, y); }));
        CHECK(of(linear) == of([&](Var t, Var y) { return linear(t, y); }));
        CHECK(of({law, network}) == of([&](Var t, Var y) { return law(t, y) + network(t, y); }));
        CHECK(of({law, {other_law, linear}}) ==
              of([&](Var t, Var y) { return law(t, y) + (other_law(t, y) + linear(t, y)); }));
        CHECK(solve({law, other_law}, z0, {0, 1}).z ==
              solve({law, [](Var, Var y) { return tanh(y) * 0.3; }}, z0, {0, 1}).z);
        CHECK(contains(error_of([&] { of({}); }),
                       "the field's result does not have the state's shape\n  got       Var{}"));
    }

    TEST_CASE("a Solution: a list of fields trains them all") {
        const Parameter k("k", Tensor::scalar(0.3));
        const nn::MLP network({1, 4, 1}, nn::tanh, Rng{0});
        for (const Route& route : all_routes) {
            Tape tape;
            const Tensor z0({2, 1}, {1, 0.5});
            const auto known = [&](Var, Var z) { return -z * z.tape().use(k); };
            const Var listed = sum(solve(tape, {known, network}, z0, {0, 1}, by(route)).end());
            const Var summed =
                sum(solve(
                        tape, [&](Var t, Var z) { return known(t, z) + network(t, z); }, z0, {0, 1}, by(route))
                        .end());
            CHECK(numbers_of(grad(listed, k)) == numbers_of(grad(summed, k)));
            CHECK(numbers_of(grad(listed, network.parameters()[0])) ==
                  numbers_of(grad(summed, network.parameters()[0])));
        }
    }

    TEST_CASE("a Solution: numbers, Tensors and Vars take the same steps to the same bits") {
        const auto decay = [](double, std::span<const Real> y, std::span<Real> dy) { dy[0] = -y[0]; };
        const auto field = [](Var, Var z) { return -z; };
        for (const Method& method : all_methods)
            for (const bool adaptive : {false, true}) {
                if (adaptive && !method.adaptive()) continue;
                if (method.coupled > 1) continue;  // of numbers the Jacobian is by differences
                CAPTURE(std::string(method.name));
                const SolveOptions options{.method = method, .rtol = 1e-5, .atol = 1e-5, .steps = adaptive ? 0 : 9};
                const auto plain = solve(decay, std::array{Real(0.7)}, list, options);
                const Solution tensor = solve(field, Tensor({1}, {Real(0.7)}), list, options);
                Tape tape;
                const Solution var = solve(tape, field, Tensor({1}, {Real(0.7)}), list, options);
                for (Index i = 0; i < 3; ++i) {
                    CHECK(plain.at(i)[0] == tensor.at(i)[0]);
                    CHECK(num(var.at(i)) == double(tensor.at(i)[0]));
                }
                CHECK(plain.statistics().accepted == tensor.statistics().accepted);
                CHECK(tensor.statistics() == var.statistics());
            }
    }

    TEST_CASE("a Solution: its states by number, from either end") {
        const Tensor z0 = waves({3, 2}, 0.8);
        Tape tape;
        const Solution var = solve(tape, law, z0, list);
        const Solution tensor = solve(law, z0, list);
        const auto plain = solve([](double, std::span<const double> y, std::span<double> dy) { dy[0] = y[0]; },
                                 std::vector<double>{2}, list);
        CHECK(tensor.z.shape() == Shape{3, 3, 2});
        CHECK(tensor.at(0) == z0);
        CHECK(tensor.at(-3) == z0);
        CHECK(tensor.at(1) == Tensor(tensor.z.rows(1, 1)).reshaped({3, 2}));
        CHECK(tensor.end() == tensor.at(2));
        CHECK(tensor.status == Status::ok);
        for (const Index i : {0, 1, 2, -1, -2, -3}) CHECK(numbers_of(var.at(i)) == tensor.at(i));
        CHECK(numbers_of(var.end()) == tensor.end());
        CHECK(var.end().shape() == Shape{3, 2});
        CHECK(plain.at(0) == std::vector<double>{2});
        CHECK(plain.end() == plain.z[2]);
        CHECK(plain.at(-2) == plain.z[1]);
        const Solution scalar = solve(tape, [](Var, Var z) { return -z; }, Tensor::scalar(1), {0, 1});
        CHECK(scalar.end().shape() == Shape{});
        CHECK(grad(scalar.end(), scalar.z).shape() == Shape{2});
        const auto error_at = [](const auto& s, Index i) {
            const std::string text = error_of([&] { s.at(i); });
            CHECK(contains(text, "solution_test.cpp:"));
            return text.substr(0, text.find("\n  where"));
        };
        const std::string beyond =
            "Solution: there is no time of that number\n  got       at(3) of 3 times\n"
            "  expected  0 is the first one, -1 the last";
        CHECK(error_at(var, 3) == beyond);
        CHECK(error_at(tensor, 3) == beyond);
        CHECK(error_at(plain, 3) == beyond);
        CHECK(contains(error_at(tensor, -4), "at(-4) of 3 times"));
    }

    TEST_CASE("a Solution without a tape: a field may read values by direct, and nothing is warned of") {
        const Listening to;
        const Parameter zero("zero", Tensor({1}, {0}));
        const auto reads = [](Var t, Var z) { return t.item() < Real(0.5) ? -z : z; };
        const Tensor one({1}, {1});
        CHECK(solve(reads, one, {0, 1}, by(direct)).end()[0] == doctest::Approx(1).epsilon(1e-2));
        CHECK(contains(error_of([&] { solve(reads, one, {0, 1}); }), "solve: the field reads a value"));
        for (const Route& route : all_routes) {  // nothing limits the steps; nobody asks for a gradient
            const auto still = [&](Var t, Var z) { return z.tape().use(zero) * t; };
            CHECK(solve(still, one, {0, 1}, by(route)).end() == one);
            CHECK(solve(still, one, {0, 1}, by(route)).statistics().unlimited);
        }
        CHECK(to.warnings().empty());
        Tape tape;
        const Var mine = tape.variable(Tensor({1}, {2}));
        CHECK(contains(error_of([&] {
                           solve([&](Var, Var z) { return z * mine; }, one, {0, 1});
                       }),
                       "tape: a Var of another tape"));
    }

    TEST_CASE("a Solution: what is no list of times") {
        Tape tape;
        const Tensor z0({1}, {1});
        const Var three = tape.variable(Tensor({3}, {0, 1, 2}));
        const auto text_of = [](auto action) {
            const std::string text = error_of(action);
            CHECK(contains(text, "solution_test.cpp:"));
            return text.substr(0, text.find("\n  where"));
        };
        CHECK(text_of([&] {
                  solve(tape, law, z0, {0, three});
              }) ==
              "solve: one of the times in the list is not a single number\n  got       entry 1 of shape [3]\n"
              "  expected  a number, or a Var or a Parameter with one entry\n"
              "  try       a Var of several times is a list by itself: solve(field, z0, times)");
        CHECK(text_of([&] {
                  solve(law, z0, Tensor({2, 2, 2}));
              }) ==
              "solve: the times are not a list\n  got       a Tensor of shape [2,2,2]\n"
              "  expected  a Tensor of rank 1, or of rank 2: a list for each row");
        CHECK(text_of([&] {
                  NeuralODE(law, {0, tape.variable(Tensor::scalar(1))});
              }) ==
              "Times: a Var or a Parameter among them, where only numbers can be kept\n  got       a list of 2\n"
              "  expected  numbers");
        CHECK(contains(text_of([&] { solve(law, z0, {}); }), "solve: no times"));
        CHECK(contains(text_of([&] { solve(tape, law, z0, {0, Var{}}); }), "a zero Var"));
        CHECK(contains(text_of([&] { solve(law, Var{}, {0, 1}); }), "a zero Var"));
    }

    TEST_CASE("a Solution: a warm step that reads it allocates nothing") {
        const Parameter T("T", Tensor::scalar(1.5)), start("z0", waves({3, 2}, 0.8));
        const nn::MLP network({2, 8, 2}, nn::tanh, Rng{0});
        for (const Route& route : replaying_routes()) {
            Tape tape;
            long accepted = 0;
            const double a = 1, b = 2, c = 3;  // a lambda too large for a small std::function
            const auto step = [&] {
                tape.rewind();
                const Solution s =
                    solve(tape, {[a, b, c](Var t, Var z) { return (a + b + c) * z * t; }, network}, start, {0, 0.25, T},
                          {.rtol = 1e-3, .atol = 1e-3, .gradient = route, .on_step = {}});
                const Solution fixed = solve(network, tape.use(start), {0, 1}, {.gradient = route, .steps = 3});
                grad(sum(s.end()) + sum(s.at(1)) + sum(fixed.end()), tape.use(T));
                accepted += s.statistics().accepted;
            };
            step();
            step();
            CHECK(allocations_in(step) == 0);
            CHECK(allocations_in(step) == 0);
            CHECK(accepted > 0);
        }
    }
}
