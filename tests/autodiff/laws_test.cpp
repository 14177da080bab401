// tests/autodiff/laws_test.cpp — the laws of derivatives, each for every operator of the one list
#include <doctest/doctest.h>

#include <map>
#include <set>

#include "tests/autodiff/cases.hpp"
#include "tests/autodiff/laws.hpp"

using namespace costate;
using namespace costate::test;

namespace {

// Rounding alone separates the two sides of an exact law; of differences see difference_along.
constexpr double exact = is_double ? 1e-12 : 1e-5;
constexpr double by_differences = is_double ? 1e-8 : 2e-3;
constexpr double second_order = is_double ? 1e-8 : 1e-3;

template <class Law>
void for_every_operator(Law law) {
    std::uint64_t seed = 0;
    for (const Case& c : operator_cases()) {
        CAPTURE(c.name);
        Rng rng(++seed);
        law(c, draw_point(c.shapes, c.from, rng), rng);
    }
}

}  // namespace

TEST_SUITE_BEGIN("autodiff");

TEST_CASE("every operator: vjp is the transpose of jvp") {
    for_every_operator([](const Case& c, const Tensors& point, Rng& rng) {
        Recorded r(c.build, point);
        const Tensors dx = random_like(c.shapes, rng), gy{random_like(r.y.shape(), rng)};
        const std::vector<Var> tangents = r.constants(dx), seed = r.constants(gy);
        const Vars y(&r.y, 1);
        const Tensors jdx = r.numbers(jvp(y, r.x, tangents), y), gx = r.numbers(vjp(y, r.x, seed), r.x);
        CHECK(std::abs(dot(gy, jdx) - dot(gx, dx)) <= exact * norm(gy) * norm(jdx));
    });
}

TEST_CASE("every operator: jvp is the derivative, by differences") {
    for_every_operator([](const Case& c, const Tensors& point, Rng& rng) {
        Recorded r(c.build, point);
        const Tensors dx = random_like(c.shapes, rng);
        const Vars y(&r.y, 1);
        const Tensors jdx = r.numbers(jvp(y, r.x, r.constants(dx)), y);
        const auto value = [&c](const Tensors& x) {
            const Recorded moved(c.build, x);
            return moved.numbers(Vars(&moved.y, 1), Vars(&moved.y, 1));
        };
        CHECK(distance(difference_along(value, point, dx), jdx) <= by_differences * (1 + norm(jdx)));
    });
}

TEST_CASE("every operator: the product with the Hessian is the derivative of the gradient, and symmetric") {
    for_every_operator([](const Case& c, const Tensors& point, Rng& rng) {
        Recorded r(c.build, point);
        const Tensors weights{random_like(r.y.shape(), rng)};
        const Tensors u = random_like(c.shapes, rng), v = random_like(c.shapes, rng);
        const auto gradient = [&weights](Recorded& at) { return vjp(Vars(&at.y, 1), at.x, at.constants(weights)); };
        const auto hessian_times = [&](const Tensors& d) {
            const Vars g = gradient(r);
            const std::vector<Var> tangents = r.constants(d);
            std::vector<Var> result;
            for (const Var& gx : g) result.push_back(gx.is_zero() ? gx : jvp(Vars(&gx, 1), r.x, tangents)[0]);
            return r.numbers(result, r.x);
        };
        const Tensors Hv = hessian_times(v), Hu = hessian_times(u);
        CHECK(std::abs(dot(u, Hv) - dot(v, Hu)) <= 10 * exact * (norm(u) * norm(Hv) + norm(v) * norm(Hu)));
        const auto gradient_at = [&](const Tensors& x) {
            Recorded moved(c.build, x);
            return moved.numbers(gradient(moved), moved.x);
        };
        CHECK(distance(difference_along(gradient_at, point, v), Hv) <= second_order * (1 + norm(Hv)));
    });
}

TEST_CASE("every operator: vjp is the transpose of jvp on the tape of its derivative, too") {
    for_every_operator([](const Case& c, const Tensors& point, Rng& rng) {
        Recorded r(c.build, point);
        std::vector<Var> inputs = r.x;  // z(x, ẋ) = J(x) ẋ
        for (const Tensor& d : random_like(c.shapes, rng)) inputs.push_back(r.tape.variable(d));
        const Var z = jvp(Vars(&r.y, 1), r.x, Vars(inputs).subspan(r.x.size()))[0];
        if (z.is_zero()) return;
        std::vector<Shape> shapes = c.shapes;
        shapes.insert(shapes.end(), c.shapes.begin(), c.shapes.end());
        const Tensors d = random_like(shapes, rng), gz{random_like(z.shape(), rng)};
        const Tensors jd = r.numbers(jvp(Vars(&z, 1), inputs, r.constants(d)), Vars(&z, 1));
        const Tensors g = r.numbers(vjp(Vars(&z, 1), inputs, r.constants(gz)), inputs);
        CHECK(std::abs(dot(gz, jd) - dot(g, d)) <= exact * norm(gz) * norm(jd));
    });
}

TEST_CASE("every operator: a replay of value, gradient and Hessian product has the recorded bits") {
    for_every_operator([](const Case& c, const Tensors& point, Rng& rng) {
        CHECK(replay_differs(c.build, point, draw_point(c.shapes, c.from, rng), 0) == -1);
    });
}

TEST_CASE("every operator: a replay in tiles of rows has the recorded bits") {
    for (const Index batch : {70, 33, 3, 1}) {  // three ranges; a range of one row; as many rows as columns; one row
        CAPTURE(batch);
        for_every_operator([batch](const Case& c, const Tensors&, Rng& rng) {
            if (c.rows == 0 || (c.mixes_rows && batch == 1)) return;
            const std::vector<Shape> shapes = shapes_of(c, batch);
            const Tensors point = draw_point(shapes, c.from, rng), other = draw_point(shapes, c.from, rng);
            bool tileable = false;
            CHECK(replay_differs(c.build, point, other, c.rows, &tileable) == -1);
            CHECK(tileable == !c.mixes_rows);
        });
    }
}

TEST_CASE("every operator that is registered has a case of its own name") {
    const std::map<std::string, std::string> part_of{
        // an operator that a function is made of, or its derivative, and the function
        {"conv2d_back_w", "conv2d"},
        {"conv2d_back_x", "conv2d"},
        {"count", "mean"},
        {"counted", "masked mean"},
        {"fill", "a gradient of"},
        {"first_is_max", "max"},
        {"first_is_min", "min"},
        {"interp_transpose", "interp"},
        {"logistic_slope", "sigmoid"},
        {"mask", "where"},
        {"normal_share", "gelu"},
        {"one_hot", "cross entropy"},
        {"one_minus_square", "tanh"},
        {"quotient_or_zero", "hypot"},
        {"reciprocal_or_zero", "safe_sqrt"},
        {"sign", "abs"},
        {"step", "relu"},
    };
    std::set<std::uint32_t> with_a_case;
    for_every_operator([&](const Case& c, const Tensors& point, Rng&) {
        Recorded r(c.build, point);
        outputs_of(r, 1);
        for (const Tape::Operation& operation : r.tape.operations()) {
            const std::string name = operator_of(operation.op).name;
            const auto part = part_of.find(name);
            if (c.name.rfind(part == part_of.end() ? name : part->second, 0) == 0) with_a_case.insert(operation.op);
        }
    });
    int namesakes = 0;  // of add: one, which fuse_test.cpp defines
    for (std::uint32_t op = 0; op < registered_operators(); ++op) {
        REQUIRE(is_registered(op));
        const std::string name = operator_of(op).name;
        CAPTURE(name);
        // Not these: what compiling adds (fuse_test.cpp), which has no rules; the nodes of a solve and what counts in one
        // (tests/ode), and those that tests define.
        const bool elsewhere = !operator_of(op).vjp || name == "counted" || name == "exact_orders" ||
                               name.rfind("solve", 0) == 0 || name.rfind("test", 0) == 0;
        const bool has_a_case = with_a_case.count(op) == 1, namesake = name == "add" && !has_a_case;
        namesakes += namesake;
        CHECK((elsewhere || namesake || has_a_case));
    }
    CHECK(namesakes <= 1);
}

TEST_CASE("attributes say by their bytes alone what they are: else compiling compares all operations on one value") {
    for (std::uint32_t op = 0; op < registered_operators(); ++op) {
        const std::string name = operator_of(op).name;
        if (name.rfind("test", 0) == 0 || name == "counted") continue;
        if (name.rfind("solve", 0) == 0 || name == "exact_orders") continue;  // whose attributes say where, too
        CAPTURE(name);
        CHECK((operator_of(op).equal == detail::nothing_differs || operator_of(op).distinct > 0));
    }
}

TEST_CASE("no case is missing: who adds one, counts it here") { CHECK(operator_cases().size() == 537); }

TEST_SUITE_END();
