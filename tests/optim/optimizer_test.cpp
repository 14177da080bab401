// tests/optim/optimizer_test.cpp — what a step checks, and what a resumed run continues
#include "optim/optimizer.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "autodiff/operators.hpp"
#include "nn/batches.hpp"
#include "nn/losses.hpp"
#include "nn/mlp.hpp"
#include "optim/adam.hpp"
#include "optim/clip.hpp"
#include "optim/rmsprop.hpp"
#include "optim/schedule.hpp"
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

// A small training run with everything that has a state: network, optimiser, minibatches, noise.
template <class Optimiser>
struct Run {
    nn::MLP net{{2, 5, 1}, nn::tanh, Rng{1}};
    Optimiser optimizer;
    nn::Batches batches{10, 4, Rng{2}};
    Rng noise{3};
    optim::Cosine schedule{.peak = 0.05, .steps = 40, .warmup = 5};
    Tensor inputs{Shape{10, 2}}, x;
    Tape tape;

    template <class Options>
    explicit Run(Options options) : optimizer(net.parameters(), options) {
        Rng(4).fill_normal(inputs.entries());
    }

    void train(int steps) {
        for (int n = 0; n < steps; ++n) {
            nn::take_rows(inputs, batches.next(), x);
            for (Real& entry : x.entries()) entry += static_cast<Real>(0.01 * noise.normal());
            tape.rewind();
            const Var y = net(tape.constant(x));
            const Var loss = nn::mse(y, tape.constant(Tensor(y.shape(), 1)));
            optimizer.set_lr(schedule(optimizer.steps()));
            optimizer.step(optim::clip_by_global_norm(grad(loss, net.parameters()), 0.1).gradients);
        }
    }
    TensorFile saved() const {
        TensorFile file;
        net.write(file, "net.");
        optimizer.write(file, "optimizer.");
        batches.write(file, "batches.");
        nn::write(file, "noise.", noise);
        return file;
    }
    void restore(const TensorFile& file) {
        net.read(file, "net.");
        optimizer.read(file, "optimizer.");
        batches.read(file, "batches.");
        noise = nn::read_rng(file, "noise.");
    }
};

template <class Optimiser, class Options>
void check_resuming(Options options) {
    Run<Optimiser> whole(options), first(options), second(options);
    whole.train(25);
    first.train(11);  // in the middle of an epoch
    second.train(3);  // whatever it did before is forgotten
    second.restore(parse(serialize(first.saved())));
    second.train(14);
    CHECK(serialize(second.saved()) == serialize(whole.saved()));
    CHECK(serialize(first.saved()) != serialize(whole.saved()));
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

TEST_CASE("a run that was stopped and resumed is bit-identical to one that was not") {
    check_resuming<optim::SGD>(optim::SGDOptions{.weight_decay = 0.01});
    check_resuming<optim::SGD>(optim::SGDOptions{.momentum = 0.9, .nesterov = true});
    check_resuming<optim::Adam>(optim::AdamOptions{});
    check_resuming<optim::AdamW>(optim::AdamWOptions{});
    check_resuming<optim::RMSprop>(optim::RMSpropOptions{});
    check_resuming<optim::RMSprop>(optim::RMSpropOptions{.momentum = 0.9, .centered = true});
}

TEST_CASE("step: gradients from a tape and from plain views do the same") {
    Two one, two;
    optim::Adam on_tape(one.list), plain(two.list);
    Tape tape;
    const Var g[2] = {tape.constant(one.ga), tape.constant(one.gb)};
    on_tape.step(Vars(g));
    plain.step(std::span<const View>(two.views()));
    CHECK(one.list[0].value() == two.list[0].value());
    CHECK(one.list[1].value() == two.list[1].value());
}

TEST_CASE("step: reading gradients does not taint the tape") {
    Two p;
    optim::SGD sgd(p.list);
    Tape tape;
    const Var g[2] = {tape.constant(p.ga), tape.constant(p.gb)};
    const auto before = tape.tainted().node;
    sgd.step(optim::clip_by_global_norm(Vars(g), 0.1).gradients);
    CHECK(tape.tainted().node == before);
}

TEST_CASE("step: the parameters' versions rise, so a stale tape can tell") {
    Two p;
    optim::SGD sgd(p.list);
    Tape tape;
    const Var a = tape.use(p.list[0]);
    const auto version = p.list[0].version();
    sgd.step(std::span<const View>(p.views()));
    CHECK(p.list[0].version() == version + 1);
    CHECK(contains(error_of([&] { grad(nn::mse(a, a), a); }), "changed after it was recorded"));
}

TEST_CASE("step: a zero Var counts as zeros: momentum and decay go on") {
    Two with_zero, with_zeros;
    optim::SGD a(with_zero.list, {.momentum = 0.5, .weight_decay = 0.5}),
        b(with_zeros.list, {.momentum = 0.5, .weight_decay = 0.5});
    Tape tape;
    const Var ga = tape.constant(with_zero.ga);
    const Var zero[2] = {ga, Var{}}, zeros[2] = {ga, tape.constant(Tensor(Shape{3}))};
    for (int n = 0; n < 3; ++n) {
        a.step(Vars(zero));
        b.step(Vars(zeros));
    }
    CHECK(with_zero.list[1].value() == with_zeros.list[1].value());
    CHECK(with_zero.list[1].value()[0] < 3);
}

TEST_CASE("step: another number of gradients, or another shape, is an error") {
    Two p;
    optim::SGD sgd(p.list);
    CHECK(contains(error_of_step(sgd, {p.ga}), "not one gradient for each parameter"));
    const std::string error = error_of_step(sgd, {p.gb, p.ga});
    CHECK(contains(error, "[3] for parameter 0, \"a\" [2]"));
    CHECK(contains(error, "optimizer_test.cpp"));
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
