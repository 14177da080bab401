// tests/autodiff/special_values_test.cpp — nan, the two zeros, and numbers that float cannot hold
#include <doctest/doctest.h>
#include <cmath>
#include <limits>

#include "core/kernels/reduce.hpp"
#include "tests/autodiff/laws.hpp"

using namespace costate;
using namespace costate::test;

namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN(),
                 infinity = std::numeric_limits<double>::infinity();

// Recorded, and replayed from a program that was recorded at harmless numbers.
void for_both(const std::function<Var(Vars)>& f, const Tensors& point, const std::function<void(View)>& check) {
    Recorded r(f, point);
    check(r.tape.view(r.y));
    Tensors ones;
    std::vector<View> in;
    for (const Tensor& x : point) ones.emplace_back(x.shape(), Real(1)), in.push_back(x);
    Recorded harmless(f, ones);
    const Program p = compile(harmless.tape, harmless.x, Vars(&harmless.y, 1));
    Workspace w;
    Tensor y(harmless.y.shape());
    const MutableView out = y.view();
    run(p, w, in, std::span(&out, 1));
    check(y);
}

Tensors scalars(double a, double b) { return {Tensor::scalar(a), Tensor::scalar(b)}; }
Tensor vector(std::initializer_list<double> values) { return {{static_cast<Index>(values.size())}, values}; }

bool is_zero_of_sign(Real x, bool minus) { return x == 0 && std::signbit(x) == minus; }

}  // namespace

TEST_SUITE_BEGIN("autodiff");

TEST_CASE("a nan operand gives nan, on either side of every operator of two") {
    const std::function<Var(Vars)> operators[] = {
        [](Vars x) { return max(x[0], x[1]); }, [](Vars x) { return min(x[0], x[1]); },
        [](Vars x) { return x[0] + x[1]; },     [](Vars x) { return x[0] - x[1]; },
        [](Vars x) { return x[0] * x[1]; },     [](Vars x) { return x[0] / x[1]; },
    };
    for (const auto& f : operators)
        for (const double other : {0.0, -0.0, 1.0, -2.0, infinity, -infinity, not_a_number})
            for (const Tensors& point : {scalars(not_a_number, other), scalars(other, not_a_number)})
                for_both(f, point, [](View y) { CHECK(std::isnan(y[0])); });
}

TEST_CASE("a nan operand gives no nan where IEEE 754 says so, nor where it is a condition") {
    for (const bool minus : {false, true})
        for (const Tensors& point :
             {scalars(minus ? -infinity : infinity, not_a_number), scalars(not_a_number, minus ? -infinity : infinity)})
            for_both([](Vars x) { return hypot(x[0], x[1]); }, point, [](View y) { CHECK(double(y[0]) == infinity); });
    for (const Tensors& point : {scalars(not_a_number, 0), scalars(1, not_a_number)})
        for_both([](Vars x) { return pow(x[0], x[1]); }, point, [](View y) { CHECK(y[0] == 1); });
    for_both([](Vars x) { return where(x[0], x[1], 2); }, scalars(not_a_number, 1), [](View y) { CHECK(y[0] == 1); });
    for_both([](Vars x) { return less(x[0], x[1]); }, scalars(not_a_number, 1), [](View y) { CHECK(y[0] == 0); });
}

TEST_CASE("a nan operand gives nan through broadcasting, clamps, activations and every reduction") {
    const Tensor x = vector({1, not_a_number, 3}), row = Tensor({1, 2}, {0, 5});
    const auto second_row = [](View y) {
        for (Index i = 0; i < y.size(); ++i) CHECK(std::isnan(y[i]) == (i / 2 == 1));
    };
    const auto grid = [](Vars v) { return reshape(v[0], {3, 1}); };
    for_both([&](Vars v) { return max(grid(v), v[1]); }, {x, row}, second_row);
    for_both([&](Vars v) { return min(v[1], grid(v)); }, {x, row}, second_row);
    const std::function<Var(Var)> functions[] = {
        [](Var v) { return clamp(v, 0, 2); }, [](Var v) { return max(v); },
        [](Var v) { return sum(v); },         [](Var v) { return mean(v); },
        [](Var v) { return logsumexp(v); },   [](Var v) { return max(v, {0}, true); },
        [](Var v) { return relu(v); },        [](Var v) { return leaky_relu(v); },
        [](Var v) { return elu(v); },         [](Var v) { return abs(v); },
        [](Var v) { return silu(v); },        [](Var v) { return softmax(v); },
        [](Var v) { return gelu(v); },        [](Var v) { return gelu_tanh(v); }};
    for (const auto& f : functions)
        for_both([&](Vars v) { return f(v[0]); }, {x}, [](View y) { CHECK(std::isnan(y[y.size() == 1 ? 0 : 1])); });
}

TEST_CASE("max and min: the derivative belongs to the operand that was taken, a nan as well") {
    const auto slopes = [](Var (*f)(const Operand&, const Operand&), double a, double b) {
        Tape tape;
        const Var x[] = {tape.variable(Tensor::scalar(a)), tape.variable(Tensor::scalar(b))};
        const Vars g = grad(f(x[0], x[1]), x);
        return std::array{g[0].item(), g[1].item()};
    };
    const std::array first{Real(1), Real(0)}, second{Real(0), Real(1)};
    Var (*largest)(const Operand&, const Operand&) = max;
    Var (*smallest)(const Operand&, const Operand&) = min;
    CHECK(slopes(largest, 2, 1) == first);
    CHECK(slopes(largest, 1, 2) == second);
    CHECK(slopes(smallest, 2, 1) == second);
    CHECK(slopes(smallest, 1, 2) == first);
    for (Var (*f)(const Operand&, const Operand&) : {largest, smallest}) {
        CHECK(slopes(f, 1, 1) == first);
        CHECK(slopes(f, not_a_number, 1) == first);
        CHECK(slopes(f, 1, not_a_number) == second);
        CHECK(slopes(f, not_a_number, not_a_number) == first);
    }
}

TEST_CASE("the sign of a zero: -x, a x, a - b and 1 / x are those of the numbers") {
    for (const double zero : {0.0, -0.0}) {
        const bool minus = std::signbit(zero);
        const Tensors x{Tensor::scalar(zero)};
        for_both([](Vars v) { return -v[0]; }, x, [&](View y) { CHECK(is_zero_of_sign(y[0], !minus)); });
        for_both([](Vars v) { return -(-v[0]); }, x, [&](View y) { CHECK(is_zero_of_sign(y[0], minus)); });
        for_both([](Vars v) { return 1.0 / (-v[0]); }, x,
                 [&](View y) { CHECK(double(y[0]) == (minus ? infinity : -infinity)); });
        for_both([](Vars v) { return affine(v[0], 2, 0); }, x, [&](View y) { CHECK(is_zero_of_sign(y[0], minus)); });
        for_both([](Vars v) { return affine(v[0], -3, -0.0); }, x,
                 [&](View y) { CHECK(is_zero_of_sign(y[0], !minus)); });
        for_both([](Vars v) { return v[0] * -1.0; }, x, [&](View y) { CHECK(is_zero_of_sign(y[0], !minus)); });
        for_both([](Vars v) { return v[0] - 0.0; }, x, [&](View y) { CHECK(is_zero_of_sign(y[0], minus)); });
        for_both([](Vars v) { return 0.0 - v[0]; }, x, [&](View y) { CHECK(is_zero_of_sign(y[0], false)); });
        for_both([](Vars v) { return v[0] - v[0]; }, x, [&](View y) { CHECK(is_zero_of_sign(y[0], false)); });
        for_both([](Vars v) { return Var{} - v[0]; }, x, [&](View y) { CHECK(is_zero_of_sign(y[0], !minus)); });
        for_both([](Vars v) { return v[0] + v[0]; }, x, [&](View y) { CHECK(is_zero_of_sign(y[0], minus)); });
    }
}

TEST_CASE("filled: the number itself, not the nearest float") {
    for (const double value : {0.1, -1e-300, 1.0 + 0x1p-40, 3.5, -0.0})
        for (const Shape& shape : {Shape{}, Shape{3}, Shape{2, 1, 2}}) {
            Tape tape;
            const Tensor y(tape.view(filled(tape, shape, value)));
            CHECK(same_bits(y, Tensor(shape, static_cast<Real>(value))));
        }
}

TEST_SUITE_END();
