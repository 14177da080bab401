// tests/optim/training_test.cpp — what an optimiser is given, and how a step is asked for
#include <doctest/doctest.h>

#include "autodiff/operators.hpp"
#include "nn/losses.hpp"
#include "nn/mlp.hpp"
#include "optim/adam.hpp"
#include "optim/clip.hpp"
#include "optim/sgd.hpp"
#include "tests/support/error_of.hpp"

using namespace costate;
using test::contains;
using test::error_of;

namespace {

struct Room {
    Parameter p{"p", Tensor::scalar(4)}, q{"q", Tensor({2}, {1, 2})};
    nn::MLP model{{2, 4, 1}, nn::tanh, Rng{0}};
    Tensor x{{3, 2}, {1, 0, 0, 1, 1, 1}}, target{{3, 1}, {1, 2, 3}};
    Tape tape;

    Var loss_of(const nn::MLP& net) {
        tape.rewind();
        return nn::mse(net(tape.constant(x)), target);
    }
};

}  // namespace

TEST_SUITE_BEGIN("optim");

TEST_CASE_FIXTURE(Room, "optimisers are made from a model, a list, a vector, or one parameter") {
    CHECK(optim::Adam(model, {.lr = 0.1}).parameters().size() == 4);
    CHECK(optim::Adam({p, q}, {.lr = 0.1}).parameters().size() == 2);
    CHECK(optim::Adam({p, q}).parameters()[1] == q);
    CHECK(optim::Adam({q}).parameters()[0] == q);
    CHECK(optim::SGD{p, {.lr = 1}}.lr() == 1);
    CHECK(optim::AdamW({p, q}, {.lr = 0.1}).parameters().size() == 2);
    CHECK(optim::SGD(p).parameters()[0] == p);
    CHECK(optim::SGD({p, q}, {.momentum = 0.5}).parameters().size() == 2);
    CHECK(optim::SGD(std::vector{p, q}).parameters().size() == 2);
    CHECK(optim::Adam(model.parameters()).parameters().size() == 4);
    const std::string error = error_of([] { const optim::Adam adam{nn::Module{}}; });
    CHECK(contains(error, "optimiser: there is nothing to train"));
    CHECK(contains(error, "training_test.cpp:" + std::to_string(__LINE__ - 2)));
}

TEST_CASE_FIXTURE(Room, "step: the gradient of one parameter alone, clipped or not") {
    optim::SGD sgd(p, {.lr = 0.5});
    sgd.step(grad(square(tape.use(p)), p));
    CHECK(p.value().item() == 0);  // 4 − 0.5 · 8
    p.edit()[0] = 4;
    tape.rewind();
    const auto clipped = optim::clip_by_global_norm(grad(square(tape.use(p)), p), 2);
    CHECK(clipped.norm == 8);
    sgd.step(clipped.gradients);
    CHECK(p.value().item() == 3);
    tape.rewind();
    CHECK(contains(error_of([&] { optim::SGD({p, q}).step(grad(sum(tape.use(q)), q)); }), "not one gradient for each"));
}

TEST_CASE_FIXTURE(Room, "minimise: the step that its parameters' gradient gives") {
    const nn::MLP twin = clone(model);
    optim::Adam a(model, {.lr = 0.01}), b(twin, {.lr = 0.01});
    for (int n = 0; n < 3; ++n) {
        a.minimise(loss_of(model));
        const Var loss = loss_of(twin);
        b.step(grad(loss, twin));
    }
    for (std::size_t i = 0; i < 4; ++i) CHECK(model.parameters()[i].value() == twin.parameters()[i].value());
    CHECK(a.steps() == 3);
    CHECK(contains(error_of([&] { a.minimise(tape.constant(x)); }), "grad: y is not a single number"));
}

TEST_CASE_FIXTURE(Room, "step: a loss that depends on none of the parameters is an error, and nothing has changed") {
    const nn::MLP trained = clone(model);
    optim::Adam adam(trained);
    const auto refused = [&](auto step, int line) {
        const std::string error = error_of(step);
        CAPTURE(error);
        CHECK(contains(error,
                       "step: the loss depends on no parameter of this optimiser\n  got       no gradient for any "
                       "of 4 parameters, of which the first is \"layer0.weight\" [4,2]"));
        CHECK(contains(error, "likely    the loss was computed with a clone of the model"));
        CHECK(contains(error, "training_test.cpp:" + std::to_string(line)));
    };
    const Var loss = loss_of(model);
    refused([&] { adam.minimise(loss); }, __LINE__);
    refused([&] { adam.step(grad(loss, trained)); }, __LINE__);
    const std::vector<Var> absent(4);
    refused([&] { adam.step(Vars(absent)); }, __LINE__);
    refused([&] { adam.minimise(tape.constant(1)); }, __LINE__);
    CHECK(adam.steps() == 0);
    for (std::size_t i = 0; i < 4; ++i) CHECK(model.parameters()[i].value() == trained.parameters()[i].value());
    adam.minimise(loss_of(trained));  // one that depends on some of them is none
    CHECK(adam.steps() == 1);
    tape.rewind();
    optim::SGD both({p, q}, {.lr = 1});
    both.minimise(sum(tape.use(q)));
    CHECK(p.value().item() == 4);
    CHECK(q.value() == Tensor({2}, {0, 1}));
}

TEST_CASE_FIXTURE(Room, "step: a gradient that happens to be zero is a gradient") {
    p.edit()[0] = 0;
    optim::SGD sgd(p);
    sgd.minimise(square(tape.use(p)));
    tape.rewind();
    sgd.minimise(0 * tape.use(p));
    CHECK(sgd.steps() == 2);
}

TEST_SUITE_END();
