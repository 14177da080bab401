// tests/autodiff/everyday_test.cpp — what stack, split, flip, cumsum, norm, dot, detach and their like give, and refuse
#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <limits>

#include "autodiff/program/workspace.hpp"
#include "tests/autodiff/laws.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/numbers.hpp"

using namespace costate;
using namespace costate::test;

namespace {

struct Room {
    Tape tape;
    Var x = tape.variable(tensor({{1, 2, 3}, {4, 5, 6}})), v = tape.variable(tensor({3, 4}));
};
bool near(Var y, double exact) {
    return std::abs(double(y.tape().view(y)[0]) - exact) <= (is_double ? 1e-15 : 1e-6) * 4;
}

}  // namespace

TEST_SUITE_BEGIN("autodiff");

TEST_CASE_FIXTURE(Room, "stack: a new axis, anywhere; numbers, Tensors and Vars of one shape") {
    CHECK(numbers_of(stack({v, v * 2})) == tensor({{3, 4}, {6, 8}}));
    CHECK(numbers_of(stack({v, tensor({7, 8})}, 1)) == tensor({{3, 7}, {4, 8}}));
    CHECK(numbers_of(stack({v, v}, -1)) == tensor({{3, 3}, {4, 4}}));
    CHECK(stack(std::vector<Var>{x, x, x}, 1).shape() == Shape{2, 3, 3});
    CHECK(numbers_of(stack({v[0], 2, v[1]})) == tensor({3, 2, 4}));
    const std::string error = error_of([&] { stack({v, x}); });
    CHECK(contains(error, "stack: the shapes differ\n  got       [2] and [2,3]"));
    CHECK(contains(error, "everyday_test.cpp:"));
    CHECK(contains(error_of([&] { stack({v, v}, 2); }), "stack: no such axis"));
    CHECK(contains(error_of([&] { stack({1, 2}); }), "stack: no operand lies on a tape"));
    CHECK(contains(error_of([&] { stack({}); }), "stack: no operand lies on a tape"));
}

TEST_CASE_FIXTURE(Room, "split: equal parts, or so many entries for each, as slices would give them") {
    const Vars rows = split(x, 2), columns = split(x, {1, 2}, -1);
    REQUIRE(rows.size() == 2);
    CHECK(numbers_of(rows[1]) == tensor({{4, 5, 6}}));
    REQUIRE(columns.size() == 2);
    CHECK(numbers_of(columns[0]) == tensor({{1}, {4}}));
    CHECK(numbers_of(columns[1]) == tensor({{2, 3}, {5, 6}}));
    CHECK(split(x, {3}, 1).size() == 1);
    CHECK(split(x, std::vector<int>{0, 3}, 1)[0].shape() == Shape{2, 0});
    CHECK(numbers_of(stack(split(v, 2), 1)) == tensor({{3, 4}}));
    const auto told = [](const std::string& error, const std::string& what) {
        return contains(error, what) && contains(error, "everyday_test.cpp:");
    };
    CHECK(
        told(error_of([&] { split(x, 2, 1); }), "split: the parts would not be equal\n  got       2 parts of axis 1"));
    CHECK(told(error_of([&] { split(x, 0, 1); }), "split: the parts would not be equal"));
    CHECK(told(error_of([&] { split(x, {1, 1}, 1); }), "split: the parts do not make up the axis\n  got       1 + 1"));
    CHECK(told(error_of([&] {
                   split(x, {4, -1}, 1);
               }),
               "split: a count of entries is negative\n  got       -1 as count 1"));
    CHECK(told(error_of([&] { split(x, {4}, 1); }), "split: the parts do not make up the axis\n  got       4 entries"));
    CHECK(told(error_of([&] { split(x, {Index{1} << 62, Index{1} << 62, 3}, 1); }), "split: the parts do not make up"));
    CHECK(told(error_of([&] { split(x, 2, 2); }), "split: no such axis"));
    CHECK(told(error_of([&] { split(x, std::vector<int>{}, 1); }), "an empty list of counts"));
    CHECK(told(error_of([&] { split(x, {}, 1); }), "an empty list of counts"));
}

TEST_CASE_FIXTURE(Room, "flip and cumsum along each axis") {
    CHECK(numbers_of(flip(x, 0)) == tensor({{4, 5, 6}, {1, 2, 3}}));
    CHECK(numbers_of(flip(x, -1)) == tensor({{3, 2, 1}, {6, 5, 4}}));
    CHECK(numbers_of(cumsum(x, 0)) == tensor({{1, 2, 3}, {5, 7, 9}}));
    CHECK(numbers_of(cumsum(x, 1)) == tensor({{1, 3, 6}, {4, 9, 15}}));
    CHECK(numbers_of(grad(cumsum(v, 0)[-1], v)) == tensor({1, 1}));
    CHECK(contains(error_of([&] { flip(x, 2); }), "flip: no such axis"));
    CHECK(contains(error_of([&] { cumsum(x, 2); }), "cumsum: no such axis"));
}

TEST_CASE_FIXTURE(Room, "norm, dot and log_softmax are what they are called") {
    CHECK(norm(v).item() == 5);
    CHECK(numbers_of(norm(tape.variable(tensor({{3, 4}, {5, 12}})), 1)) == tensor({5, 13}));
    CHECK(norm(x, {0, 1}, true).shape() == Shape{1, 1});
    CHECK(numbers_of(dot(x, tensor({1, 0, -1}))) == tensor({-2, -2}));
    CHECK(dot(v, v).item() == 25);
    CHECK(dot(v, Var{}).is_zero());
    CHECK(near(sum(exp(log_softmax(v))), 1));
    CHECK(near(log_softmax(tape.constant(tensor({1000, 0})))[1], -1000));  // no log of 0
    CHECK(contains(error_of([&] { norm(x, 2); }), "norm: no such axis"));
    CHECK(contains(error_of([&] { norm(x, 2); }), "everyday_test.cpp:"));
}

TEST_CASE_FIXTURE(Room, "norm and dot speak for themselves where they are refused") {
    const Var one = tape.constant(1.0);
    const auto text = [](auto action) {
        const std::string found = error_of(action);
        CHECK(contains(found, "everyday_test.cpp:"));
        return found;
    };
    CHECK(contains(text([&] { dot(x, v); }), "dot: the vectors do not fit\n  got       [2,3] and [2]\n"));
    CHECK(contains(text([&] { dot(x, 2); }), "dot: the vectors do not fit\n  got       [2,3] and []"));
    CHECK(contains(text([&] { dot(x, tensor({2})); }), "dot: the vectors do not fit\n  got       [2,3] and [1]"));
    CHECK(contains(text([&] { dot(one, one); }), "dot: the vectors do not fit\n  got       [] and []"));
    CHECK(contains(text([&] { dot(x, Tensor({4, 3})); }), "dot: the shapes do not broadcast"));
    CHECK(contains(text([&] { norm(Var{}); }), "norm: no operand lies on a tape"));
    CHECK(contains(text([&] { norm(tensor({1, 2})); }), "norm: no operand lies on a tape"));
    const Parameter p("p", tensor({3, 4}));
    CHECK(dot(p, v).item() == 25);
    CHECK(dot(tensor({3, 4}), v).item() == 25);
}

TEST_CASE_FIXTURE(Room, "the mean and the largest of nothing are errors, its sum is 0, its logsumexp the log of that") {
    const Var none = tape.variable(Tensor(Shape{0, 2}));
    const auto refused = [](auto action, const char* what) {
        const std::string text = error_of(action);
        CAPTURE(text);
        CHECK(contains(text, what));
        CHECK(contains(text, "everyday_test.cpp:"));
    };
    const char* of_mean = "mean: there is nothing to take the mean of\n  got       no entries along the axes of [0,2]";
    refused([&] { mean(square(none - 1)); }, of_mean);
    refused([&] { mean(none, 0); }, of_mean);
    refused([&] { mean(none, {0, 1}, true); }, of_mean);
    refused([&] { max(none, {0}); }, "max: there is nothing to take the largest of");
    CHECK(mean(none, 1).shape() == Shape{0});  // no results, of nothing each
    CHECK(sum(none).item() == 0);
    CHECK(logsumexp(none).item() == -std::numeric_limits<Real>::infinity());
}

TEST_CASE_FIXTURE(Room, "axes are kept in a variable, whatever they were made of") {
    const Axes both = {0, 1}, last = -1, temporary = std::vector<int>{1, 0};
    CHECK(sum(x, both).item() == 21);
    CHECK(sum(x, temporary).item() == 21);
    CHECK(numbers_of(sum(x, last)) == tensor({6, 15}));
    CHECK(contains(error_of([&] { sum(x, {0, 1, 0, 1, 0, 1, 0, 1, 0}); }), "sum: an axis is listed twice"));
    CHECK(contains(error_of([&] { permute(x, {0, 1, 0, 1, 0, 1, 0, 1, 0}); }), "permute: not a permutation"));
}

TEST_CASE_FIXTURE(Room, "norm is right to the second derivative where its squares are in the range") {
    for (const double size : {is_double ? 1e-153 : 1e-18, 1., is_double ? 1e153 : 1e18}) {
        CAPTURE(size);
        const Var z = tape.variable(tensor({3 * size, 4 * size}));  // H = (1 − n nᵀ)/r with n = (3, 4)/5
        const Var y = norm(z);
        CHECK(near(y / size, 5));
        CHECK(near(grad(y, z)[0], 0.6));
        CHECK(near(size * hvp(y, z, tensor({1, 0}))[0], 0.64 / 5));
    }
}

TEST_CASE_FIXTURE(Room, "gather and scatter_add count from the end, too, and take integers of any width") {
    CHECK(numbers_of(gather(x, {-1, 0}, 1)) == tensor({{3, 1}, {6, 4}}));
    CHECK(numbers_of(gather(x, tape.constant(tensor({-1, 0})), 1)) == tensor({{3, 1}, {6, 4}}));
    CHECK(numbers_of(scatter_add(v, {-1, 0}, 0, 3)) == tensor({4, 0, 3}));
    CHECK(numbers_of(grad(gather(v, {-1, -1}, 0)[0], v)) == tensor({0, 1}));
    CHECK(numbers_of(gather(x, std::vector<std::size_t>{2, 0}, 1)) == tensor({{3, 1}, {6, 4}}));
    CHECK(numbers_of(gather(x, std::vector<std::uint8_t>{2, 0}, 1)) == tensor({{3, 1}, {6, 4}}));
    CHECK(numbers_of(gather(x, std::array<short, 2>{2, 0}, 1)) == tensor({{3, 1}, {6, 4}}));
    const std::string text = error_of([&] { gather(x, {-4}, 1); });
    CHECK(contains(text, "-4 at position 0\n  expected  whole numbers from 0 to 2, or from the end, -1 to -3"));
}

TEST_CASE_FIXTURE(Room, "tan, atan, atan2, erf and hypot at places that everybody knows") {
    const auto at = [&](double number) { return tape.variable(Tensor::scalar(number)); };
    constexpr double pi = 3.14159265358979323846;
    CHECK(near(tan(at(pi / 4)), 1));
    CHECK(near(atan(at(1)), pi / 4));
    CHECK(near(atan2(at(1), -1), 3 * pi / 4));
    CHECK(near(atan2(at(-0.0), -1), -pi));
    CHECK(near(erf(at(1)), 0.84270079294971487));
    CHECK(near(hypot(at(3), 4), 5));
    CHECK(near(hypot(at(is_double ? 3e200 : 3e30), is_double ? 4e200 : 4e30) / (is_double ? 1e200 : 1e30), 5));
    CHECK(near(grad(erf(at(0)), at(0)), 0));  // of another Var
    const Var zero = at(0);
    CHECK(near(grad(erf(zero), zero), 1.1283791670955126));
}

TEST_CASE_FIXTURE(Room, "gelu is x Φ(x), and gelu_tanh PyTorch's approximation of it") {
    struct Place {
        double x, gelu, slope, gelu_tanh;
    };
    const Place places[] = {{-3, -0.00404969409489028, -0.011945647204183929, -0.0036373920817729943},
                            {-1, -0.15865525393145707, -0.08331547058768629, -0.1588080093917233},
                            {0, 0, 0.5, 0},
                            {0.5, 0.34573123063700656, 0.8674951246561629, 0.34571400982514394},
                            {2, 1.9544997361036416, 1.085231801078197, 1.954597694087775}};
    for (const Place& p : places) {
        const Var z = tape.variable(Tensor::scalar(p.x));
        CHECK(near(gelu(z), p.gelu));
        CHECK(near(gelu_tanh(z), p.gelu_tanh));
        CHECK(near(grad(gelu(z), z), p.slope));
    }
}

TEST_CASE_FIXTURE(Room, "safe_sqrt, norm, hypot and atan2 have derivatives 0 at 0, the second ones as well") {
    const std::function<Var(Var)> functions[] = {
        [](Var z) { return sum(safe_sqrt(z)); }, [](Var z) { return norm(z); }, [](Var z) { return hypot(z[0], z[1]); },
        [](Var z) { return atan2(z[0], z[1]); }, [](Var z) { return sum(hypot(z, 0)); }};
    for (const auto& f : functions) {
        const Var z = tape.variable(Tensor({2}));
        const Var y = f(z), g = grad(y, z);
        CHECK(y.item() == 0);
        CHECK(numbers_of(g) == Tensor({2}));
        CHECK(numbers_of(hvp(y, z, tensor({1, 2}))) == Tensor({2}));
        CHECK(numbers_of(grad(sum(g), z)) == Tensor({2}));
    }
    const Var four = tape.variable(Tensor::scalar(4));
    CHECK(near(grad(safe_sqrt(four), four), 0.25));
    CHECK(std::isnan(safe_sqrt(tape.variable(Tensor::scalar(-1))).item()));
}

TEST_CASE_FIXTURE(Room, "detach: the same numbers, and nothing behind them") {
    const Var d = detach(v), y = sum(v * d);
    CHECK(numbers_of(d) == numbers_of(v));
    CHECK(numbers_of(grad(y, v)) == numbers_of(v));
    CHECK(numbers_of(grad(sum(d), v)) == Tensor({2}));
    CHECK(jvp(d, v, 1).is_zero());
    CHECK(detach(Var{}).is_zero());
    const Var straight_through = v + detach(relu(v - 3.5) - v);  // the value of one function, the slope of another
    CHECK(numbers_of(grad(sum(straight_through), v)) == tensor({1, 1}));
    const Var outputs[] = {y, grad(y, v)};
    const Program p = compile(tape, Vars(&v, 1), outputs);
    Tensor value, slope({2});
    Workspace w;
    const Tensor other = tensor({1, 2});
    run(p, w, std::array<View, 1>{other}, std::array{value.view(), slope.view()});
    CHECK(value.item() == 5);
    CHECK(slope == other);
}

TEST_SUITE_END();
