// tests/optim/optimizers_test.cpp — what holds for every optimiser (tests/optim/optimizers.hpp)
#include "tests/optim/optimizers.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <limits>

#include "nn/batches.hpp"
#include "nn/losses.hpp"
#include "nn/mlp.hpp"
#include "optim/clip.hpp"
#include "optim/schedule.hpp"
#include "tests/support/allocations.hpp"
#include "tests/support/declared.hpp"
#include "tests/support/error_of.hpp"

using namespace costate;
using namespace costate::test;
using optim::Gradients;

namespace {

// Two parameters, two gradients, |g| = 5, and one optimiser.
struct Trained {
    Parameter a{"a", Tensor({2}, {1, 2})}, b{"b", Tensor({3}, {3, 4, 5})};
    std::unique_ptr<optim::Optimizer> optimizer;
    explicit Trained(const OptimizerCase& of) : optimizer(of.make({a, b})) {}

    void step(const Gradients& gradients, int times = 3) {
        for (int n = 0; n < times; ++n) optimizer->step(gradients);
    }
    TensorFile state() const {
        TensorFile file;
        file.add("a", a.value());
        file.add("b", b.value());
        optimizer->write(file, "optimizer.");
        return file;
    }
    bool operator==(const Trained& other) const { return serialize(state()) == serialize(other.state()); }
};
const Tensor ga({2}, {3, 0}), gb({3}, {0, -4, 0}), half_ga({2}, {1.5, 0}), half_gb({3}, {0, -2, 0}), no_gb(Shape{3});
const View whole[] = {ga, gb}, half[] = {half_ga, half_gb}, without_b[] = {ga, no_gb};
Gradients of(std::span<const View> views) { return views; }

template <class Law>
void for_all_optimizers(Law law) {
    for (const OptimizerCase& optimizer : all_optimizers()) {
        INFO(optimizer.kind, ": ", optimizer.options);
        law(optimizer);
    }
}

// A small training run with everything that has a state: network, optimiser, minibatches, noise.
struct Run {
    nn::MLP net{{2, 5, 1}, nn::tanh, Rng{1}};
    std::unique_ptr<optim::Optimizer> optimizer;
    nn::Batches batches{10, 4, Rng{2}};
    Rng noise{3};
    optim::Cosine schedule{.peak = 0.05, .steps = 40, .warmup = 5};
    Tensor inputs{Shape{10, 2}}, x;
    Tape tape;

    explicit Run(const OptimizerCase& of) : optimizer(of.make(Parameters(net).list())) {
        Rng(4).fill_normal(inputs.entries());
    }

    void train(int steps) {
        for (int n = 0; n < steps; ++n) {
            nn::take_rows(inputs, batches.next(), x);
            for (Real& entry : x.entries()) entry += static_cast<Real>(0.01 * noise.normal());
            tape.rewind();
            const Var y = net(tape.constant(x));
            const Var loss = nn::mse(y, tape.constant(Tensor(y.shape(), 1)));
            optimizer->set_lr(schedule(optimizer->steps()));
            optimizer->step(optim::clip_by_global_norm(grad(loss, net.parameters()), 0.1).gradients);
        }
    }
    TensorFile saved() const {
        TensorFile file;
        net.write(file, "net.");
        optimizer->write(file, "optimizer.");
        batches.write(file, "batches.");
        nn::write(file, "noise.", noise);
        return file;
    }
    void restore(const TensorFile& file) {
        net.read(file, "net.");
        optimizer->read(file, "optimizer.");
        batches.read(file, "batches.");
        noise = nn::read_rng(file, "noise.");
    }
};

}  // namespace

TEST_SUITE_BEGIN("optim");

TEST_CASE("optimisers: every class that optim/ makes one is in the list; who adds a case, counts it here") {
    const std::vector<OptimizerCase> all = all_optimizers();
    CHECK(all.size() == 9);
    check_listed(all, "Optimizer", "optim");
}

TEST_CASE("the classes that a header makes: bases on another line are seen, in a comment or by a part of a name not") {
    const std::string header =
        "class Far final\n    : public Other,\n      public Optimizer {  // steps\n"
        "struct Near : Optimizer {\n// class Gone : Optimizer {\nclass Else : OptimizerOptions {\n"
        "enum class Kind : int { Optimizer };\nclass Optimizer;\n";
    CHECK(classes_in(header, {"Optimizer"}) == std::vector<std::string>{"Far", "Near"});
}

TEST_CASE("optimisers: a run that was stopped and resumed is bit-identical to one that was not") {
    for_all_optimizers([](const OptimizerCase& optimizer) {
        Run through(optimizer), first(optimizer), second(optimizer);
        through.train(25);
        first.train(11);  // in the middle of an epoch
        second.train(3);  // whatever it did before is forgotten
        second.restore(parse(serialize(first.saved())));
        second.train(14);
        CHECK(serialize(second.saved()) == serialize(through.saved()));
        CHECK(serialize(first.saved()) != serialize(through.saved()));
    });
}

TEST_CASE("optimisers: a clipped gradient is taken for the shortened one") {
    for_all_optimizers([](const OptimizerCase& optimizer) {
        Trained shorter(optimizer), by_norm(optimizer), by_value(optimizer), longer(optimizer);
        shorter.step(of(half));
        by_norm.step(optim::clip_by_global_norm(of(whole), 2.5).gradients);
        CHECK(by_norm == shorter);
        const Tensor cut({3}, {0, -1.5, 0});
        const View limited[] = {half_ga, cut};
        by_value.step(optim::clip_by_value(of(whole), 1.5));
        longer.step(of(limited));
        CHECK(by_value == longer);
    });
}

TEST_CASE("optimisers: gradients from a tape and from plain views do the same, and a tape is not tainted") {
    for_all_optimizers([](const OptimizerCase& optimizer) {
        Trained plain(optimizer), on_tape(optimizer);
        Tape tape;
        const Var g[] = {tape.constant(ga), tape.constant(gb)};
        const auto before = tape.tainted().operation;
        plain.step(of(whole));
        on_tape.step(Vars(g));
        CHECK(on_tape == plain);
        CHECK(tape.tainted().operation == before);
    });
}

TEST_CASE("optimisers: a zero Var counts as zeros, whatever is kept goes on") {
    for_all_optimizers([](const OptimizerCase& optimizer) {
        Trained zero(optimizer), zeros(optimizer);
        for (Trained* trained : {&zero, &zeros}) trained->step(of(whole), 1);
        Tape tape;
        const Var g[] = {tape.constant(ga), Var{}};
        zero.step(Vars(g));
        zeros.step(of(without_b));
        CHECK(zero == zeros);
    });
}

TEST_CASE("optimisers: a gradient that is not finite changes nothing") {
    for_all_optimizers([](const OptimizerCase& optimizer) {
        Trained trained(optimizer), as_before(optimizer);
        for (Trained* t : {&trained, &as_before}) t->step(of(whole));
        Tensor bad = gb;
        bad[1] = std::numeric_limits<Real>::quiet_NaN();
        const View views[] = {ga, bad};
        const auto version = trained.a.version();
        CHECK(contains(error_of([&] { trained.step(of(views)); }), "a gradient is not finite"));
        CHECK(trained == as_before);
        CHECK(trained.a.version() == version);
    });
}

TEST_CASE("optimisers: a step raises the parameters' versions, so a stale tape can tell") {
    for_all_optimizers([](const OptimizerCase& optimizer) {
        Trained trained(optimizer);
        Tape tape;
        const Var a = tape.use(trained.a);
        const auto version = trained.a.version();
        trained.step(of(whole), 1);
        CHECK(trained.a.version() == version + 1);
        CHECK(contains(error_of([&] { grad(nn::mse(a, a), a); }), "changed after it was recorded"));
    });
}

TEST_CASE("optimisers: with a learning rate of 0 nothing moves, and with any other each entry by its own gradient") {
    for_all_optimizers([](const OptimizerCase& optimizer) {
        Trained still(optimizer);
        still.optimizer->set_lr(0);
        still.step(of(whole));
        CHECK(still.a.value() == Tensor({2}, {1, 2}));
        const Index n = 37;  // no multiple of a vector's length
        const Parameter many("many", Tensor(Shape{n}, 1)), one("one", 1.0);
        Tensor g(Shape{n});
        for (Index i = 0; i < n; ++i) g[i] = static_cast<Real>(0.1 * static_cast<double>(i - 18));
        const View all[] = {g};
        const auto of_many = optimizer.make({many});
        for (int step = 0; step < 2; ++step) of_many->step(of(all));
        for (Index i = 0; i < n; ++i) {
            one.edit()[0] = 1;
            const View its[] = {View{g.data() + i, Shape{}}};
            const auto of_one = optimizer.make({one});
            for (int step = 0; step < 2; ++step) of_one->step(of(its));
            CHECK(static_cast<double>(many.value()[i]) ==
                  doctest::Approx(static_cast<double>(one.value().item())).epsilon(1e-6));
        }
    });
}

TEST_CASE("optimisers: a file of another kind, or with other states, is refused, and changes nothing") {
    for_all_optimizers([](const OptimizerCase& writer) {
        Trained from(writer);
        from.step(of(whole));
        const auto file = from.state();
        for_all_optimizers([&](const OptimizerCase& reader) {
            Trained to(reader);
            const Trained fresh(reader);
            if (error_of([&] { to.optimizer->read(file, "optimizer."); }) == "") return;
            CHECK(to == fresh);
            CHECK((reader.kind != writer.kind || reader.options != writer.options));
        });
    });
}

TEST_CASE("optimisers: a warm step allocates nothing, zero Vars and clipping included") {
    const nn::MLP net({2, 8, 2}, nn::tanh, Rng{0});
    Tape tape;
    const Var loss = nn::mse(net(tape.constant(Tensor(Shape{4, 2}, 1))), tape.constant(Tensor(Shape{4, 2})));
    const Vars gradients = grad(loss, net.parameters());
    Var some_zero[4];
    for (std::size_t i = 0; i < 3; ++i) some_zero[i] = gradients[i];
    for_all_optimizers([&](const OptimizerCase& optimizer) {
        const auto made = optimizer.make(Parameters(net).list());
        const auto step = [&] {
            made->step(gradients);
            made->step(Vars(some_zero));
            made->step(optim::clip_by_global_norm(gradients, 1e-3).gradients);
            made->step(optim::clip_by_value(gradients, 1e-3));
        };
        step();
        CHECK(allocations_in(step) == 0);
    });
}

TEST_SUITE_END();
