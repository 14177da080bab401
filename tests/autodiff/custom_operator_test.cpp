// tests/autodiff/custom_operator_test.cpp — an operator of the user's own is one struct, and has every right of ours
#include <doctest/doctest.h>

#include <cmath>

#include "autodiff/derivatives/check.hpp"
#include "tests/autodiff/laws.hpp"

using namespace costate;
using namespace costate::test;

namespace {

// y = ½ s x², entry by entry
struct Energy {
    double s;
    static constexpr const char* name = "test: energy";
    bool operator==(const Energy&) const = default;
    Shape shape(const Shape& x, Where) const { return x; }
    void eval(const View& x, const MutableView& y) const {
        for (Index i = 0; i < x.size(); ++i) y[i] = static_cast<Real>(s / 2) * x[i] * x[i];
    }
    Var jvp(Var x, Var, Var dx) const { return dx * x * s; }
    Var vjp(Var x, Var, Var gy, Needs) const { return gy * x * s; }
};

// y = a + 2 b, with a row rule
struct AddTwice {
    static constexpr const char* name = "test: add twice";
    bool operator==(const AddTwice&) const = default;
    Shape shape(const Shape& a, const Shape&, Where) const { return a; }
    void eval(const View& a, const View& b, const MutableView& y) const {
        for (Index i = 0; i < y.size(); ++i) y[i] = a[i] + 2 * b[i];
    }
    Var jvp(Var, Var, Var, Var da, Var db) const { return da + 2.0 * db; }
    std::array<Var, 2> vjp(Var, Var, Var, Var gy, Needs wanted) const {
        return {gy, needs(wanted, 1) ? 2.0 * gy : Var{}};
    }
    Rows rows(std::span<RowOperand> in, const Shape& y) const { return elementwise_rows(in, y); }
};

// (p, q) = (x₀ + x₁ + ..., x₀ x₁ ...) of any number of operands: several inputs and outputs
struct SumAndProduct {
    static constexpr const char* name = "test: sum and product";
    static constexpr bool general = true;
    bool operator==(const SumAndProduct&) const = default;
    void eval(std::span<const View> in, std::span<const MutableView> out, const Evaluation&) const {
        for (Index i = 0; i < in[0].size(); ++i) {
            out[0][i] = 0;
            out[1][i] = 1;
            for (const View& x : in) out[0][i] += x[i], out[1][i] *= x[i];
        }
    }
    static Var others(std::span<const Var> in, std::size_t i, Var start) {  // start Π_{k≠i} x_k
        for (std::size_t k = 0; k < in.size(); ++k)
            if (k != i) start = start * in[k];
        return start;
    }
    void jvp(std::span<const Var> in, std::span<const Var>, std::span<const Var> d_in, std::span<Var> d_out) const {
        d_out[0] = sum_of(d_in);
        for (std::size_t i = 0; i < in.size(); ++i) d_out[1] = d_out[1] + others(in, i, d_in[i]);
    }
    void vjp(std::span<const Var> in, std::span<const Var>, std::span<const Var> g_out, Needs wanted,
             std::span<Var> g_in) const {
        for (std::size_t i = 0; i < in.size(); ++i)
            if (needs(wanted, i)) g_in[i] = g_out[0] + others(in, i, g_out[1]);
    }
};

// y = k x, and how often two of them are compared
struct Times {
    std::int64_t k;
    static inline long compared = 0;
    static constexpr const char* name = "test: times";
    bool operator==(const Times& other) const {
        ++compared;
        return k == other.k;
    }
    Shape shape(const Shape& x, Where) const { return x; }
    void eval(const View& x, const MutableView& y) const {
        for (Index i = 0; i < x.size(); ++i) y[i] = static_cast<Real>(k) * x[i];
    }
    Var jvp(Var, Var, Var dx) const { return record(*this, dx); }
    Var vjp(Var, Var, Var gy, Needs) const { return record(*this, gy); }
};

Var energy(Vars x) { return record(Energy{3}, x[0]); }
Var add_twice(Vars x) { return record(AddTwice{}, sin(x[0]), x[1] * x[1]); }
Var sum_and_product(Vars x) {
    const Shape shapes[] = {x[0].shape(), x[0].shape()};
    const std::span<Var> both = record_general(x[0].tape(), SumAndProduct{}, x, shapes);
    return both[0] * both[1];
}

const Case customs[] = {
    {"energy", {{4, 3}}, energy},
    {"add twice", {{4, 3}, {4, 3}}, add_twice},
    {"sum and product", {{4}, {4}, {4}}, sum_and_product},
};

}  // namespace

TEST_SUITE_BEGIN("autodiff");

TEST_CASE("a user's operator: gradients are those of differences") {
    for (const Case& c : customs) {
        CAPTURE(c.name);
        Rng rng(5);
        const GradientReport report = check_gradients(c.build, draw_point(c.shapes, c.from, rng));
        CAPTURE(to_text(report));
        CHECK(report.ok());
    }
}

TEST_CASE("a user's operator: second order comes by itself") {
    for (const Case& c : customs) {
        CAPTURE(c.name);
        Rng rng(6);
        const auto slope = [&c](Vars x) { return grad(sum(c.build(x)), x[0]); };
        CHECK(check_gradients(slope, draw_point(c.shapes, c.from, rng)).ok());
    }
}

TEST_CASE("a user's operator: a program replays it with the recorded bits, with and without a row rule") {
    for (const Case& c : customs) {
        CAPTURE(c.name);
        Rng rng(7);
        std::vector<Shape> shapes = c.shapes;
        for (Shape& s : shapes) s.set(0, 70);
        const Tensors point = draw_point(shapes, c.from, rng), other = draw_point(shapes, c.from, rng);
        bool tileable = false;
        CHECK(replay_differs(c.build, point, other, 0) == -1);
        CHECK(replay_differs(c.build, point, other, (1u << shapes.size()) - 1, &tileable) == -1);
        CHECK(tileable == (c.name == "add twice"));  // without a rule: coupled
    }
}

TEST_CASE("a user's operator: its attributes tell two uses apart") {
    Tape tape;
    const Var x = tape.variable(Tensor({2}, {1, 2}));
    const Var outputs[] = {record(Energy{3}, x), record(Energy{3}, x), record(Energy{4}, x)};
    const Program p = compile(tape, Vars(&x, 1), outputs);
    CHECK(p.code.size() == 2);
}

TEST_CASE("operator: of a thousand on one value, compiling compares those that are equal, and hardly more") {
    Tape tape;
    const Var x = tape.variable(Tensor({2}, {1, 2}));
    Var y = record(Times{0}, x);
    for (std::int64_t k = 1; k < 2000; ++k) y = y + record(Times{k % 1000}, x);
    Times::compared = 0;
    const Program program = compile(tape, Vars(&x, 1), Vars(&y, 1));
    CHECK(Times::compared < 4000);
    long times = 0;
    for (const Program::Instruction& c : program.code) times += std::string(operator_of(c.op).name) == Times::name;
    CHECK(times == 1000);
}

TEST_SUITE_END();
