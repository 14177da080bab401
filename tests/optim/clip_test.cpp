// tests/optim/clip_test.cpp — the length is limited, the direction kept
#include "optim/clip.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <utility>

#include "optim/sgd.hpp"
#include "tests/support/error_of.hpp"

using namespace costate;
using doctest::Approx;
using optim::Gradients;
using test::contains;
using test::error_of;

namespace {

struct Problem {
    std::vector<Parameter> list{Parameter("a", Tensor(Shape{2})), Parameter("b", Tensor(Shape{1}))};
    Tensor ga{{2}, {3, 0}}, gb{{1}, {-4}};  // |g| = 5
    std::vector<View> views() const { return {ga, gb}; }
};

}  // namespace

TEST_SUITE_BEGIN("optim");

TEST_CASE("clip: the norm is that of all gradients together") {
    const Problem p;
    const auto views = p.views();
    CHECK(optim::global_norm(std::span<const View>(views)) == 5);
    Tape tape;
    const Var vars[3] = {tape.constant(p.ga), Var{}, tape.constant(p.gb)};
    CHECK(optim::global_norm(Vars(vars)) == 5);
}

TEST_CASE("clip: a longer gradient is shortened to max_norm, in its direction") {
    const Problem p;
    const auto views = p.views();
    const auto clipped = optim::clip_by_global_norm(std::span<const View>(views), 2.5);
    CHECK(clipped.norm == 5);
    CHECK(optim::global_norm(clipped.gradients) == 2.5);
    optim::SGD sgd(p.list, {.lr = 1});
    sgd.step(clipped.gradients);
    CHECK(p.list[0].value() == Tensor({2}, {-1.5, 0}));
    CHECK(p.list[1].value() == Tensor({1}, {2}));
    CHECK(p.ga == Tensor({2}, {3, 0}));  // untouched
}

TEST_CASE("clip: a shorter gradient is left as it is, bit for bit") {
    const Problem p;
    const auto views = p.views();
    CHECK(optim::clip_by_global_norm(std::span<const View>(views), 5).gradients.scale == 1);
    CHECK(optim::clip_by_global_norm(std::span<const View>(views), 1e9).gradients.scale == 1);
}

TEST_CASE("clip: no gradient at all has norm 0") {
    const Var none[1] = {Var{}};
    CHECK(optim::clip_by_global_norm(Vars(none), 1).norm == 0);
}

TEST_CASE("clip: an exploding gradient whose squares overflow is clipped") {
    Problem p;
    const double huge = sizeof(Real) == 8 ? 1e200 : 1e30;
    p.ga[0] = static_cast<Real>(3 * huge);
    p.gb[0] = static_cast<Real>(-4 * huge);
    const auto views = p.views();
    const auto clipped = optim::clip_by_global_norm(std::span<const View>(views), 1);
    CHECK(clipped.norm == Approx(5 * huge).epsilon(1e-6));
    CHECK(optim::global_norm(clipped.gradients) == Approx(1).epsilon(1e-6));
}

TEST_CASE("clip by value: each entry on its own, a zero Var and what lies within untouched") {
    const Problem p;
    Tape tape;
    const Var vars[2] = {tape.constant(Tensor({2}, {3, -0.5})), Var{}};
    optim::SGD sgd(p.list, {.lr = 1});
    sgd.step(optim::clip_by_value(Vars(vars), 2));
    CHECK(p.list[0].value() == Tensor({2}, {-2, 0.5}));
    CHECK(p.list[1].value() == Tensor({1}, {0}));
    sgd.step(optim::clip_by_value(Vars(vars), 100));
    CHECK(p.list[0].value() == Tensor({2}, {-5, 1}));
}

TEST_CASE("clip by value and by norm: one after the other, in either order") {
    const auto moved = [](const Gradients& gradients) {
        const Problem p;
        optim::SGD sgd(p.list, {.lr = 1});
        sgd.step(gradients);
        return std::pair(-static_cast<double>(p.list[0].value()[0]), -static_cast<double>(p.list[1].value()[0]));
    };
    const Problem p;  // (3, 0), (−4)
    const auto views = p.views();
    const Gradients all{std::span<const View>(views)};
    const auto value_first = optim::clip_by_global_norm(optim::clip_by_value(all, 3), 3);
    CHECK(value_first.norm == Approx(std::sqrt(18)));
    CHECK(moved(value_first.gradients).first == Approx(3 / std::sqrt(2)).epsilon(1e-6));
    CHECK(moved(value_first.gradients).second == Approx(-3 / std::sqrt(2)).epsilon(1e-6));
    const auto norm_first = optim::clip_by_value(optim::clip_by_global_norm(all, 2.5).gradients, 1.75);
    CHECK(moved(norm_first) == std::pair(1.5, -1.75));
    CHECK(optim::global_norm(norm_first) == Approx(std::hypot(1.5, 1.75)));
    CHECK(moved(optim::clip_by_value(norm_first, 10)) == std::pair(1.5, -1.75));  // a wider limit changes nothing
}

TEST_CASE("clip by value: limits that are none, and gradients that are not finite, are errors") {
    Problem p;
    p.gb[0] = std::numeric_limits<Real>::quiet_NaN();
    const auto views = p.views();
    const auto limited = optim::clip_by_value(std::span<const View>(views), 1);
    optim::SGD sgd(p.list);
    CHECK(contains(error_of([&] { sgd.step(limited); }), "step: a gradient is not finite"));
    CHECK(std::isnan(optim::global_norm(limited)));
    for (const double bad : {0.0, -1.0, std::nan("")})
        CHECK(contains(error_of([&] { optim::clip_by_value(std::span<const View>(views), bad); }), "limit = "));
}

TEST_CASE("clip: a gradient that is not finite is not hidden: the step reports it") {
    Problem p;
    p.gb[0] = std::numeric_limits<Real>::infinity();
    const auto views = p.views();
    const auto clipped = optim::clip_by_global_norm(std::span<const View>(views), 1);
    CHECK(std::isinf(clipped.norm));
    optim::SGD sgd(p.list);
    CHECK(contains(error_of([&] { sgd.step(clipped.gradients); }), "\"b\" [1]"));
}

TEST_CASE("clip: max_norm must be above 0") {
    const Problem p;
    const auto views = p.views();
    for (const double bad : {0.0, -1.0, std::nan("")})
        CHECK(
            contains(error_of([&] { optim::clip_by_global_norm(std::span<const View>(views), bad); }), "max_norm = "));
}

TEST_SUITE_END();
