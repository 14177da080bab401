// tests/examples/descend_test.cpp — training by Adam and L-BFGS finds minima that are known
#include "examples/support/descend.hpp"

#include <doctest/doctest.h>
#include <vector>

#include "autodiff/operators.hpp"
#include "tests/support/error_of.hpp"

using namespace costate;
using namespace costate::support;
using doctest::Approx;

TEST_SUITE_BEGIN("examples");

TEST_CASE("descend: Rosenbrock's valley to its end at (1, 1), from (-1.2, 1)") {
    const Parameter x("x", Tensor::scalar(-1.2)), y("y", Tensor::scalar(1)), unused("unused", Tensor({2}, {3, 4}));
    const auto rosenbrock = [&](Tape& tape) {
        const Var a = tape.use(x), b = tape.use(y);
        return 100 * square(b - square(a)) + square(1 - a);
    };
    const double end =
        descend({x, y, unused}, rosenbrock, {.adam = 50, .rate = 0.01, .clip = 10, .lbfgs = 100, .progress = nullptr});
    CHECK(end < (sizeof(Real) == 8 ? 1e-15 : 1e-7));
    CHECK(static_cast<double>(x.value().item()) == Approx(1).epsilon(1e-3));
    CHECK(static_cast<double>(y.value().item()) == Approx(1).epsilon(1e-3));
    CHECK(unused.value() == Tensor({2}, {3, 4}));  // no influence: a gradient of zeros
}

TEST_CASE("descend: recorded anew or replayed, a loss that stays the same leads to the same numbers") {
    std::vector<double> ends;
    for (const bool anew : {false, true}) {
        const Parameter x("x", Tensor::scalar(-1.2)), y("y", Tensor::scalar(1));
        const auto rosenbrock = [&](Tape& tape) {
            const Var a = tape.use(x), b = tape.use(y);
            return 100 * square(b - square(a)) + square(1 - a);
        };
        const Descent how{.adam = 30, .rate = 0.01, .decay = 0.1, .clip = 10, .lbfgs = 12, .progress = nullptr};
        ends.push_back(anew ? descend(
                                  {x, y}, [&](Tape& tape, std::uint64_t) { return rosenbrock(tape); }, how)
                            : descend({x, y}, rosenbrock, how));
        ends.push_back(static_cast<double>(x.value().item()));
        ends.push_back(static_cast<double>(y.value().item()));
    }
    for (std::size_t i = 0; i < 3; ++i) CHECK(ends[i] == ends[i + 3]);
}

TEST_CASE("descend: L-BFGS has the loss that Adam would have had next, and each loss is told") {
    const Parameter x("x", Tensor::scalar(0));
    std::vector<std::uint64_t> updates;
    const auto goal = [&](Tape& tape, std::uint64_t update) {  // at 1, 2, ..., 20, and then at 21
        if (updates.empty() || updates.back() != update) updates.push_back(update);
        return square(tape.use(x) - (1. + static_cast<double>(update)));
    };
    std::vector<int> steps;
    std::vector<double> losses;
    const double end = descend(
        x, goal, {.adam = 20, .rate = 0.1, .lbfgs = 5, .progress = nullptr, .after = [&](int step, double loss) {
                      steps.push_back(step), losses.push_back(loss);
                  }});
    REQUIRE(updates.size() == 21);
    for (std::uint64_t n = 0; n <= 20; ++n) CHECK(updates[n] == n);
    CHECK(static_cast<double>(x.value().item()) == Approx(21));
    CHECK(end == Approx(0));
    REQUIRE(steps.size() > 20);
    for (std::size_t i = 0; i < steps.size(); ++i) CHECK(steps[i] == static_cast<int>(i) + 1);
    CHECK(losses[0] == 1);  // of update 0 at x = 0
    CHECK(losses.back() == Approx(0));
}

TEST_CASE("descend: what has no influence decays while Adam goes, by 1 - rate decay an update") {
    const Parameter x("x", Tensor::scalar(1)), unused("unused", Tensor::scalar(2));
    const optim::Cosine rate{.peak = 0.05, .steps = 10};
    double expected = 2;
    for (std::uint64_t n = 0; n < 10; ++n) expected *= 1 - 0.3 * rate(n);
    descend({x, unused}, [&](Tape& tape) { return square(tape.use(x)); },
            {.adam = 10, .rate = 0.05, .decay = 0.3, .lbfgs = 3, .progress = nullptr});
    CHECK(static_cast<double>(unused.value().item()) == Approx(expected));
    CHECK(static_cast<double>(x.value().item()) == Approx(0));
}

TEST_CASE("descend: a replayed loss follows the parameters") {
    const Parameter x("x", Tensor({2}, {1, 2}));
    ReplayedLoss loss(x, [&](Tape& tape) { return sum(square(tape.use(x))); });
    CHECK(loss().loss == 5);
    {
        auto edit = x.edit();
        edit[0] = 3;
    }
    const auto again = loss();
    CHECK(again.loss == 13);
    CHECK(Tensor(again.gradients.view(0)) == Tensor({2}, {6, 4}));
}

TEST_CASE("descend: a loss that differentiates with respect to points of its own") {
    const Parameter a("a", Tensor::scalar(0));  // u = a x³ has u″ = 6 a x: 12 x is met by a = 2
    const auto equation = [&](Tape& tape) {
        const Var x = tape.variable(Tensor({3, 1}, {1, 2, 3})), u = a * x * x * x;
        return sum(square(laplacian(u, x) - 12 * x));
    };
    descend(a, equation, {.adam = 10, .lbfgs = 10, .progress = nullptr});
    CHECK(static_cast<double>(a.value().item()) == Approx(2).epsilon(1e-5));
}

TEST_SUITE_END();
