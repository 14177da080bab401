// tests/optim/train_test.cpp — the training loop does what a loop by hand does, ends when it should, and notices divergence
#include "optim/train.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "autodiff/operators.hpp"
#include "nn/losses.hpp"
#include "nn/mlp.hpp"
#include "optim/adam.hpp"
#include "optim/clip.hpp"
#include "optim/schedule.hpp"
#include "optim/sgd.hpp"
#include "tests/support/allocations.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/listening.hpp"

using namespace costate;
using test::contains;
using test::error_of;

namespace {

struct Room {
    nn::MLP net{{2, 6, 1}, nn::tanh, Rng{0}};
    Tensor x{{3, 2}, {1, 0, 0, 1, 1, 1}}, target{{3, 1}, {1, 2, 3}};
    Var loss(Tape& tape) const { return nn::mse(net(tape.constant(x)), target); }
};

bool same_numbers(const nn::Module& a, const nn::Module& b) {
    for (std::size_t i = 0; i < a.parameters().size(); ++i)
        if (!(a.parameters()[i].value() == b.parameters()[i].value())) return false;
    return true;
}

// L(p) = p² − 10 p below 3, not a number from there on.
Var breaks_at_three(const Parameter& p, Tape& tape) {
    Var v = tape.use(p);
    return square(v) - 10 * v + 0 * log(3 - v);
}

}  // namespace

TEST_SUITE_BEGIN("optim");

TEST_CASE_FIXTURE(Room, "train: the bits of a loop by hand, with schedule and clipping") {
    const nn::MLP twin = clone(net);
    const optim::Cosine rate{.peak = 0.05, .steps = 30, .warmup = 3};
    optim::Adam by_hand(twin), adam(net);
    Tape tape;
    double last = 0;
    for (int n = 0; n < 30; ++n, tape.rewind()) {
        const Var loss = nn::mse(twin(tape.constant(x)), target);
        const Vars g = grad(loss, twin);
        last = double(loss.item());
        by_hand.set_lr(rate(by_hand.steps()));
        by_hand.step(optim::clip_by_global_norm(g, 0.5).gradients);
    }
    std::vector<optim::Progress> shown;
    const auto end = optim::train(
        adam, [&](Tape& t) { return loss(t); },
        {.updates = 30, .rate = rate, .clip = 0.5, .progress = [&](const auto& p) { shown.push_back(p); }});
    CHECK(same_numbers(net, twin));
    CHECK(end.end == optim::TrainingEnd::updates);
    CHECK(end.updates == 30);
    CHECK(end.loss == last);
    REQUIRE(shown.size() == 30);
    CHECK(shown[4].updates == 5);
    CHECK(shown[4].of == 30);
    CHECK(shown[4].rate == rate(4));
    CHECK(shown[29].loss == last);
    CHECK(shown[0].gradient > 0.5);  // before clipping
}

TEST_CASE_FIXTURE(Room, "train: a loss may ask which update it is") {
    optim::Adam adam(net);
    std::vector<std::uint64_t> seen;
    optim::train(adam,
                 [&](Tape& tape, std::uint64_t n) {
                     seen.push_back(n);
                     return loss(tape);
                 },
                 {.updates = 3});
    CHECK(seen == std::vector<std::uint64_t>{0, 1, 2});
}

TEST_CASE("train: early stopping, and the best parameters are put back") {
    const Parameter p("p", Tensor::scalar(4));
    optim::SGD sgd(p, {.lr = 1});  // p² / 2 + p: p falls by p + 1 to −1, and stays
    const auto loss = [&](Tape& tape) { return square(tape.use(p)) / 2 + tape.use(p); };
    std::vector<double> values{5, 3, 4, 3, 2.5, 7, 8, 9, 1};
    std::size_t next = 0;
    std::vector<double> at;
    const auto end = optim::train(sgd, loss,
                                  {.updates = 100,
                                   .rate = [](std::uint64_t) { return 0.125; },
                                   .validate =
                                       [&] {
                                           at.push_back(double(p.value().item()));
                                           return values[next++];
                                       },
                                   .validate_every = 2,
                                   .patience = 3});
    CHECK(end.end == optim::TrainingEnd::patience);
    CHECK(end.updates == 16);  // 8 values, of which the last three are no better than the fifth
    CHECK(end.best == 2.5);
    CHECK(double(p.value().item()) == at[4]);
}

TEST_CASE("train: without validation the loss is watched, of the parameters before the update") {
    const Parameter p("p", Tensor::scalar(1));
    optim::SGD sgd(p, {.lr = 3});  // p² / 2: p is times −2 each time, and the first is the best
    const auto end = optim::train(sgd, [&](Tape& tape) { return square(tape.use(p)) / 2; }, {.patience = 4});
    CHECK(end.end == optim::TrainingEnd::patience);
    CHECK(end.updates == 5);
    CHECK(end.best == 0.5);
    CHECK(p.value().item() == 1);
}

TEST_CASE_FIXTURE(Room, "train: stops when it is asked to") {
    optim::Adam adam(net);
    int left = 4;
    const auto end = optim::train(adam, [&](Tape& tape) { return loss(tape); }, {.stop = [&] { return --left == 0; }});
    CHECK(end.end == optim::TrainingEnd::stop);
    CHECK(end.updates == 4);
}

TEST_CASE("train: a loss that is not finite ends the run with the parameters of the last finite one, and says so") {
    const test::Listening to;
    const Parameter p("p", Tensor::scalar(0));
    optim::SGD sgd(p, {.lr = 0.125});  // 0, 1.25, 2.1875, 2.890625, 3.4...
    const auto end = optim::train(sgd, [&](Tape& tape) { return breaks_at_three(p, tape); }, {.updates = 100});
    CHECK(end.end == optim::TrainingEnd::diverged);
    CHECK(end.updates == 4);
    CHECK(p.value().item() == Real(2.890625));
    CHECK(end.loss == double(Real(2.890625 * 2.890625 - 28.90625)));
    CHECK(contains(to.warnings().back(),
                   "train: the loss is not finite, and the run ends\n  got       nan at update 4, with a rate "
                   "of 0.125\n  expected  finite numbers; the parameters are those of the last finite loss"));
    CHECK(contains(to.warnings().back(), "try       a smaller learning rate"));
    CHECK(contains(to.warnings().back(), "train_test.cpp:" + std::to_string(__LINE__ - 9)));
}

TEST_CASE("train: a gradient that is not finite ends the run, too") {
    const test::Listening to;
    const Parameter p("p", Tensor::scalar(0.25));
    optim::SGD sgd(p, {.lr = 0.25});  // √p has the slope 1 there: the next p is 0, and the slope infinite
    const auto end = optim::train(sgd, [&](Tape& tape) { return sqrt(tape.use(p)); }, {.updates = 100});
    CHECK(end.end == optim::TrainingEnd::diverged);
    CHECK(end.updates == 1);
    CHECK(end.loss == 0);
    CHECK(p.value().item() == 0);
    CHECK(contains(to.warnings().back(), "train: the gradient is not finite"));
}

TEST_CASE("train: an Error of the loss passes through, and the parameters are those of the last finite loss") {
    const Parameter p("p", Tensor::scalar(0));
    optim::SGD sgd(p, {.lr = 0.125});
    const auto loss = [&](Tape& tape) {
        if (p.value().item() > 3) fail({.what = "a solve that blew up"});
        return breaks_at_three(p, tape);
    };
    const std::string error = error_of([&] { optim::train(sgd, loss, {.updates = 100}); });
    CHECK(contains(error, "a solve that blew up"));
    CHECK(contains(error, "while     training at "));
    CHECK(contains(error, "train_test.cpp:" + std::to_string(__LINE__ - 3)));
    CHECK(p.value().item() == Real(2.890625));
}

TEST_CASE_FIXTURE(Room, "train: what is no loss is an error at the line of the call") {
    optim::Adam adam(net);
    const auto refused = [&](auto wrong, const char* words) {
        const std::string error = error_of([&] { optim::train(adam, wrong); });
        CAPTURE(error);
        CHECK(contains(error, "train: the loss is not one number on the tape that it was given"));
        CHECK(contains(error, words));
        CHECK(contains(error, "train_test.cpp:" + std::to_string(__LINE__ - 4)));
    };
    Tape other;
    refused([](Tape&) { return Var{}; }, "a zero Var");
    refused([&](Tape&) { return loss(other); }, "a Var of another tape");
    refused([&](Tape& tape) { return net(tape.constant(x)); }, "[3,1]");
    CHECK(adam.steps() == 0);
}

TEST_CASE_FIXTURE(Room,
                  "train: a path that cannot be written, and every 0 updates, are errors before the first update") {
    optim::Adam adam(net);
    const auto refused = [&](const optim::TrainOptions& options, const char* words) {
        const std::string error = error_of([&] {
            optim::train(
                adam, [&](Tape& t) { return loss(t); }, options);
        });
        CAPTURE(error);
        CHECK(contains(error, words));
        CHECK(contains(error, "train_test.cpp:" + std::to_string(__LINE__ - 5)));
    };
    refused({.checkpoint = "no/such/folder/run"}, "the file could not be written");
    refused({.validate_every = 0}, "train: every how many updates?");
    refused({.checkpoint_every = 0}, "train: every how many updates?");
    CHECK(adam.steps() == 0);
}

TEST_CASE_FIXTURE(Room, "train: an update allocates nothing once it is warm") {
    optim::Adam adam(net);
    const auto allocations = [&](std::uint64_t updates) {
        double sum = 0;
        return test::allocations_in([&] {
            optim::train(adam, [&](Tape& tape) { return loss(tape); },
                         {.updates = updates,
                          .rate = optim::Cosine{.steps = 1000},
                          .clip = 1,
                          .validate = [&] { return sum; },
                          .progress = [&](const optim::Progress& p) { sum += p.loss; }});
        });
    };
    allocations(3);
    CHECK(allocations(50) == allocations(5));
}

TEST_SUITE_END();
