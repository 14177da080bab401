// tests/autodiff/fuse_test.cpp — what becomes one operation, and what must not (that bits stay: laws_test.cpp, blocks_test.cpp)
#include <doctest/doctest.h>

#include <algorithm>
#include <functional>

#include "autodiff/operators.hpp"
#include "ode/solve.hpp"
#include "tests/autodiff/forward_replay.hpp"  // brings: check_forward, random_like
#include "tests/support/precision.hpp"        // brings: either

using namespace costate;
using namespace costate::test;

namespace {

// A field's rates, in tiles and parts, are those of the recording.
void check_in_tiles(const std::function<Var(Var t, Var z)>& field) {
    for (const Index tile : {64, 32})
        for (const int parts : {1, 2}) {
            CAPTURE(tile);
            CAPTURE(parts);
            CHECK(check_forward({64, 4}, field, tile, parts).tileable);
        }
}

// An operator of a user's, which has the name of one of ours.
struct Difference {
    static constexpr const char* name = "add";
    static constexpr auto rows = elementwise_rows;
    bool operator==(const Difference&) const = default;
    Shape shape(const Shape& x, const Shape&, Where) const { return x; }
    void eval(const View& x, const View& b, const MutableView& y) const {
        for (Index i = 0; i < x.size(); ++i) y.data[i] = x.data[i] - b.data[i % b.size()];
    }
    Var jvp(Var, Var, Var, Var dx, Var) const { return dx; }
    std::array<Var, 2> vjp(Var, Var, Var, Var gy, Needs) const { return {gy, Var{}}; }
};

}  // namespace

TEST_SUITE_BEGIN("autodiff");

TEST_CASE("fuse: what all rows share at a stage, but with a row for each, is read by tiles and parts row by row") {
    Rng rng(1);
    const Tensor A = random_like({64, 4}, rng), W = random_like({4, 4}, rng), b = random_like(Shape{4}, rng);
    check_in_tiles([&](Var t, Var) { return matmul(A * t, W) + b; });
    check_in_tiles([&](Var t, Var z) { return z * (matmul(A * t, W) + b); });
    check_in_tiles([&](Var t, Var z) {
        const Var x = A * t, y = tanh(x);
        return vjp(Vars(&y, 1), Vars(&x, 1), Vars(&z, 1))[0];
    });
}

TEST_CASE("fuse: a field with a value for each row of a batch of several tiles") {
    constexpr Index rows = 1024, width = 16;
    Rng rng(1);
    const Tensor A = random_like({rows, width}, rng), W = random_like({width, width}, rng),
                 b = random_like(Shape{width}, rng), z = random_like({rows, width}, rng);
    Tape tape;
    const Var start = tape.variable(z);
    const auto field = [&](Var t, Var) { return matmul(A * t, W) + b; };
    const Tensor end(ode::solve(tape, field, start, {0, 1}, {.method = ode::rk4_classic, .steps = 4}).end().value());
    Real worst = 0;  // z + A W / 2 + b: rk4 is exact for a rate that is linear in t
    for (Index i = 0; i < rows; ++i)
        for (Index j = 0; j < width; ++j) {
            Real exact = z(i, j) + b[j];
            for (Index k = 0; k < width; ++k) exact += A(i, k) * W(k, j) / 2;
            worst = std::max(worst, std::abs(end(i, j) - exact));
        }
    CHECK(worst < 100 * std::numeric_limits<Real>::epsilon());
}

TEST_CASE("fuse: a product goes on to the one operation that reads it, and keeps its rounding") {
    Rng rng(1);
    const Tensor inputs[] = {random_like({5, 3}, rng), random_like({5, 3}, rng), random_like({5, 3}, rng)};
    const Tensor row = random_like(Shape{3}, rng), column = random_like({5, 1}, rng);
    struct Chain {
        const char* name;  // of what it becomes; null: it stays as it is
        std::function<Var(Var a, Var b, Var c)> of;
    };
    const Chain chains[] = {
        {"product_times", [](Var a, Var b, Var c) { return a * b * c; }},
        {"product_times", [](Var a, Var b, Var c) { return c * (a * b); }},
        {"product_plus", [](Var a, Var b, Var c) { return a * b + c; }},
        {"product_plus", [](Var a, Var b, Var c) { return c + a * b; }},
        {"product_plus",
         [](Var a, Var b, Var c) {
             return sum_of(std::array{c, a * b});
         }},
        {"product_minus", [](Var a, Var b, Var c) { return a * b - c; }},
        {"minus_product", [](Var a, Var b, Var c) { return c - a * b; }},
        {"product_minus", [](Var a, Var b, Var c) { return a * c - a * b; }},  // of two products the first one goes on
        {nullptr, [](Var a, Var b, Var c) { return a * b / c; }},
        {nullptr,
         [](Var a, Var b, Var c) {
             return sum_of(std::array{a * b, c, c});
         }},
        {"product_plus", [&row](Var a, Var, Var c) { return a * row + c; }},  // a row is repeated
        {"product_plus", [&row](Var a, Var b, Var) { return a * b + row; }},
        {"product_times", [&column](Var a, Var, Var c) { return column * a * c; }},
        {"product_affine", [](Var a, Var b, Var) { return affine(a * b, -2, 1); }},
        {"product_times", [](Var a, Var b, Var) { return a * b * 3; }},
        {"product_affine", [&row](Var a, Var, Var) { return -(row * a); }},
        {nullptr, [](Var a, Var b, Var) { return sum(a, 0) * sum(b, 0) + a; }},  // the product is smaller than the sum
        {nullptr,
         [](Var a, Var b, Var c) {  // two read it
             const Var p = a * b;
             return concatenate({p + c, p}, 1);
         }},
    };
    for (const Chain& chain : chains) {
        CAPTURE(&chain - chains);
        Tape tape;
        std::vector<Var> in;
        for (const Tensor& input : inputs) in.push_back(tape.variable(input));
        const Var y = chain.of(in[0], in[1], in[2]);
        const Program program = compile(tape, {}, Vars(&y, 1), in);
        CHECK(program.fused == (chain.name ? 1 : 0));
        const auto named = [&](const Program::Instruction& c) {
            return chain.name && operator_of(c.op).name == std::string(chain.name);
        };
        CHECK(std::ranges::count_if(program.code, named) == program.fused);
        Workspace w;
        Tensor replayed(y.shape());
        const View given[] = {tape.view(in[0]), tape.view(in[1]), tape.view(in[2])};
        const MutableView out[] = {replayed.view()};
        run(program, w, given, out);
        CHECK(same_bits(replayed, Tensor(tape.view(y))));
    }
    const Tensor A = random_like({64, 4}, rng);  // with a row for each of the batch
    check_in_tiles([&](Var t, Var z) { return A * z - (A + t) * tanh(z); });
}

TEST_CASE("fuse: what all rows share has the shape of a batch of one row, not that of the rows of several stages") {
    const std::function<Var(Var z, Var w, Var shared)> chains[] = {
        [](Var z, Var w, Var shared) { return z * w * shared; },
        [](Var z, Var w, Var shared) { return w * shared + z; },
        [](Var z, Var w, Var shared) { return shared - z * w; },
        [](Var z, Var w, Var shared) {
            return sum_of(std::array{w, shared, z});
        },
    };
    constexpr int stages = 3;
    Rng rng(1);
    const Tensor z = random_like({stages, 2}, rng), w = random_like({stages, 2}, rng), s = random_like({1, 2}, rng);
    for (const auto& chain : chains) {
        CAPTURE(&chain - chains);
        Tape tape;
        const Var state = tape.variable(Tensor({1, 2}, 1.0)), bar = tape.variable(Tensor({1, 2}, 1.0)),
                  shared = tape.variable(s), total = sum(chain(state, bar, shared), {0});
        const Program program = compile(tape, {.constants = Vars(&shared, 1),
                                               .states = Vars(&state, 1),
                                               .cotangents = Vars(&bar, 1),
                                               .summed = Vars(&total, 1)});
        CHECK(program.merges_stages);
        Workspace workspace;
        workspace.prepare(program, {.rows = 1, .stages = stages});
        workspace.bind(0, s.view());
        workspace.prologue();
        workspace.clear(0);
        for (int i = 0; i < stages; ++i) {
            std::copy_n(z.data() + 2 * i, 2, workspace.state(0, i));
            std::copy_n(w.data() + 2 * i, 2, workspace.cotangent(0, i));
            workspace.forward(i);
            workspace.reverse(i);
        }
        workspace.accumulate(0, stages);
        workspace.finish();
        double expected[2] = {};
        for (Index i = 0; i < stages; ++i) {
            Tape alone;
            const auto row = [&](const Tensor& of) { return alone.variable(Tensor(of.rows(i, 1))); };
            const Var y = chain(row(z), row(w), alone.variable(s));
            for (Index j = 0; j < 2; ++j) expected[j] += double(alone.view(y)[j]);
        }
        for (Index j = 0; j < 2; ++j)
            CHECK(double(workspace.summed(0)[j]) == doctest::Approx(expected[j]).epsilon(either(1e-14, 1e-6)));
    }
}

TEST_CASE("fuse: an operator is known by its number, not by its name") {
    const Tensor ones({2, 2}, 1.0), one({2}, 1.0);
    Tape tape;
    const Var z = tape.variable(Tensor({2, 2}, {4, 1, 2, 3}));
    const Var y = record(Difference{}, matmul(z, ones), tape.constant(one));
    const Program program = compile(tape, {}, Vars(&y, 1), Vars(&z, 1));
    CHECK(program.fused == 0);
    Workspace w;
    Tensor replayed(y.shape());
    const View in[] = {tape.view(z)};
    const MutableView out[] = {replayed.view()};
    run(program, w, in, out);
    CHECK(same_bits(replayed, Tensor(tape.view(y))));
}

TEST_SUITE_END();
