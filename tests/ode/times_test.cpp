// tests/ode/times_test.cpp — gradients with respect to the times of a solve, and what a list of times may be
#include <doctest/doctest.h>

#include <array>

#include "autodiff/program/workspace.hpp"
#include "ode/solve.hpp"
#include "tests/ode/solving.hpp"
#include "tests/support/error_of.hpp"

using namespace costate;
using namespace costate::ode;
using namespace costate::test;

namespace {

SolveOptions tight(Route route, int steps = 0) {
    const double tolerance = either(1e-10, 1e-5);
    return {.method = dopri5, .rtol = tolerance, .atol = tolerance, .gradient = route, .steps = steps};
}

// y' = t − y: y(t1) = t1 − 1 + (y0 + 1 − t0) e^−(t1 − t0)
double flow(double t0, double y0, double t1) { return t1 - 1 + (y0 + 1 - t0) * std::exp(-(t1 - t0)); }
Var law(Var t, Var y) { return t - y; }

struct Second {
    double value, by_t0, by_t1;
    double hessian[4];  // by (t0, t1)
};

Second exact(double t0, double y0, double t1) {
    const double e = std::exp(-(t1 - t0)), c = y0 + 1 - t0;
    return {flow(t0, y0, t1), (c - 1) * e, 1 - c * e, {(c - 2) * e, (1 - c) * e, (1 - c) * e, c * e}};
}

std::vector<double> numbers_of(const Times& times) {
    std::vector<double> list;
    for (std::size_t i = 0; i < times.size(); ++i) list.push_back(times[i]);
    return list;
}

}  // namespace

TEST_SUITE("ode") {
    TEST_CASE("a list of times in braces, or a temporary one, is kept in a variable; any other is looked at") {
        std::vector<double> list{0, 0.5, 1};
        const Times few = {0, 0.5, 1}, temporary = std::vector<double>{0, 0.5, 1}, tensor = Tensor({3}, {0, 0.5, 1});
        const Times many = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, array = std::array{0., 0.5, 1.}, outside = list;
        const Times copy = few, long_copy = many;
        for (const Times* times : {&few, &temporary, &tensor, &array, &outside, &copy})
            CHECK(numbers_of(*times) == list);
        list[1] = 0.25;
        CHECK(numbers_of(outside) == list);
        CHECK(numbers_of(many) == numbers_of(std::vector<double>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10}));
        CHECK(numbers_of(long_copy) == numbers_of(many));
        CHECK(solve(law, Tensor({1}, {1}), few).z == solve(law, Tensor({1}, {1}), {0, 0.5, 1}).z);
        Tape tape;
        const Parameter T("T", 0.5);
        const Times mixed = {0, T, tape.constant(1.0)};
        const Var z0 = tape.constant(Tensor({1}, {1}));
        const std::string nothing = error_of([&] { solve(law, z0, {0.0, {}}); });
        CHECK(contains(nothing, "solve: an entry among the times is nothing\n  got       {} in a list of 2\n"));
        CHECK(num(end(solve(law, z0, mixed).z)) == num(end(solve(law, z0, {0, T, tape.constant(1.0)}).z)));
    }

    TEST_CASE("times that are a Var beside a z0 of numbers: the error says that there is no tape, and where one goes") {
        Tape tape;
        const Tensor z0({1}, {1});
        const Var times = tape.variable(Tensor({2}, {0, 1})), T = tape.variable(Tensor::scalar(1));
        const auto refused = [](auto action) {
            const std::string text = error_of(action);
            CAPTURE(text);
            CHECK(contains(text, "solve: the times are a Var, but z0 is not\n"));
            CHECK(contains(text, "  try       solve(tape, field, z0, times)"));
            CHECK(contains(text, "times_test.cpp:"));
        };
        refused([&] { solve(law, z0, times); });
        refused([&] { solve(law, z0, {0, T}); });
        refused([&] { solve(law, Parameter("z0", z0), times); });
        const Parameter end_time("T", 1.0);
        CHECK(solve(law, z0, {0, end_time}).end() == solve(law, z0, {0, 1}).end());
        CHECK(num(end(solve(tape, law, z0, times).z)) == doctest::Approx(flow(0, 1, 1)).epsilon(either(1e-5, 1e-4)));
    }

    TEST_CASE("by the first and the last time, to second order: forwards, backwards, and where no time passes") {
        const Quiet short_spans;
        for (const Route& route : routes_of(tsit5))
            for (const int steps : {0, 30})
                for (const double t1 : {0., 1e-6, .5, 2., -1.}) {
                    CAPTURE(std::string(route.name));
                    CAPTURE(steps);
                    CAPTURE(t1);
                    Tape t;
                    const Var times = t.variable(Tensor({2}, {0, t1})), y0 = t.variable(Tensor({1}, {1}));
                    const Var y = end(solve(t, law, y0, times, tight(route, steps)).z);
                    const Second right = exact(0, 1, t1);
                    const double most = either(1e-6, 2e-3);
                    const Var g = grad(y, times), H = hessian(y, times);
                    CHECK(num(y) == doctest::Approx(right.value).epsilon(most));
                    CHECK(num(g, 0) == doctest::Approx(right.by_t0).epsilon(most));
                    CHECK(num(g, 1) == doctest::Approx(right.by_t1).epsilon(most));
                    for (Index i = 0; i < 4; ++i) CHECK(num(H, i) == doctest::Approx(right.hessian[i]).epsilon(most));
                    const Var direction = t.constant(Tensor({2}, {1, 0}));
                    CHECK(num(jvp(y, times, direction)) == doctest::Approx(right.by_t0).epsilon(most));
                    CHECK(num(jvp(g, times, direction), 1) == doctest::Approx(right.hessian[1]).epsilon(most));
                    CHECK(num(grad(sum(slice(g, 0, 1, 1)), y0)) == doctest::Approx(-std::exp(-t1)).epsilon(most));
                }
    }

    TEST_CASE("by every time of a list: repeated, equal and backward ones, to second order") {
        const std::vector<double> lists[] = {{0, .5, 1}, {0, .5, .5, 1}, {0, 0, 1},
                                             {0, 1, 1},  {.5, .5, .5},   {1, .2, .2, -1}};
        for (const Route& route : routes_of(tsit5))
            for (const int steps : {0, 40})
                for (const std::vector<double>& list : lists) {
                    CAPTURE(std::string(route.name));
                    CAPTURE(steps);
                    CAPTURE(list.size());
                    CAPTURE(list[1]);
                    const std::size_t n = list.size();
                    Tape t;
                    const Var times = t.variable(Tensor::vector(list)), y0 = t.variable(Tensor({1}, {1}));
                    const Var z = solve(t, law, y0, times, tight(route, steps)).z;
                    const Tensor w = waves({Index(n), 1}, 1, 2.1);
                    const Var L = sum(z * w), g = grad(L, times), H = hessian(L, times);
                    const double most = either(1e-6, 3e-3);
                    std::vector<double> first(n, 0.), second(n * n, 0.);
                    for (std::size_t i = 1; i < n; ++i) {
                        const Second right = exact(list[0], 1, list[i]);
                        const double weight = double(w[Index(i)]);
                        first[0] += weight * right.by_t0;
                        first[i] += weight * right.by_t1;
                        second[0] += weight * right.hessian[0];
                        second[i] += weight * right.hessian[1];
                        second[i * n] += weight * right.hessian[2];
                        second[i * n + i] += weight * right.hessian[3];
                    }
                    for (std::size_t i = 0; i < n; ++i)
                        CHECK(num(g, Index(i)) == doctest::Approx(first[i]).epsilon(most));
                    for (std::size_t i = 0; i < n * n; ++i)
                        CHECK(num(H, Index(i)) == doctest::Approx(second[i]).epsilon(most));
                }
    }

    TEST_CASE("the gradient by times is f at the observations: it asks for no derivative of f by t") {
        struct Case {
            Field f;
            double at0, at1;
        };
        const Case cases[] = {
            {[](Var s, Var z) { return where(less(s, .5), 0.0 * z + 1.0, 0.0 * z + 3.0); }, 1, 3},
            {[](Var s, Var z) { return sqrt(s) + 0.0 * z; }, 0, 1},
            {[](Var s, Var z) { return pow(s, 1.5) + 0.0 * z; }, 0, 1},
        };
        for (const Case& c : cases)
            for (const Route& route : all_routes) {
                CAPTURE(&c - cases);
                CAPTURE(std::string(route.name));
                Tape t;
                const Var times = t.variable(Tensor({2}, {0, 1})), z0 = t.variable(Tensor({1}, {0}));
                const Var g = grad(
                    end(solve(t, c.f, z0, times, fitted({.rtol = 1e-4, .atol = 1e-4, .gradient = route})).z), times);
                CHECK(num(g, 0) == doctest::Approx(-c.at0).epsilon(either(1e-12, 1e-5)));
                CHECK(num(g, 1) == doctest::Approx(c.at1).epsilon(either(1e-12, 1e-5)));
            }
    }

    TEST_CASE("a switch at a time: two solves whose times meet there have its derivative") {
        const Quiet at_rest;  // after T
        // y' = −k y up to T, then 0: y(3) = e^(−k T), dy/dT = −k e^(−k T). A comparison has none: it would give 0.
        const double k = .4, T0 = .9;
        for (const Route& route : routes_of(tsit5)) {
            Tape t;
            const Var T = t.variable(Tensor({1}, {T0})), y0 = t.constant(Tensor({1}, {1}));
            const Var until = concatenate({t.constant(Tensor({1}, {0})), T}, 0);
            const Var from = concatenate({T, t.constant(Tensor({1}, {3}))}, 0);
            const Var y = slice(solve(
                                    t, [&](Var, Var z) { return -k * z; }, y0, until, tight(route))
                                    .z,
                                0, 1, 1);
            const Var last = end(solve(
                                     t, [](Var, Var z) { return 0.0 * z; }, reshape(y, {1}), from, tight(route))
                                     .z);
            CHECK(num(grad(last, T)) == doctest::Approx(-k * std::exp(-k * T0)).epsilon(either(1e-7, 1e-3)));
        }
    }

    TEST_CASE("times that are inputs of a program are followed, and checked, when it runs") {
        for (const Route& route : replaying_routes())
            for (const int steps : {0, 20}) {
                CAPTURE(std::string(route.name));
                CAPTURE(steps);
                Tape t;
                const Var times = t.variable(Tensor({3}, {0, .5, 1})), y0 = t.variable(Tensor({1}, {1}));
                const Var z = solve(t, law, y0, times, tight(route, steps)).z;
                const Var outputs[] = {z, grad(sum(z), times)}, inputs[] = {times, y0};
                const Program program = compile(t, inputs, outputs);
                Workspace workspace;
                const Tensor start({1}, {2});
                Tensor found({3, 1}), bars({3});
                const auto replay = [&](const std::vector<double>& list) {
                    const Tensor at = Tensor::vector(list);
                    const View in[] = {at, start};
                    const MutableView out[] = {found.view(), bars.view()};
                    run(program, workspace, in, out);
                };
                for (const std::vector<double>& list :
                     {std::vector<double>{0, 1, 2}, {3, 3, 3}, {2, 1, 0}, {0, 0, 2}, {0, .5, 1}}) {
                    CAPTURE(list[2]);
                    replay(list);
                    Tape fresh;
                    const Var at = fresh.variable(Tensor::vector(list)), y = fresh.variable(start);
                    const Var wanted = solve(fresh, law, y, at, tight(route, steps)).z;
                    CHECK(found == Tensor(fresh.view(wanted)));
                    CHECK(bars == Tensor(fresh.view(grad(sum(wanted), at))));
                }
                for (const std::vector<double>& list : {std::vector<double>{0, 2, 1}, {0, 1, 0}, {0, NAN, 1}})
                    CHECK(contains(error_of([&] { replay(list); }), "the times do not go in one direction"));
            }
    }

    TEST_CASE("a list of times means the same as numbers and as a Var") {
        const std::vector<double> wrong[] = {
            {0, 1, 0}, {0, 1, .5, 2}, {1, 0, .5, -1}, {0, 2e-30, 1e-30, 3e-30}, {0, NAN}};
        for (const Route& route : all_routes)
            for (const std::vector<double>& list : wrong) {
                Tape t;
                const Var y0 = t.variable(Tensor({1}, {1}));
                const std::string what = "solve: the times do not go in one direction";
                CHECK(contains(error_of([&] { solve(t, law, y0, list, fitted({.gradient = route})); }), what));
                CHECK(contains(
                    error_of([&] { solve(t, law, y0, t.variable(Tensor::vector(list)), fitted({.gradient = route})); }),
                    what));
            }
        Tape t;  // an order that a product of differences could not tell
        CHECK(contains(error_of([&] {
                           solve(t, law, t.variable(Tensor({1}, {1})), std::vector<double>{0, 2e-200, 1e-200, 3e-200});
                       }),
                       "times[2] = 1e-200 after 2e-200"));
        for (const Two& far : {Two{-1e308, 1e308}, Two{0, is_double ? HUGE_VAL : 1e39}, Two{0, 1.7e308}})
            CHECK(error_of([&] { solve(t, law, t.variable(Tensor({1}, {1})), far, {.steps = 100}); }) != "");
    }

    TEST_CASE("a tape that only notes operations notes solves, whatever their times") {
        for (const Route& route : routes_of(tsit5))
            for (const bool vars : {false, true})
                for (const int steps : {0, 4}) {
                    CAPTURE(std::string(route.name));
                    CAPTURE(vars);
                    CAPTURE(steps);
                    Tape t;
                    t.set_evaluating(false);
                    const Var times = t.variable(Tensor({2}, {0, 1})), y0 = t.variable(View{nullptr, {1}});
                    const auto noted = [&] {
                        const SolveOptions options = tight(route, steps);
                        return vars ? solve(t, law, y0, times, options).z : solve(t, law, y0, Two{0, 1}, options).z;
                    };
                    if (route == direct && (vars || steps == 0)) {  // it looks at numbers to choose steps
                        if (steps == 0) CHECK(error_of(noted) != "");
                        continue;
                    }
                    Var y = end(noted());
                    const Var inputs[] = {times, y0}, outputs[] = {y, grad(y, y0)};
                    const Program program = compile(t, inputs, outputs);
                    Workspace workspace;
                    const Tensor at({2}, {0, 2}), start({1}, {1});
                    Tensor found{Shape{}}, bar({1});
                    const View in[] = {at, start};
                    const MutableView out[] = {found.view(), bar.view()};
                    run(program, workspace, in, out);
                    const double t1 = vars ? 2 : 1, most = steps > 0 ? 1e-3 : either(1e-8, 1e-4);
                    CHECK(double(found[0]) == doctest::Approx(flow(0, 1, t1)).epsilon(most));
                    CHECK(double(bar[0]) == doctest::Approx(std::exp(-t1)).epsilon(most));
                }
    }

    TEST_CASE("a solve up to the time of the field that it lies in") {
        // the inner solve runs over (0, t) and so over nothing at first: u(t) = z e^−t, x' = u
        for (const Route& route : replaying_routes()) {
            CAPTURE(std::string(route.name));
            Tape t;
            const Var x = t.variable(Tensor({1}, {1}));
            const auto field = [&](Var s, Var z) {
                const Var times = concatenate({z.tape().constant(Tensor({1}, {0})), reshape(s, {1})}, 0);
                const Var u =
                    solve(z.tape(), [](Var, Var y) { return -y; }, z, times, {.gradient = route, .steps = 16}).z;
                return reshape(slice(u, 0, 1, 1), {1});
            };
            const Var y = end(solve(t, field, x, Two{0, 1}, {.method = dopri5, .gradient = route, .steps = 16}).z);
            const double right = std::exp(1 - std::exp(-1.)), most = either(1e-5, 1e-3);
            CHECK(num(y) == doctest::Approx(right).epsilon(most));
            CHECK(num(grad(y, x)) == doctest::Approx(right).epsilon(most));
            CHECK(std::abs(num(hessian(y, x))) < 1e-3);
        }
    }
}
