// tests/mistakes/training_test.cpp — mistakes with tapes, parameters, models and optimisers
#include "tests/mistakes/mistake.hpp"

using namespace costate;
using namespace costate::test;

namespace {
struct Forgetful : nn::Module {  // a layer that was never added
    nn::Linear layer{2, 2, Rng{0}};
    Var operator()(Var x, Where at = {}) const { return layer(x, at); }
};
struct Twice : nn::Module {
    Twice() {
        add("layer", nn::Linear(2, 2, Rng{0}));
        add("layer", nn::Linear(2, 2, Rng{1}));
    }
};
const Tensor data({4, 2}, {1, 2, 3, 4, 5, 6, 7, 8});
}  // namespace

TEST_SUITE("mistakes") {
    TEST_CASE("mistakes: tapes") {
        Tape tape, other;
        Var x = tape.variable(data), y = other.variable(data);
        mistake([&] { x + y; }, {"a Var of another tape", "tape.constant(other.value())"});
        mistake([&] { grad(sum(x), y); }, {"a Var of another tape", "xs and ys on one tape"});
        mistake([&] { grad(square(x), x); }, {"grad: y is not a single number", "[4,2]", "sum or mean it first"});
        mistake([&] { vjp(square(x), tape.constant(data), x); }, {"vjp", "does not depend on x", "(y, x, y_bar)"});
        mistake([&] { jvp(square(x), tape.constant(data), x); }, {"jvp", "does not depend on x", "(y, x, x_dot)"});
        tape.rewind();
        mistake([&] { x + 1; }, {"this Var is stale", "rewind"});
        mistake([&] { x.value(); }, {"this Var is stale", "record it again"});
    }

    TEST_CASE("mistakes: parameters without a tape") {
        Parameter p("p", Tensor::scalar(1)), q("q", Tensor::scalar(2));
        mistake([&] { p* q; }, {"\"p\"", "\"q\"", "tape.use"});
        mistake([&] { exp(p); }, {"\"p\"", "tape.use"});
        mistake([&] { data* data; }, {"no operand lies on a tape", "tape.constant"});
    }

    TEST_CASE("mistakes: models") {
        Tape tape;
        nn::MLP model({2, 8, 1}, nn::tanh, Rng{0});
        mistake([&] { model(tape.constant(data.reshaped({2, 4}))); }, {"x [2,4]", "x [B,2]", "transpose(x)"});
        mistake([&] { model(tape.constant(Tensor({2}))); }, {"x [2]", "x [B,2]", "reshape(x, {1, 2})"});
        mistake(
            [&] {
                model(Tensor({4, 3}));
            },
            {"x [4,3] for parameter \"layer0.weight\" [8,2]", "x [B,2]", "the first number of a layer"});
        mistake([] { Twice(); }, {"\"layer.weight\"", "taken", "added once and called twice"});
        mistake([] { optim::Adam adam(Forgetful{}); },
                {"there is nothing to train", "without add(...)", "add(\"layer\", nn::Linear"});
        mistake([] { nn::activation("tahn"); }, {"there is none of that name", "\"tahn\"", "one of tanh"});
        mistake([] { nn::MLP({2, 8, 1}, "tahn", Rng{0}); }, {"there is none of that name", "\"tahn\"", "one of tanh"});
        mistake([] { nn::Sequential{nn::Linear(2, 2, Rng{0}), "tahn"}; }, {"\"tahn\"", "one of tanh"});
        mistake([&] { nn::MLP({2}, nn::tanh, Rng{0}); }, {"MLP: too few widths", "{2, 64, 2}"});
    }

    TEST_CASE("mistakes: training") {
        Tape tape;
        nn::Linear model(2, 1, Rng{0}), another(2, 1, Rng{1});
        nn::Linear trained = clone(model);
        optim::Adam adam(trained, {.lr = 1e-2});
        const auto loss = [&] { return mean(square(model(tape.constant(data)))); };
        mistake([&] { adam.minimise(loss()); },
                {"the loss depends on no parameter of this optimiser", "with a clone of the model"});
        optim::Adam right(model, {.lr = 1e-2});
        mistake([&] { right.step(loss()); },
                {"not one gradient for each parameter", "1 gradients", "the loss in place of", "minimise(loss)"});
        mistake([&] { right.step(grad(loss(), another)); },
                {"the loss depends on no parameter of this optimiser", "another model"});
        optim::Adam wide(nn::Linear(3, 2, Rng{0}));
        mistake([&] { wide.step(grad(loss(), model)); }, {"[1,2]", "[2,3]"});
        const Var early = loss();
        right.minimise(early);
        mistake([&] { right.minimise(early); }, {"a parameter was changed after it was recorded", "\"weight\" [1,2]",
                                                 "tape.rewind() and record again"});
        mistake([&] { optim::Adam(model, {.lr = -1}); }, {"lr = -1"});
        mistake([&] { nn::Batches(10, 0, Rng{0}); }, {"batch"});
    }
}
