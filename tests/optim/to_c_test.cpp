// tests/optim/to_c_test.cpp — a printed training step against the library's: tape, discrete and Adam
#include "optim/to_c.hpp"

#include <doctest/doctest.h>
#include <cmath>
#include <functional>

#include "autodiff/operators.hpp"
#include "core/linspace.hpp"
#include "nn/mlp.hpp"
#include "ode/solve.hpp"
#include "tests/support/c_program.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/learnt.hpp"

namespace costate::test {

namespace {

// Of the printed step, with this body of main.
std::vector<Real> printed(const Learnt& l, const std::string& body, const char* before = "",
                          const Program* law = nullptr) {
    const std::string file = law ? optim::to_c(l.step(), l.adam, "law", *law) : optim::to_c(l.step(), l.adam, "law");
    return said_by(before + file, l.sample, body);
}

const std::string put_weights = "    put(law_weights(arena), law_inputs);\n";

}  // namespace

TEST_SUITE_BEGIN("optim");

TEST_CASE("to_c: a training step has the library's weights after any number of steps, by every method") {
    if (!has_compiler()) return;
    for (const ode::Method& method : ode::all_methods) {
        if (method.paired() || method.implicit()) continue;
        CAPTURE(method.name);
        Learnt l{loss_by({.method = method, .steps = 6}), seen};
        const std::vector<Real> found = printed(l, train(5) + put_weights);
        l.learn(5);
        CHECK(agree(found, l.weights()));
    }
}

TEST_CASE("to_c: observations within steps, steps of several lengths, times that repeat, rows, backwards in time") {
    if (!has_compiler()) return;
    for (const Steps& steps : kinds_of_steps()) {
        CAPTURE(steps.name);
        Learnt l{steps.loss, steps.sample};
        const std::vector<Real> found = printed(l, train(4) + put_weights);
        l.learn(4);
        CHECK(agree(found, l.weights()));
    }
}

TEST_CASE("to_c: two solves of one law, by two methods") {
    if (!has_compiler()) return;
    Learnt l{[](const nn::MLP& law, Var x) {
                 const Var one = ode::solve(law, x[0], times, {.method = ode::rk4_classic, .steps = 3}).end();
                 const Var two = ode::solve(law, x[1], times, {.method = ode::heun3, .steps = 3}).end();
                 const Var three = ode::solve(law, x[2], times, {.method = ode::heun3, .steps = 3}).end();
                 return mean(square(one - two)) + mean(square(two + three));
             },
             seen};
    const std::vector<Real> found = printed(l, train(4) + put_weights);
    l.learn(4);
    CHECK(agree(found, l.weights()));
}

TEST_CASE("to_c: a device goes on where the library stopped, and after a power cut where it saved") {
    if (!has_compiler()) return;
    Learnt l{loss_by({.method = ode::rk4_classic, .steps = 3}), seen};
    l.adam = optim::Adam(l.law, {.lr = 0.05, .weight_decay = 0.01});
    l.learn(7);
    const std::vector<Real> found =
        printed(l, train(3) + "    law_save(arena, copy);\n" + train(2) +
                       "    memset(arena, 1, sizeof arena);\n"
                       "    if (law_load(arena, sizeof arena, copy) != law_ok) return 4;\n" +
                       train(6) + put_weights);
    l.learn(9);
    CHECK(agree(found, l.weights()));
}

TEST_CASE("to_c: thousands of steps, in which the powers of beta fade away") {
    if (!has_compiler()) return;
    const Loss loss = [](const nn::MLP& law, Var x) {
        return mean(square(law(reshape(x[0], {}), reshape(x, {1, 2}))));
    };
    Learnt l{loss, Tensor({2}, {1, 2})};
    const std::string body = train(9000) + put_weights;
    const std::vector<Real> found = printed(l, body),
                            by_whole_numbers = printed(l, body, "#define COSTATE_WHOLE_NUMBERS\n");
    l.learn(9000);
    CHECK(agree(found, l.weights()));
    CHECK(by_whole_numbers == found);
}

TEST_CASE("to_c: a status for each thing that goes wrong, which then changes nothing") {
    if (!has_compiler()) return;
    const Learnt l{loss_by({.method = ode::rk4_classic, .steps = 3}), seen};
    const std::vector<Real> found =
        printed(l,
                "    real status[8], before[law_inputs];\n"
                "    memset(arena, 0, sizeof arena);\n"
                "    status[0] = law_train(arena, sample) == law_not_begun;\n"
                "    status[1] = law_begin(arena, law_bytes - 1) == law_too_small;\n"
                "    status[2] = law_load(arena, law_bytes - 1, copy) == law_too_small;\n"
                "    if (law_begin(arena, law_bytes) != law_ok || law_train(arena, sample) != law_ok) return 4;\n"
                "    memcpy(before, law_weights(arena), sizeof before);\n"
                "    law_save(arena, copy);\n    copy[law_kept / 2] ^= 1;\n"
                "    status[3] = law_load(arena, law_bytes, copy) == law_broken;\n"
                "    copy[law_kept / 2] ^= 1;\n"
                "    status[4] = law_load(arena, law_bytes, copy) == law_ok;\n"
                "    sample[3] = 0 * (1 / (sample[1] * 0));\n"
                "    status[5] = law_train(arena, sample) == law_not_finite;\n"
                "    sample[3] = 1e30f;\n    sample[4] = 3e38f;\n"
                "    status[6] = law_train(arena, sample) == law_not_finite || sizeof(real) == 8;\n"
                "    status[7] = memcmp(before, law_weights(arena), sizeof before) == 0 || sizeof(real) == 8;\n"
                "    put(status, 8);\n");
    CHECK(found == std::vector<Real>(8, 1));
}

TEST_CASE("to_c: the law beside its step: what is learnt, and its pullback, by the weights that it has by now") {
    if (!has_compiler()) return;
    Learnt l{loss_by({.method = ode::rk4_classic, .steps = 3}), seen};
    const Tensor at({1, 2}, {Real(0.3), -1}), with({1, 2}, {2, Real(0.5)});
    const auto record = [&](Tape& tape) {  // t, z, w; f; wᵀ ∂f/∂z, wᵀ ∂f/∂p, the parameters in their order reversed
        const Var t = tape.variable(Tensor::scalar(Real(0.7))), z = tape.variable(at), w = tape.variable(with),
                  f = l.law(t, z);
        std::vector<Var> all{t, z, w, f}, leaves{z};
        for (std::size_t i = l.law.parameters().size(); i-- > 0;) leaves.push_back(tape.use(l.law.parameters()[i]));
        for (const Var& bar : vjp(Vars(&f, 1), leaves, Vars(&w, 1))) all.push_back(bar);
        return all;
    };
    Tape tape;
    const std::vector<Var> all = record(tape);
    const Vars vars(all);
    const Program law = compile(tape, {.times = vars.subspan(0, 1),
                                       .states = vars.subspan(1, 1),
                                       .cotangents = vars.subspan(2, 1),
                                       .forward = vars.subspan(3, 1),
                                       .reverse = vars.subspan(4, 1),
                                       .summed = vars.subspan(5)});
    const std::string names =
        "    real z[2] = {(real)0.3, -1}, w[2] = {2, (real)0.5}, dz[2], gz[2], g[law_outputs], status[2];\n";
    const std::string ask =
        "    if (law_f(arena, (real)0.7, z, dz) != law_ok || law_vjp(arena, (real)0.7, z, w, gz, g) != law_ok) return "
        "4;\n"
        "    put(dz, 2); put(gz, 2); put(g, law_outputs);\n";
    const std::vector<Real> found =
        printed(l,
                names + train(3) + ask + ask + train(1) + put_weights + "    memset(arena, 0, sizeof arena);\n" +
                    "    status[0] = law_f(arena, 0, z, dz) == law_not_begun;\n"
                    "    status[1] = law_vjp(arena, 0, z, w, gz, g) == law_not_begun;\n    put(status, 2);\n",
                "", &law);
    std::vector<Real> right;
    l.learn(3);
    for (int twice = 0; twice < 2; ++twice) {
        Tape here;
        const std::vector<Var> now = record(here);
        for (const Var& v : Vars(now).subspan(3))
            right.insert(right.end(), v.value().entries().begin(), v.value().entries().end());
    }
    l.learn(1);
    const std::vector<Real> weights = l.weights();
    right.insert(right.end(), weights.begin(), weights.end());
    right.insert(right.end(), 2, 1);
    CHECK(agree(found, right));
}

TEST_CASE("to_c: a law of other parameters, or with constants, is an error that says so") {
    const Learnt l{loss_by({.method = ode::rk4_classic, .steps = 3}), seen}, other{l.loss, seen};
    Tape tape;
    const Var z = tape.variable(Tensor({1, 2})), f = other.law(tape.constant(0), z), k = tape.variable(Tensor({1, 2})),
              g = z * k;
    const auto refusal = [&](const Program& law) {
        return error_of([&] { optim::to_c(l.step(), l.adam, "law", law); });
    };
    CHECK(contains(refusal(compile(tape, {.states = Vars(&z, 1), .forward = Vars(&f, 1)})),
                   "to_c: the law has a parameter that the step does not have"));
    CHECK(contains(refusal(compile(tape, {.constants = Vars(&k, 1), .states = Vars(&z, 1), .forward = Vars(&g, 1)})),
                   "to_c: a law with constants"));
}

TEST_CASE("to_c: no training step, and a solve whose steps are not known, are errors that say so") {
    const Learnt l{loss_by({.method = ode::rk4_classic, .steps = 3}), seen};
    Tape tape;
    const Var x = tape.variable(Tensor({2}, {1, 2})), y = sum(x);
    CHECK(contains(error_of([&] { optim::to_c(compile(tape, Vars(&x, 1), Vars(&y, 1)), l.adam, "law"); }),
                   "to_c: the results are not those of a training step"));
    CHECK(contains(error_of([&] { optim::to_c(compile(tape, {}, Vars(&y, 1), Vars(&x, 1)), l.adam, "law"); }),
                   "to_c: no training step"));
    CHECK(contains(error_of([&] { optim::to_c(l.step(), l.adam, "a law"); }), "to_c: a name that C cannot have"));
    const auto refusal = [&](const ode::SolveOptions& options) {
        const Learnt other{loss_by(options), seen};
        return error_of([&] { optim::to_c(other.step(), other.adam, "law"); });
    };
    CHECK(contains(refusal({}), "to_c: steps that are chosen by their errors"));
    CHECK(contains(refusal({.method = ode::rk4_classic, .gradient = ode::backsolve, .steps = 3}),
                   "to_c: this way to differentiate a solve"));
    CHECK(contains(refusal({.method = ode::trapezoid, .steps = 3}), "to_c: stages that are equations"));
    CHECK(contains(refusal({.method = ode::reversible_heun, .steps = 3}), "to_c: a solve by a pair of states"));
}

TEST_SUITE_END();

}  // namespace costate::test
