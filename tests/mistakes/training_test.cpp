// tests/mistakes/training_test.cpp — mistakes with tapes, parameters, models and optimisers
#include <cmath>

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
        mistake([&] { x + y; }, {"a Var of another tape", "one tape for all of it", "tape.constant(other.value())"});
        const Var rate = tape.variable(2.0), loss = sum(square(rate * x));
        mistake([&] { grad(rate, loss); }, {"grad: y does not depend on x", "(y, x)"});
        mistake([&] { grad(sum(x), y); }, {"a Var of another tape", "make x on the tape on which y is computed"});
        mistake([&] { grad(square(x), x); }, {"grad: y is not a single number", "[4,2]", "sum or mean it first"});
        mistake([&] { vjp(square(x), tape.constant(data), x); }, {"vjp", "does not depend on x", "(y, x, y_bar)"});
        mistake([&] { jvp(square(x), tape.constant(data), x); }, {"jvp", "does not depend on x", "(y, x, x_dot)"});
        mistake([&] { vjp(square(x), tape.constant(data), 1.0).value(); },
                {"a zero Var has no numbers", "a vjp or jvp of what does not depend on x", "or_zeros(v, x)"});
        mistake([&] { exp(Var()); }, {"exp: no operand lies on a tape", "a zero Var", "declared and never set"});
        mistake([&] { grad(sum(x), {x, 2.0}); }, {"grad: numbers have no derivative", "the number 2"});
        tape.rewind();
        mistake([&] { x + 1; }, {"this Var is stale", "rewind"});
        mistake([&] { x.value(); }, {"this Var is stale", "record it again"});
        const auto local = [] {
            Tape gone;
            return exp(gone.constant(1));
        };
        mistake([&] { local().item(); },
                {"this Var is stale", "a Tape that has been destroyed", "returns a Var", "f(Tape& tape)"});
    }

    TEST_CASE("mistakes: derivatives of what was made a second time") {
        Tape tape;
        const nn::MLP net({2, 8, 2}, nn::tanh, Rng{0});
        const Var s = tape.variable(Tensor({3, 3}, {1, 2, 0, 3, 4, 0, 5, 6, 0}));
        const Var z = slice(s, -1, 0, 2), f = net(slice(s, -1, 0, 2));
        const auto other = {"divergence: f does not depend on z", "f [3,2], z [3,2]", "a second time",
                            "name it once, Var z = ..., and give this Var to both", "it is 0 there"};
        mistake([&] { divergence(f, z); }, other);
        mistake([&] { divergence(f, z, 1.0); }, other);
        mistake([&] { laplacian(f, z); }, {"laplacian: y does not depend on x", "name it once, Var x = ..."});
        const Var coupled = net(z) - mean(net(z), 0, true);
        const auto mixed = {"divergence: the rows of f depend on one another",
                            "row b of f a function of row b of z alone"};
        mistake([&] { divergence(coupled, z); }, mixed);
        mistake([&] { divergence(coupled, z, Tensor({3, 2}, 1)); }, mixed);
        mistake([&] { divergence(Var(z - z + sum(z, 0)), z); }, mixed);
    }

    TEST_CASE("mistakes: parameters without a tape") {
        Parameter p("p", Tensor::scalar(1)), q("q", Tensor::scalar(2));
        mistake([&] { p* q; }, {"operator*: no operand lies on a tape", "\"p\"", "\"q\"", "z.tape().use(k)"});
        mistake([&] { p + 1; }, {"operator+: ", "z.tape().use(k)"});
        mistake([&] { -p; }, {"operator-: ", "\"p\"", "-(k * z)", "z.tape().use(k)"});
        mistake([&] { exp(p); }, {"exp: ", "\"p\"", "z.tape().use(k)"});
        mistake([&] { softmax(p); }, {"softmax: no operand lies on a tape", "\"p\""});
        mistake([&] { log_softmax(p); }, {"log_softmax: no operand lies on a tape"});
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
        const nn::MLP timed({2, 8, 2}, nn::tanh, Rng{0}, {.time = true});
        mistake([&] { timed(tape.constant(Tensor({3, 2}))); }, {"takes the time as well", "x [3,2]", "net(t, z)"});
        mistake([&] { timed(Tensor({4, 2})); }, {"takes the time as well", "z [B,2]"});
        mistake([] { Twice(); }, {"\"layer.weight\"", "taken", "added once and called twice"});
        mistake([] { optim::Adam adam(Forgetful{}); },
                {"there is nothing to train", "without add(...)", "add(\"layer\", nn::Linear"});
        Parameter g("g", Tensor::scalar(1));
        ode::NeuralODE law([&](Var, Var z) { return g * z; });
        mistake([&] { optim::Adam adam(law); },
                {"there is nothing to train", "of a lambda", "give the optimiser what it captures"});
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
        const Parameter g("g", Tensor::scalar(2));
        optim::SGD one(g, {.lr = 0.1});
        tape.rewind();
        mistake(
            [&] { one.step(square(g * tape.constant(1.0))); },
            {"this is no gradient", "a Var []", "the loss in place of its gradient", "minimise(loss)", "detach(g)"});
        optim::SGD wide_sgd(Parameter("w", Tensor({3})));
        mistake([&] { wide_sgd.step(sum(tape.variable(Tensor({3})))); },
                {"another shape", "the loss in place of its gradient", "minimise(loss)"});
        optim::Adam wide(nn::Linear(3, 2, Rng{0}));
        mistake([&] { wide.step(grad(loss(), model)); }, {"[1,2]", "[2,3]"});
        const Var early = loss();
        right.minimise(early);
        mistake([&] { right.minimise(early); }, {"a parameter was changed after it was recorded", "\"weight\" [1,2]",
                                                 "tape.rewind() and record again"});
        tape.rewind();
        const Tensor hole({4, 2}, {1, NAN, 3, 4, 5, 6, 7, 8});
        mistake(
            [&] {
                right.minimise(nn::mse(model(tape.constant(hole)), Tensor({4, 1})));
            },
            {"a gradient is not finite", "a nan in the data or the targets", "look at the data"});
        mistake([&] { optim::Adam(model, {.lr = -1}); }, {"lr = -1"});
        mistake([&] { nn::Batches(10, 0, Rng{0}); }, {"batch"});
    }
}
