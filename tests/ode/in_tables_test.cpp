// tests/ode/in_tables_test.cpp — a training step as tables, with its solve and the solve's gradient, replays the library's
#include "ode/solve/in_tables.hpp"

#include <doctest/doctest.h>

#include "autodiff/program/to_tables.hpp"
#include "autodiff/program/workspace.hpp"
#include "autodiff/replay/replay.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/learnt.hpp"

namespace costate::test {

namespace {

// The loss, and its gradient by every parameter: by a workspace, and by tables.
std::vector<Real> by_workspace(const Program& step, const Tensor& sample) {
    std::vector<Real> all;
    std::vector<Tensor> results;
    for (const std::uint32_t v : step.at(Port::summed)) results.emplace_back(step.values[v].shape);
    std::vector<MutableView> out;
    for (Tensor& t : results) out.push_back(t.view());
    const View in = sample.view();
    Workspace w;
    run(step, w, std::span(&in, 1), out);
    for (const Tensor& t : results) all.insert(all.end(), t.entries().begin(), t.entries().end());
    return all;
}

std::vector<Real> by_tables(const Program& step, const Tensor& sample) {
    const HeldTables held(step, {.solves = ode::in_tables});
    std::vector<Real> p(sample.entries().begin(), sample.entries().end()), all;
    for (const Parameter& w : step.parameters) {
        const Tensor value = w.value();
        p.insert(p.end(), value.entries().begin(), value.entries().end());
    }
    std::vector<Real> memory(static_cast<std::size_t>(held.tables().numbers), Real(7));
    Replay replay(held.tables(), memory);
    for (int time = 0; time < 2; ++time) replay.run(p.data());  // and again, in what it left
    for (std::size_t i = 0; i < held.tables().summed.size(); ++i) {
        const View sum = replay.summed(i);
        for (Index k = 0; k < sum.size(); ++k) all.push_back(sum.data ? sum.data[k] : Real(0));
    }
    return all;
}

bool replays(const Loss& loss, const Tensor& sample) {
    Learnt l{loss, sample};
    const Program step = l.step();
    return agree(by_tables(step, sample), by_workspace(step, sample));
}

}  // namespace

TEST_SUITE_BEGIN("ode");

TEST_CASE("in_tables: a training step replays the library's loss and gradient, by every method") {
    for (const ode::Method& method : ode::all_methods) {
        if (method.paired() || method.implicit()) continue;
        CAPTURE(method.name);
        CHECK(replays(loss_by({.method = method, .steps = 6}), seen));
    }
}

TEST_CASE(
    "in_tables: observations within steps, steps of several lengths, times that repeat, rows, backwards in time") {
    for (const Steps& steps : kinds_of_steps()) {
        CAPTURE(steps.name);
        CHECK(replays(steps.loss, steps.sample));
    }
}

TEST_CASE("in_tables: two solves of one law, captures that are computed, stored or from a constant, and no gradient") {
    CHECK(replays(
        [](const nn::MLP& law, Var x) {
            const Var drift = sum(x) * Real(0.1), fixed = x.tape().constant(Tensor({1, 2}, {0.5, -0.25}));
            const auto pushed = [&](Var t, Var z) { return law(t, z) + drift * fixed; };
            const ode::SolveOptions by_heun{.method = ode::heun3, .steps = 3};
            const Var one = ode::solve(law, x[0], times, {.method = ode::rk4_classic, .steps = 3}).end();
            const Var two = ode::solve(pushed, x[1], times, by_heun).end();
            const Var three = ode::solve(law, x[2], times, by_heun).end();
            return mean(square(one - two)) + mean(square(two + detach(three)));
        },
        seen));
}

TEST_CASE(
    "in_tables: two gradients of one solve, by other operands, and a solve that is followed but not differentiated") {
    const nn::MLP law({2, 5, 2}, nn::tanh, Rng{3}, {.time = true});
    Tape tape;
    const Var x = tape.variable(seen), start = reshape(slice(x, 0, 0, 1), {1, 2});
    const Var z = ode::solve(law, start, times, {.steps = 6}).z, loss = mean(square(z - x));
    std::vector<Var> results{loss, sum(ode::solve(law, start, times, {.steps = 3}).end())};
    for (const Var& g : grad(loss, law.parameters())) results.push_back(g);
    results.push_back(grad(sum(z * z * z), start));
    results.push_back(grad(sum(z), law.parameters()[1]));
    const Program step = compile(tape, Vars(&x, 1), results);
    CHECK(agree(by_tables(step, seen), by_workspace(step, seen)));
}

TEST_CASE("in_tables: what tables cannot have is an error that names it") {
    const auto refused = [](const Loss& loss) {
        Learnt l{loss, seen};
        const Program step = l.step();
        return error_of([&] { HeldTables(step, {.solves = ode::in_tables}); });
    };
    CHECK(contains(refused(loss_by({.method = ode::dopri5})), "to_tables: steps that are chosen by their errors"));
    CHECK(contains(refused(loss_by({.method = ode::implicit_midpoint, .steps = 4})),
                   "to_tables: stages that are equations"));
    CHECK(contains(refused(loss_by({.gradient = ode::backsolve, .steps = 4})),
                   "to_tables: this way to differentiate a solve"));
    {
        const nn::MLP law({2, 5, 2}, nn::tanh, Rng{3}, {.time = true});
        Tape tape;
        const Var z = tape.variable(Tensor({1, 2}, {2, 0})), f = ode::solve(law, z, {0, 1}, {.steps = 3}).end();
        const Program nested = compile(tape, {.states = Vars(&z, 1), .forward = Vars(&f, 1)});
        CHECK(contains(error_of([&] { HeldTables(nested, {.stages = 3, .solves = ode::in_tables}); }),
                       "to_tables: a solve at each of several stages"));
    }
    CHECK(contains(refused(loss_by({.steps = 70'000})), "to_tables: too many steps for tables"));
    CHECK(contains(refused([](const nn::MLP& law, Var x) {
                       return mean(square(ode::solve(law, x[0], {0, sum(x)}, {.steps = 3}).end()));
                   }),
                   "to_tables: times that are an input"));
}

TEST_CASE("in_tables: the printed text names the solve's loops, and defines what they read once") {
    Learnt l{loss_by({.method = ode::rk4_classic, .steps = 6}), seen};
    const std::string text = to_tables(l.step(), "step", {.weights = true, .solves = ode::in_tables});
    CHECK(contains(text, "#include \"ode/replay/solve.hpp\""));
    CHECK(contains(text, "{costate::ode::replay_solve, &step_solve0}"));
    CHECK(contains(text, "{costate::ode::replay_gradient, &step_solve0}"));
    CHECK(text.find("costate::Tables step_solve0_field{") == text.rfind("costate::Tables step_solve0_field{"));
}

TEST_SUITE_END();

}  // namespace costate::test
