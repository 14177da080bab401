// tests/optim/optimizer_test.cpp — what a step checks, and what a resumed run continues
#include "optim/optimizer.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "autodiff/operators.hpp"
#include "optim/adam.hpp"
#include "optim/clip.hpp"
#include "optim/sgd.hpp"
#include "tests/support/error_of.hpp"

using namespace costate;
using test::contains;
using test::error_of;

namespace {

struct Two {
    std::vector<Parameter> list{Parameter("a", Tensor({2}, {1, 2})), Parameter("b", Tensor({3}, {3, 4, 5}))};
    Tensor ga{Shape{2}, 1}, gb{Shape{3}, 1};
    std::vector<View> views() const { return {ga, gb}; }
};

std::string error_of_step(optim::Optimizer& optimizer, const std::vector<View>& views) {
    return error_of([&] { optimizer.step(std::span<const View>(views)); });
}

}  // namespace

TEST_SUITE_BEGIN("optim");

TEST_CASE("optimiser: gradients in a vector of one's own are as good as a list of grad's") {
    const Parameter p("p", 1.0), q("q", Tensor({2}, {1, 2}));
    CHECK(p.shape() == Shape{});
    CHECK(p.value().item() == 1);
    optim::SGD sgd({p, q}, {.lr = 0.5});
    Tape tape;
    const Var loss = tape.use(p) * sum(tape.use(q));
    std::vector<Var> gradients{2.0 * grad(loss, p), Var{}};
    sgd.step(gradients);  // 1 − 0.5 · 2 · 3
    CHECK(p.value().item() == -2);
    CHECK(q.value() == Tensor({2}, {1, 2}));
}

TEST_CASE("step: reading gradients does not taint the tape") {
    Two p;
    optim::SGD sgd(p.list);
    Tape tape;
    const Var g[2] = {tape.constant(p.ga), tape.constant(p.gb)};
    const auto before = tape.tainted().operation;
    sgd.step(optim::clip_by_global_norm(Vars(g), 0.1).gradients);
    CHECK(tape.tainted().operation == before);
}

TEST_CASE("step: another number of gradients, or another shape, is an error") {
    Two p;
    optim::SGD sgd(p.list);
    CHECK(contains(error_of_step(sgd, {p.ga}), "not one gradient for each parameter"));
    const std::string error = error_of_step(sgd, {p.gb, p.ga});
    CHECK(contains(error, "[3] for parameter 0, \"a\" [2]"));
    CHECK(contains(error, "optimizer_test.cpp"));
}

TEST_CASE("step: of a single number, a Var older than every derivative of the pass is taken for the loss") {
    const Parameter p("p", Tensor::scalar(2));
    optim::SGD sgd(p, {.lr = 0.25});
    Tape tape;
    const std::string refused = "step: this is no gradient";
    const auto loss = [&] { return square(tape.use(p)); };
    CHECK(contains(error_of([&] { sgd.step(loss()); }), refused));
    const Var first = loss();
    grad(first, p);  // as one calls backward() elsewhere
    CHECK(contains(error_of([&] { sgd.step(first); }), refused));
    CHECK(p.value().item() == 2);
    sgd.step(grad(first, p));
    CHECK(p.value().item() == 1);
}

TEST_CASE("step: what a derivative gave, or was made of one, is a gradient, and so is what depends on nothing") {
    const Parameter p("p", Tensor::scalar(2));
    optim::SGD sgd(p, {.lr = 0.5});
    const auto steps_to = [&](double goal, auto gradient) {
        Tape tape;
        p.edit().assign(Tensor::scalar(2).view());
        sgd.step(gradient(tape, tape.use(p)));
        CHECK(double(p.value().item()) == doctest::Approx(goal).epsilon(1e-6));
    };
    steps_to(2 - 0.5 * std::exp(2.0), [&](Tape&, Var x) { return grad(exp(x), p); });  // the same number as the loss
    steps_to(0, [&](Tape&, Var x) { return grad(x * x, x); });
    steps_to(1, [&](Tape&, Var x) { return 0.5 * grad(x * x, x); });
    steps_to(1.5, [&](Tape& tape, Var x) { return grad(x * tape.constant(1), x); });  // a constant
    steps_to(0, [&](Tape&, Var x) {
        const Var residual = 2.0 * x;  // older than the derivative that answers with it
        return vjp(x + 3.0, x, residual);
    });
    steps_to(0, [&](Tape&, Var x) { return jvp(x * x, x, 1); });
    steps_to(1.5, [&](Tape& tape, Var) { return tape.constant(1); });
    steps_to(0, [&](Tape&, Var x) { return detach(2.0 * x); });  // by a formula of one's own
    steps_to(0, [&](Tape& tape, Var x) {
        const Var unrelated = grad(square(tape.variable(1.0)), x);
        return 2.0 * x + unrelated;
    });
}

TEST_CASE("step: a gradient that is not finite names parameter and entry, and nothing has changed") {
    for (const Real bad : {std::numeric_limits<Real>::quiet_NaN(), std::numeric_limits<Real>::infinity(),
                           -std::numeric_limits<Real>::infinity()}) {
        Two p;
        optim::Adam adam(p.list);
        p.gb[1] = bad;
        const std::string error = error_of_step(adam, p.views());
        CHECK(contains(error, "a gradient is not finite"));
        CHECK(contains(error, "in entry 1 of the gradient of parameter 1, \"b\" [3]"));
        CHECK(contains(error, "a smaller learning rate"));
        CHECK(p.list[0].value() == Tensor({2}, {1, 2}));
        CHECK(p.list[0].version() == 0);
        CHECK(adam.steps() == 0);
    }
}

TEST_CASE("step: the largest finite gradients are finite") {
    Two p;
    optim::SGD sgd(p.list, {.lr = 0});
    p.ga[0] = std::numeric_limits<Real>::max();
    p.ga[1] = std::numeric_limits<Real>::lowest();
    CHECK(error_of_step(sgd, p.views()).empty());
}

TEST_CASE("step: gradients without numbers, and stale ones, are errors") {
    Two p;
    optim::SGD sgd(p.list);
    CHECK(contains(error_of_step(sgd, {View{nullptr, {2}}, p.gb}), "a gradient has no numbers"));
    Tape tape;
    const Var g[2] = {tape.constant(p.ga), tape.constant(p.gb)};
    tape.rewind();
    CHECK(contains(error_of([&] { sgd.step(Vars(g)); }), "stale"));
}

TEST_CASE("optimiser: a parameter that is listed twice is an error") {
    Two p;
    p.list.push_back(p.list[0]);
    CHECK(contains(error_of([&] { optim::SGD sgd(p.list); }), "listed twice"));
}

TEST_CASE("optimiser: the learning rate may change, within its range") {
    Two p;
    optim::SGD sgd(p.list, {.lr = 1});
    sgd.set_lr(0.5);
    CHECK(sgd.lr() == 0.5);
    CHECK(contains(error_of([&] { sgd.set_lr(-0.5); }), "lr = -0.5"));
    CHECK(sgd.lr() == 0.5);
}

TEST_CASE("optimiser: a file of another optimiser or model is an error that changes nothing") {
    Two p, q;
    q.list.pop_back();
    Two r;
    r.list[1] = Parameter("b", Tensor(Shape{4}));
    optim::SGD sgd(p.list);
    optim::Adam adam(p.list, {.lr = 0.25}), fewer(q.list), other(r.list);
    TensorFile of_sgd, of_adam;
    sgd.write(of_sgd, "");
    adam.write(of_adam, "");
    CHECK(contains(error_of([&] { adam.read(of_sgd, ""); }),
                   "got       SGD with 0 state(s) under \"\"\n  expected  Adam"));
    CHECK(contains(error_of([&] { sgd.read(of_adam, ""); }),
                   "got       Adam with 2 state(s) under \"\"\n  expected  SGD"));
    CHECK(contains(error_of([&] { sgd.read(of_sgd, "x."); }), "got       no optimiser under \"x.\""));
    CHECK(sgd.lr() == 1e-2);
    CHECK(contains(error_of([&] { fewer.read(of_adam, ""); }), "another list of parameters"));
    const std::string shape = error_of([&] { other.read(of_adam, ""); });
    CHECK(contains(shape, "\"m.1\" [3]"));
    CHECK(contains(shape, "[4]"));
    CHECK(other.lr() == 1e-3);
}

TEST_CASE("optimiser: a file of SGD with momentum is not one of SGD without, nor the other way round") {
    Two p;
    optim::SGD with(p.list, {.momentum = 0.5}), without(p.list);
    TensorFile of_with, of_without;
    with.write(of_with, "sgd.");
    without.write(of_without, "sgd.");
    CHECK(contains(error_of([&] { without.read(of_with, "sgd."); }), "belongs to another one"));
    CHECK(contains(error_of([&] { with.read(of_without, "sgd."); }), "belongs to another one"));
    CHECK(error_of([&] { with.read(of_with, "sgd."); }).empty());
    CHECK(error_of([&] { without.read(of_without, "sgd."); }).empty());
}

TEST_CASE("optimiser: a file with numbers that no run can have is an error that changes nothing") {
    Two p;
    optim::Adam adam(p.list);
    adam.step(std::span<const View>(p.views()));
    TensorFile good;
    adam.write(good, "");
    const auto error_with = [&](const std::string& name, auto value) {
        TensorFile bad;
        for (TensorFile::Item item : good.items()) {
            if (item.name == name) item.value = value;
            if (const auto* t = std::get_if<Tensor>(&item.value)) bad.add(item.name, *t);
            if (const auto* n = std::get_if<std::uint64_t>(&item.value)) bad.add_integer(item.name, *n);
            if (const auto* x = std::get_if<double>(&item.value)) bad.add_number(item.name, *x);
        }
        optim::Adam fresh(p.list, {.lr = 0.5});
        const std::string error = error_of([&] { fresh.read(bad, ""); });
        CHECK((error.empty() || (fresh.steps() == 0 && fresh.lr() == 0.5)));
        return error;
    };
    constexpr Real infinity = std::numeric_limits<Real>::infinity(), nan = std::numeric_limits<Real>::quiet_NaN();
    CHECK(error_with("", 0.0).empty());
    for (const Real bad : {infinity, -infinity, nan}) {
        CHECK(contains(error_with("m.0", Tensor({2}, {0, double(bad)})), "\"m.0\""));
        CHECK(contains(error_with("v.1", Tensor({3}, {double(bad), 0, 0})), "\"v.1\""));
        CHECK(contains(error_with("lr", double(bad)), "lr"));
        CHECK(contains(error_with("beta1_power", double(bad)), "beta1_power"));
    }
    CHECK(contains(error_with("v.0", Tensor({2}, {1, -1})), "negative"));
    CHECK(contains(error_with("beta1_power", 1.0), "beta1_power"));
    CHECK(contains(error_with("beta2_power", -0.5), "beta2_power"));
    CHECK(contains(error_with("lr", -1.0), "lr"));
}

TEST_SUITE_END();
