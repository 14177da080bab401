// tests/ode/recordings_test.cpp — when two recordings of a field are one plan, and when a field cannot be replayed
#include <doctest/doctest.h>

#include "autodiff/program/workspace.hpp"
#include "nn/mlp.hpp"
#include "ode/models/neural_ode.hpp"
#include "ode/solve.hpp"
#include "tests/ode/solving.hpp"
#include "tests/support/allocations.hpp"
#include "tests/support/error_of.hpp"

using namespace costate;
using namespace costate::ode;
using namespace costate::test;

namespace {

const std::vector<Route> replaying = replaying_routes();
// What a tape that has solved something else before gives, against a fresh one.
template <class Pass>
void as_on_a_fresh_tape(Pass pass, int passes = 3) {
    Tape kept;
    for (int p = 0; p < passes; ++p) {
        CAPTURE(p);
        kept.rewind();
        Tape fresh;
        CHECK(pass(kept, p) == pass(fresh, p));
    }
}

}  // namespace

TEST_SUITE("ode") {
    TEST_CASE("fields that differ only in which Var they return are two fields") {
        for (const Route& route : replaying)
            as_on_a_fresh_tape([&](Tape& t, int p) {
                const Var x = t.variable(Tensor({1}, {1}));
                const Var z = solve(t,
                                    [&](Var, Var y) {
                                        Var a = -y, b = -2.0 * y;
                                        return p % 2 ? b : a;
                                    },
                                    x, Two{0, 1}, {.gradient = route})
                                  .z;
                CHECK(num(end(z)) == doctest::Approx(std::exp(p % 2 ? -2. : -1.)).epsilon(either(1e-5, 1e-3)));
                return num(grad(end(z), x));
            });
    }

    TEST_CASE("fields that differ only in which Var they capture are two fields within one solve") {
        for (const Route& route : replaying) {
            Tape t;
            const Var x = t.variable(Tensor({1}, {1})), k = t.variable(Tensor({1}, {1})),
                      l = t.variable(Tensor({1}, {2}));
            int calls = 0;
            const auto field = [&](Var, Var y) { return -y * (calls++ == 0 ? k : l); };
            CHECK(contains(error_of([&] {
                               solve(t, field, x, Two{0, 1}, {.gradient = route});
                           }),
                           "the field captures another Var"));
        }
    }

    TEST_CASE("a field whose numbers change within one solve is not a function") {
        for (const Route& route : replaying)
            for (const int kind : {0, 1}) {
                Tape t;
                double n = 0;
                const auto field = [&](Var, Var z) {
                    n += 1;
                    return kind == 0 ? z * n : z * Tensor({2}, {n, n});
                };
                const std::string text = error_of([&] {
                    solve(t, field, t.variable(Tensor({2}, {1, 1})), Two{0, 1}, {.gradient = route});
                });
                CHECK(contains(text, "a number in the field, 1 against 2"));
                CHECK(contains(text, "draw noise before the solve"));
            }
    }

    TEST_CASE("a Var that a field lets out is stale after the solve") {
        for (const Route& route : replaying)
            for (int pass = 0; pass < 2; ++pass) {
                Tape t;
                const Var x = t.variable(Tensor({1}, {1}));
                Var leak;
                const Var z =
                    solve(t, [&](Var, Var y) { return leak = y * 2.0, -y; }, x, Two{0, 1}, {.gradient = route}).z;
                CHECK(contains(error_of([&] { leak* x; }), "stale"));
                CHECK(contains(error_of([&] { grad(sum(leak), x); }), "stale"));
                CHECK(contains(error_of([&] { leak.value(); }), "stale"));
                CHECK(num(grad(end(z), x)) == doctest::Approx(std::exp(-1.)).epsilon(1e-3));
            }
    }

    TEST_CASE("solves within fields are compared by what they do, and by their options") {
        for (const Route& route : replaying)
            for (const int kind : {0, 1}) {
                CAPTURE(kind);
                as_on_a_fresh_tape([&](Tape& t, int p) {
                    const Var x = t.variable(Tensor({1}, {1.3}));
                    const auto field = [&](Var, Var z) {
                        const auto inner = [&](Var, Var y) { return kind == 0 && p % 2 ? sin(y) : tanh(y); };
                        return end(solve(z.tape(), inner, z, Two{0, 1},
                                         {.gradient = route, .steps = kind == 1 && p % 2 ? 50 : 2})
                                       .z) +
                               0.0 * z;
                    };
                    const Var y = end(solve(t, field, x, Two{0, 1}, {.gradient = route, .steps = 5}).z);
                    return std::pair(num(y), num(grad(y, x)));
                });
            }
    }

    TEST_CASE("every option makes a plan of its own") {
        SolveOptions many[] = {{},
                               {.method = dopri5},
                               {.gradient = backsolve},
                               {.rtol = 1e-4},
                               {.atol = 1e-3},
                               {.steps = 3},
                               {.first_step = .01},
                               {.max_step = .1},
                               {.control = i_control},
                               {.max_steps = 99},
                               {.backward_norm = BackwardNorm::full},
                               {.tiles = false}};
        for (const SolveOptions& a : many)
            for (const SolveOptions& b : many) CHECK((a == b) == (&a == &b));
        as_on_a_fresh_tape(
            [&](Tape& t, int p) {
                const Var x = t.variable(Tensor({1}, {1}));
                return num(grad(end(solve(
                                        t, [](Var s, Var y) { return -y * s; }, x, Two{0, 2}, many[p])
                                        .z),
                                x));
            },
            int(std::size(many)));
    }

    TEST_CASE("a field that reads a value is right by direct, and refused elsewhere with the line that read") {
        const auto chooses_result = [](Var s, Var z) {
            Var a = -z, b = 2.0 * z;
            return s.item() < Real(.5) ? a : b;
        };
        const auto branches = [](Var s, Var z) { return s.item() < Real(.5) ? -z : 2.0 * z; };
        const auto reads_last = [](Var s, Var z) {
            Var a = -z;
            s.item();
            return a;
        };
        const std::pair<Field, double> fields[] = {
            {chooses_result, std::exp(.5)}, {branches, std::exp(.5)}, {reads_last, std::exp(-1.)}};
        for (const auto& [field, right] : fields) {
            for (const int steps : {0, 40}) {
                Tape t;
                const Var x = t.variable(Tensor({1}, {1}));
                const Var y =
                    end(solve(t, field, x, Two{0, 1},
                              {.method = dopri5, .rtol = 1e-5, .atol = 1e-5, .gradient = direct, .steps = steps})
                            .z);
                CHECK(num(y) == doctest::Approx(right).epsilon(2e-2));  // of order 1 across the jump of f
                CHECK(num(grad(y, x)) == doctest::Approx(num(y)).epsilon(1e-4));
                CHECK(std::abs(num(hessian(y, x))) < 1e-4);
            }
            for (const Route& route : replaying) {
                Tape t;
                const std::string text = error_of([&, &f = field] {
                    solve(t, f, t.variable(Tensor({1}, {1})), Two{0, 1}, {.gradient = route});
                });
                CHECK(contains(text, "solve: the field reads a value, so it cannot be replayed"));
                CHECK(contains(text, "recordings_test.cpp"));
            }
        }
    }

    TEST_CASE("a field that reads a value and computes on captured Vars alone") {
        const auto make = [](Var k, Var y) {
            return [k, y](Var t, Var) { return t.item() < Real(.5) ? -k * y : -2.0 * k * y; };
        };
        Tape t;
        const Var k = t.variable(Tensor({1}, {1})), y = t.variable(Tensor({1}, {1}));
        CHECK(num(end(solve(t, make(k, y), y, Two{0, 1}, {.gradient = direct, .steps = 200}).z)) ==
              doctest::Approx(1 - 1.5).epsilon(1e-2));
        for (const Route& route : replaying)
            CHECK(contains(error_of([&] {
                               solve(t, make(k, y), y, Two{0, 1}, {.gradient = route});
                           }),
                           "recordings_test.cpp"));
    }

    TEST_CASE("a solve by direct inside a field: with equal steps like any, with chosen ones it reads values") {
        const auto make = [](int steps) {
            return [steps](Var, Var z) {
                return solve([](Var, Var y) { return -y; }, z, Two{0, 1}, {.gradient = direct, .steps = steps}).end();
            };
        };
        const double right = std::exp(std::exp(-1.));
        for (const Route& outer : routes_of(tsit5)) {
            CAPTURE(std::string(outer.name));
            Tape t;
            const Var x = t.variable(Tensor({1}, {1}));
            const auto solved = [&](int inner) {
                return num(end(solve(t, make(inner), x, Two{0, 1}, {.gradient = outer, .steps = 8}).z));
            };
            CHECK(solved(10) == doctest::Approx(right).epsilon(1e-5));
            if (outer == direct)
                CHECK(solved(0) == doctest::Approx(right).epsilon(1e-5));
            else
                CHECK(contains(error_of([&] { solved(0); }), "solve: the field reads a value"));
        }
    }

    TEST_CASE("a solve that chose its steps while recording is not compiled") {
        Tape t;
        const Var x = t.variable(Tensor({1}, {.5})), c = t.variable(Tensor({1}, {.3}));
        const auto field = [c](Var s, Var z) { return sin(10.0 * c * z) - s * z; };
        Var y = end(solve(t, field, x, Two{0, 2}, {.gradient = direct}).z);
        const Var inputs[] = {x, c};
        CHECK(contains(error_of([&] { compile(t, inputs, Vars(&y, 1)); }), "a value was read before"));
        CHECK(contains(error_of([&] { compile(t, inputs, Vars(&y, 1)); }), "recordings_test.cpp"));
        for (const Route& route : replaying) {  // these choose their steps when they run
            t.rewind();
            const Var a = t.variable(Tensor({1}, {.5})), b = t.variable(Tensor({1}, {.3}));
            const auto law = [b](Var s, Var z) { return sin(10.0 * b * z) - s * z; };
            const Var z = end(solve(t, law, a, Two{0, 2}, {.rtol = 1e-5, .atol = 1e-5, .gradient = route}).z);
            const Var outputs[] = {z, grad(z, a)}, leaves[] = {a, b};
            const Program program = compile(t, leaves, outputs);
            Workspace workspace;
            const Tensor a2({1}, {2.5}), b2({1}, {1.3});
            Tensor z2{Shape{}}, g2({1});
            const View in[] = {a2, b2};
            const MutableView out[] = {z2.view(), g2.view()};
            run(program, workspace, in, out);
            Tape fresh;
            const Var fa = fresh.variable(a2), fb = fresh.variable(b2);
            const Var fz = end(solve(fresh, [fb](Var s, Var at) { return sin(10.0 * fb * at) - s * at; }, fa, Two{0, 2},
                                     {.rtol = 1e-5, .atol = 1e-5, .gradient = route})
                                   .z);
            CHECK(double(z2[0]) == num(fz));
            CHECK(double(g2[0]) == num(grad(fz, fa)));
        }
    }

    TEST_CASE("no field is called after its solve: a temporary may go") {
        Tape t;
        const Var x = t.variable(Tensor({1}, {1}));
        Var y;
        {
            const double rate = 2;
            std::vector<double> owned(100, rate);
            y = end(solve(
                        t, [&](Var, Var z) { return -owned[7] * z; }, x, Two{0, 1})
                        .z);
        }
        CHECK(num(grad(y, x)) == doctest::Approx(std::exp(-2.)).epsilon(1e-4));
        const Var row = t.variable(Tensor({1, 1}, {1}));
        const nn::MLP kept({1, 4, 1}, nn::tanh, Rng{0});
        const Var of_temporary = sum(NeuralODE(nn::MLP({1, 4, 1}, nn::tanh, Rng{0}))(row)),
                  of_kept = sum(NeuralODE(kept)(row));
        CHECK(num(grad(of_temporary, row)) == num(grad(of_kept, row)));
        CHECK(NeuralODE(kept).solve(row).statistics().accepted > 0);
    }

    TEST_CASE("plans are found again whatever the order of solves, and for batches that alternate") {
        Tape t;
        const Tensor starts[] = {waves({5, 2}, .5), waves({3, 2}, .5)};
        const auto pass = [&](int p) {
            t.rewind();
            const Var a = t.variable(starts[p % 2]);
            const auto one = [](Var, Var z) { return tanh(z); };
            const auto two = [](Var, Var z) { return sin(z) * 0.5; };
            const auto nested = [&](Var, Var z) {
                const Var u = solve(one, z, Two{0, 1}, {.steps = 2}).end();
                return u + solve(two, z, Two{0, 1}, {.steps = 2}).end();
            };
            Var y = p / 2 % 2 ? end(solve(t, one, a, Two{0, 1}).z) + end(solve(t, two, a, Two{0, 1}).z)
                              : end(solve(t, two, a, Two{0, 1}).z) + end(solve(t, one, a, Two{0, 1}).z);
            y = y + end(solve(t, nested, a, Two{0, 1}, {.steps = 3}).z);
            const Var g = grad(y, a);
            grad(sum(square(g)), a);
        };
        for (int p = 0; p < 8; ++p) pass(p);
        for (int p = 0; p < 4; ++p) CHECK(allocations_in([&] { pass(p); }) == 0);
    }
}
