// tests/autodiff/equal_operands_test.cpp — one Var in several places of an operation has a derivative in each
#include <doctest/doctest.h>

#include "tests/autodiff/cases.hpp"
#include "tests/autodiff/laws.hpp"

using namespace costate;
using namespace costate::test;

namespace {

// Value, gradient, tangent and Hessian products of ⟨w, y⟩, where y has the same Var for all operands, or copies of it.
Tensors derivatives(const Case& c, const Tensor& at, bool copies, const Tensor& w, const Tensor& v) {
    Tape tape;
    const Var x = tape.variable(at), direction = tape.constant(v);
    std::vector<Var> operands;
    for (std::size_t i = 0; i < c.shapes.size(); ++i) operands.push_back(copies ? affine(x, 1, 0) : x);
    const Var y = c.build(operands), loss = sum(y * tape.constant(w)), g = grad(loss, x);
    Tensors list;
    for (const Var& d : {loss, g, or_zeros(jvp(loss, x, direction), loss), grad(sum(g * direction), x),
                         or_zeros(jvp(g, x, direction), x)})
        list.emplace_back(tape.view(d));
    return list;
}

}  // namespace

TEST_SUITE_BEGIN("autodiff");

TEST_CASE("one Var for all operands is differentiated as copies of it are, to second order") {
    Rng rng(11);
    int cases = 0;
    for (const Case& c : operator_cases()) {
        const bool alike =
            std::all_of(c.shapes.begin(), c.shapes.end(), [&](const Shape& s) { return s == c.shapes[0]; });
        if (c.shapes.size() < 2 || !alike) continue;
        CAPTURE(c.name);
        const Tensor at = draw_point({c.shapes[0]}, c.from, rng)[0];
        Tape shapes;
        const std::vector<Var> operands(c.shapes.size(), shapes.variable(at));
        const Tensor w = random_like(c.build(operands).shape(), rng), v = random_like(at.shape(), rng);
        const Tensors same = derivatives(c, at, false, w, v), apart = derivatives(c, at, true, w, v);
        CHECK(distance(same, apart) <= (is_double ? 1e-13 : 1e-5) * (1 + norm(apart)));
        ++cases;
    }
    CHECK(cases >= 8);
}

TEST_SUITE_END();
