// tests/autodiff/other_rows_test.cpp — a program run with another number of rows than recorded is right, or an error
#include <doctest/doctest.h>

#include "nn/mlp.hpp"
#include "tests/autodiff/cases.hpp"
#include "tests/autodiff/laws.hpp"
#include "tests/support/error_of.hpp"

using namespace costate;
using namespace costate::test;

namespace {

using Build = std::function<std::vector<Var>(Vars x)>;

struct Setting {  // a computation whose inputs with rows come last
    Build build;
    std::vector<Shape> shapes;  // of the inputs
    unsigned rows, aligned;     // bit i: input i holds the batch; is a constant with a row for each of them
    Interval from = around_0;

    std::vector<Shape> shapes_with(Index count) const {
        std::vector<Shape> all = shapes;
        for (std::size_t i = 0; i < all.size(); ++i)
            if ((rows | aligned) >> i & 1u) all[i].set(0, count);
        return all;
    }
};

// "" when the program recorded with some rows and run with others is right, the error where it refuses, or "wrong".
std::string outcome(const Setting& s, Index recorded, Index run_with, Rng& rng) {
    const auto record = [&s](Recorded& r) { return s.build(r.x); };
    const auto none = [](Vars x) { return x[0]; };
    Recorded first(none, draw_point(s.shapes_with(recorded), s.from, rng));
    const Tensors point = draw_point(s.shapes_with(run_with), s.from, rng);
    Recorded second(none, point);
    const std::vector<Var> outputs = record(first), expected = record(second);
    std::vector<Var> constants, batch;
    std::vector<View> in;
    for (std::size_t i = 0; i < point.size(); ++i)
        if (!(s.rows >> i & 1u)) constants.push_back(first.x[i]), in.push_back(point[i]);
    for (std::size_t i = 0; i < point.size(); ++i)
        if (s.rows >> i & 1u) batch.push_back(first.x[i]), in.push_back(point[i]);
    const Program program = compile(first.tape, constants, outputs, batch);
    Tensors got;
    std::vector<MutableView> out;
    for (const Var& v : expected) got.emplace_back(v.is_zero() ? Shape{} : v.shape(), Real(7));
    for (Tensor& t : got) out.push_back(t.view());
    Workspace workspace;
    for (int time = 0; time < 2; ++time) {
        const std::string error = error_of([&] { run(program, workspace, in, out); });
        if (!error.empty()) return error;
        for (std::size_t i = 0; i < got.size(); ++i) {
            const Tensor right = expected[i].is_zero() ? Tensor() : Tensor(second.tape.view(expected[i]));
            const double rounding = (is_double ? 1e-12 : 1e-4) * (1 + norm(Tensors{right})) * double(run_with);
            if (!(distance({right}, {got[i]}) <= rounding)) return "wrong in output " + std::to_string(i);
        }
    }
    return "";
}

bool can_be_built(const Setting& s, Index rows) {
    Rng rng(1);
    return error_of(
               [&] { Recorded([&s](Vars x) { return s.build(x)[0]; }, draw_point(s.shapes_with(rows), s.from, rng)); })
        .empty();
}

struct Tally {
    int right = 0, refused = 0, right_with_other_rows = 0;
};

Tally check(const Setting& s) {
    Tally tally;
    Rng rng(31);
    for (const Index recorded : {1, 2, 8})
        for (const Index run_with : {1, 3, 8, 9, 300}) {
            CAPTURE(recorded);
            CAPTURE(run_with);
            if (!can_be_built(s, recorded) || !can_be_built(s, run_with))
                continue;  // a slice of more rows than there are
            const std::string text = outcome(s, recorded, run_with, rng);
            CAPTURE(text);
            CHECK((text.empty() || text.rfind("run: ", 0) == 0));
            if (recorded == run_with) CHECK(text == "");
            (text.empty() ? tally.right : tally.refused) += 1;
            tally.right_with_other_rows += text.empty() && recorded != run_with;
        }
    return tally;
}

// Value, gradient and Hessian product of a case; the weights and the directions are inputs as well.
Setting derivatives_of(const Case& c) {
    const std::size_t n = c.shapes.size();
    Setting s{.build = {}, .shapes = c.shapes, .rows = c.rows, .aligned = c.aligned, .from = c.from};
    Tape tape;
    std::vector<Var> x;
    for (const Shape& shape : s.shapes_with(4)) x.push_back(tape.variable(Tensor(shape, Real(0.5))));
    const Shape four = c.build(x).shape();
    x.clear();
    for (const Shape& shape : s.shapes_with(5)) x.push_back(tape.variable(Tensor(shape, Real(0.5))));
    const bool has_rows = c.build(x).shape() != four;
    for (std::size_t i = 0; i < n; ++i) {
        s.shapes.push_back(c.shapes[i]);
        if ((c.rows | c.aligned) >> i & 1u) s.rows |= 1u << (n + i);
    }
    s.shapes.push_back(four);
    if (has_rows) s.rows |= 1u << (2 * n);
    s.build = [build = c.build, n](Vars all) {
        const Vars inputs = all.first(n), directions = all.subspan(n, n);
        const Var y = build(inputs), weights = all[2 * n];
        const Vars g = vjp(Vars(&y, 1), inputs, Vars(&weights, 1));
        std::vector<Var> outputs{y};
        outputs.insert(outputs.end(), g.begin(), g.end());
        for (const Var& gradient : g)
            outputs.push_back(gradient.is_zero() ? gradient : jvp(Vars(&gradient, 1), inputs, directions)[0]);
        return outputs;
    };
    return s;
}

Setting of_rows(Build build) { return {std::move(build), {{8, 3}}, 1, 0}; }
std::vector<Var> one(Var v) { return {v}; }

}  // namespace

TEST_SUITE_BEGIN("autodiff");

TEST_CASE("other rows: every operator's value is right, unless its rows depend on one another") {
    for (const Case& c : operator_cases()) {
        if (c.rows == 0) continue;
        CAPTURE(c.name);
        const Build value = [&c](Vars x) { return one(c.build(x)); };
        const Tally tally = check({value, c.shapes, c.rows, c.aligned, c.from});
        if (!c.mixes_rows) CHECK(tally.right_with_other_rows == 9);  // all but those recorded with one row
        if (c.mixes_rows) CHECK(tally.right_with_other_rows == 0);
    }
}

TEST_CASE("other rows: every operator's gradient and Hessian product are right or refused") {
    Tally all;
    for (const Case& c : operator_cases()) {
        if (c.rows == 0) continue;
        CAPTURE(c.name);
        const Tally tally = check(derivatives_of(c));
        all.right_with_other_rows += tally.right_with_other_rows;
        all.refused += tally.refused;
        const bool seed_repeated = c.name.rfind("sum_to", 0) == 0 && c.name != "sum_to within rows";  // by how much?
        const bool sum_beside_rows = c.name == "norm of all" || c.name == "norm over the rows";       // x / ‖x‖
        if (!c.mixes_rows) CHECK(tally.right_with_other_rows == (seed_repeated || sum_beside_rows ? 0 : 9));
    }
    CHECK(all.right_with_other_rows > all.refused);
}

TEST_CASE("other rows: seeds, fills and broadcasts that are read beside rows follow them") {
    const auto free = [](Build build) { CHECK(check(of_rows(std::move(build))).right_with_other_rows == 9); };
    free([](Vars x) { return one(grad(sum(x[0] + x[0] * x[0]), x[0])); });
    free([](Vars x) { return one(x[0] + filled(x[0].tape(), x[0].shape(), 1)); });
    free([](Vars x) { return one(exp(filled(x[0].tape(), x[0].shape(), 1)) * 2.0 - x[0]); });
    free([](Vars x) { return one(sum(x[0] * filled(x[0].tape(), x[0].shape(), 1))); });
    free([](Vars x) { return one(laplacian(sum(sin(x[0]) * x[0], {1}), x[0])); });
    free([](Vars x) { return one(grad(sum(max(x[0], x[0].tape().constant(Tensor({1}, {0.3})))), x[0])); });
    free([](Vars x) { return one(grad(sum(where(less(x[0], 0.2), x[0], x[0] * x[0])), x[0])); });
    free([](Vars x) { return one(grad(mean(square(x[0])), x[0])); });
    free([](Vars x) { return one(jvp(mean(square(x[0])), x[0], x[0])); });
    free([](Vars x) { return one(hvp(mean(exp(x[0])), x[0], x[0])); });
    free([](Vars x) { return one(x[0] * reshape(x[0].tape().constant(Tensor({3}, {1, 2, 3})), {1, 3})); });
}

TEST_CASE("other rows: extents that may or may not count the rows are refused, with the operation that made them") {
    const auto fixed = [](Build build, const char* why) {
        const Setting s = of_rows(std::move(build));
        CHECK(check(s).right_with_other_rows == 0);
        Rng rng(1);
        const std::string text = outcome(s, 8, 9, rng);
        CAPTURE(text);
        CHECK(contains(text, "run: the number of rows of this program is fixed"));
        CHECK(contains(text, "9 rows"));
        CHECK(contains(text, "8, as recorded"));
        CHECK(contains(text, why));
    };
    fixed([](Vars x) { return one(sum(filled(x[0].tape(), x[0].shape(), 1)) * sum(x[0])); }, "fill makes [8,3]");
    fixed([](Vars x) { return one(grad(square(sum(x[0])), x[0])); }, "broadcast_to makes [8,3]");
    const auto wide = [](Vars x) { return filled(x[0].tape(), {3, x[0].shape()[0]}, 0.5); };  // rows in another axis
    fixed([&](Vars x) { return one(matmul(x[0], wide(x))); }, "fill makes [3,8]");
    fixed([&](Vars x) { return one(sum(matmul(x[0], wide(x)))); }, "fill makes [3,8]");
    fixed([](Vars x) { return one(x[0] - mean(x[0], {0})); }, "mixes its rows");
    fixed([](Vars x) { return one(x[0] * Tensor(x[0].shape(), Real(2))); }, "a constant within the program");
}

TEST_CASE("other rows: a shape that is pinned by a parameter is not taken for the rows") {
    const Parameter W("W", Tensor({8, 3}, Real(0.5)));  // as many as the rows of the recording
    const Build loss = [&W](Vars x) {
        const Var w = x[0].tape().use(W);
        const Var total = sum(square(tanh(matmul(x[0], w, false, true)))) + 0.1 * sum(square(w));
        return std::vector<Var>{total, grad(total, W), hvp(total, w, filled(x[0].tape(), w.shape(), 1) + w)};
    };
    CHECK(check(of_rows(loss)).right_with_other_rows == 9);
}

TEST_CASE("other rows: a constant among the inputs is bound with as many rows as there are") {
    const Build noisy = [](Vars x) { return std::vector<Var>{x[0] * exp(x[1]), sum(x[0] * x[1] * x[1])}; };
    CHECK(check({noisy, {{8, 3}, {8, 1}}, 1, 2}).right_with_other_rows == 9);
}

TEST_CASE("other rows: a perceptron that sees the time, and all its gradients") {
    const nn::MLP field({2, 8, 2}, nn::tanh, Rng{0}, {.time = true});
    const Build build = [&field](Vars x) {
        const Var y = field(x[0].tape().constant(0.5), x[0]);
        const Var loss = mean(square(y));
        std::vector<Var> outputs{y, loss, grad(loss, x[0])};
        for (const Var& g : grad(loss, field.parameters())) outputs.push_back(g);
        return outputs;
    };
    CHECK(check({build, {{8, 2}}, 1, 0}).right_with_other_rows == 9);
}

TEST_SUITE_END();
