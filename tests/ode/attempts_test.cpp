// tests/ode/attempts_test.cpp — where steps are chosen, each part of a batch tries a step on a thread of its own
#include "autodiff/program/workspace.hpp"
#include "tests/ode/in_parts.hpp"
#include "tests/support/allocations.hpp"
#include "tests/support/error_of.hpp"

using namespace costate;
using namespace costate::test;

namespace {

const Tensor start = waves({128, 2}, 1);

// What a program says of the batch that starts there, and how often others were asked for it.
struct Said {
    Tensors numbers;
    long by_others;
};
Said say(const Program& program, std::span<const Var> outputs, std::atomic<long>& by_others, int threads) {
    const WithThreads with(threads);
    Workspace workspace;
    Said said;
    for (const Var& v : outputs) said.numbers.emplace_back(v.shape());
    const std::vector<View> in{start};
    std::vector<MutableView> out;
    for (Tensor& t : said.numbers) out.push_back(t.view());
    by_others = 0;
    run(program, workspace, in, out);
    said.by_others = by_others;
    const long before = allocations_of_all_threads();
    run(program, workspace, in, out);
    CHECK(allocations_of_all_threads() == before);
    return said;
}

}  // namespace

TEST_SUITE_BEGIN("ode");

TEST_CASE("attempts: each part tries its steps on a thread of its own, forwards and back, and nothing is allocated") {
    const nn::MLP net = network(nn::tanh, 16);  // of 128 rows a stage is too short to be handed over, a step is not
    for (const ode::Method& method : {ode::dopri5, ode::dop853}) {  // that has two estimates of the error
        CAPTURE(std::string(method.name));
        std::atomic<long> by_others = 0;
        const Witness witness{&by_others, std::this_thread::get_id()};
        const auto field = [&](Var, Var z) { return net(record(witness, z)); };
        Tape tape;
        const Var z0 = tape.variable(start);
        const auto solution = ode::solve(
            tape, field, z0, {0, 0.4, 1},
            {.method = method, .rtol = 1e-6, .gradient = ode::backsolve, .backward_norm = ode::BackwardNorm::full});
        const std::vector<Var> inputs{z0}, loss{sum(square(solution.z))},
            gradients{loss[0], grad(loss[0], z0), grad(loss[0], net.parameters()[0])};
        const Program forwards = compile(tape, {}, loss, inputs), all = compile(tape, {}, gradients, inputs);
        const ode::Statistics& s = solution.statistics();
        const Said alone = say(all, gradients, by_others, 1);
        CHECK(alone.by_others == 0);
        for (const int count : {2, 3}) {
            const Said ahead = say(forwards, loss, by_others, count), both = say(all, gradients, by_others, count);
            constexpr long starts = 4;  // evaluations by which a first step is found, of three stretches: of all rows
            CHECK(ahead.by_others >= s.evaluations - starts);
            CHECK(both.by_others - ahead.by_others >= s.backward_evaluations - 2 * starts);
            for (std::size_t i = 0; i < gradients.size(); ++i) CHECK(same_bits(both.numbers[i], alone.numbers[i]));
        }
    }
}

TEST_CASE("attempts: methods and options of all kinds have the bits of one thread") {
    const nn::MLP net = network(nn::tanh);
    const auto check = [&](ode::SolveOptions options) {
        for (const ode::Route& route : {ode::Route(ode::backsolve), ode::Route(ode::discrete)}) {
            options.gradient = route;
            check_threads(net, net.parameters(), options, {2, 3});
        }
    };
    check({.method = ode::fehlberg45, .rtol = 1e-4});  // whose last stage is not the next step's first
    check({.rtol = 1e-4, .norm = ode::max_norm});
    check({.rtol = 1e-4, .atol = {1e-4, 1e-5}});
    check({.rtol = 1e-4, .atol = 0, .forward_norm = ode::ForwardNorm::state_and_tangents});
    check({.rtol = 1e-4, .first_step = 1e-3, .jump_t = {0.3}});
    check({.rtol = 1e-4, .step_t = {0.3}});
    check({.method = ode::rk4_classic, .steps = 6, .on_step = {[](const ode::StepReport&) {
                                                   }}});  // known, and yet one by one
}

TEST_CASE("attempts: whether steps are stiff is looked at in the order of the rows") {
    const nn::MLP net = network(nn::tanh, 8);
    const auto field = [&](Var, Var z) { return net(z) - 4500 * z; };
    const ode::SolveOptions options{.rtol = 1e-3, .atol = 1e-3};
    check_threads(field, net.parameters(), options, {2});
    CHECK(solved(field, net.parameters(), options).back().item() > 0);  // where it was found so
}

TEST_CASE("attempts: a wide field, whose stages do not fit side by side, has the bits of one thread") {
    const nn::MLP net = network(nn::tanh, 300);
    check_threads(net, net.parameters(), {.rtol = 1e-2, .atol = 1e-2, .gradient = ode::backsolve}, {2});
}

TEST_CASE("attempts: a number that is not finite is blamed on its operation, and the next solve is right") {
    Tape tape;
    tape.set_finite_check(true);
    Tensor far = waves({rows_in_parts, 2}, 0.1);
    const Tensor near = far;
    far(rows_in_parts - 1, 1) = 40;  // in the last part: e^(e^...) within the first steps
    const nn::MLP net = network(nn::tanh);
    const auto field = [&](Var, Var z) { return net(z) + exp(z) * 0.05; };
    const auto solve = [&](const Tensor& from) {
        return Tensor(ode::solve(tape, field, from, {0, 1}, {.first_step = 0.1}).end().value());
    };
    const Tensor right = solve(near);
    const WithThreads with(2);
    CHECK(contains(error_of([&] { solve(far); }), "exp: the first operation with a result that is not finite"));
    CHECK(same_bits(solve(near), right));
}

TEST_SUITE_END();
