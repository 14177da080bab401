// tests/ode/parts_test.cpp — a batch's solve and its gradients, worked on in parts: the same bits for every number of threads
#include <doctest/doctest.h>

#include "autodiff/program/workspace.hpp"
#include "tests/ode/in_parts.hpp"
#include "tests/support/allocations.hpp"
#include "tests/support/error_of.hpp"

using namespace costate;
using namespace costate::test;

namespace {

constexpr Index rows = rows_in_parts;

// 70 rows, three ranges, backwards in time; and what is said of the solve.
template <class Field>
void check_backwards(const Field& field, const Parameter& theta, const ode::SolveOptions& options) {
    CAPTURE(std::string(options.gradient.name));
    const auto solved = [&] {
        Tape tape;
        const Var z0 = tape.variable(waves({70, 2}, 1));
        const auto solution = ode::solve(tape, field, z0, {1, 0.45, 0}, options);
        const Var loss = sum(square(solution.z));
        Tensors numbers;
        for (const Var& v : {solution.z, grad(loss, z0), grad(loss, theta)}) numbers.emplace_back(v.value());
        const ode::Statistics& s = solution.statistics();
        for (const long count :
             {s.evaluations, s.accepted, s.backward_evaluations, s.parameter_vjps, s.backward_accepted})
            numbers.push_back(Tensor::scalar(static_cast<Real>(count)));
        return numbers;
    };
    const Tensors alone = solved();
    for (const int count : {2, 3}) {
        CAPTURE(count);
        const WithThreads with(count);
        const Tensors shared = solved();
        for (std::size_t i = 0; i < alone.size(); ++i) CHECK(same_bits(shared[i], alone[i]));
    }
}

}  // namespace

TEST_SUITE_BEGIN("ode");

TEST_CASE("parts: known steps by every route have the bits of one thread for 2 to 8") {
    for (const ode::SolveOptions& options : by_every_route({.method = ode::rk4_classic, .steps = 6}))
        check_threads(network(nn::tanh), options);
    for (const ode::Method& method : {ode::reversible_heun, ode::asynchronous_leapfrog})
        check_threads(network(nn::relu), {.method = method, .gradient = ode::reversible, .steps = 6});
}

TEST_CASE("parts: so have chosen steps, of the batch and of rows with clocks of their own") {
    for (const ode::SolveOptions& options : by_every_route({.rtol = 1e-4, .atol = 1e-4}))
        check_threads(network(nn::tanh), options);
    for (const ode::Route& route : {ode::discrete, ode::backsolve})
        check_threads(network(nn::tanh), {.rtol = 1e-4, .atol = 1e-4, .gradient = route, .rows = ode::independent});
}

TEST_CASE(
    "parts: of stages too short to be handed over, each part takes all by itself, and allocates nothing once warm") {
    const Parameter theta("theta", Tensor({2}, {-0.3, 2}));
    const auto spiral = [&](Var t, Var z) {
        return (concatenate({slice(z, 1, 1, 1), -slice(z, 1, 0, 1)}, 1) + t) * theta;
    };
    const int steps = 200;
    for (const ode::Route& route : {ode::discrete_within(0), ode::Route(ode::discrete), ode::Route(ode::backsolve)}) {
        check_threads(spiral, {&theta, 1}, {.method = ode::tsit5, .gradient = route, .steps = steps}, {2, 8});
        check_backwards(spiral, theta, {.method = ode::tsit5, .gradient = route, .steps = 500});
    }

    Tape tape;
    const Var z0 = tape.variable(waves({rows, 2}, 1));
    const Var z =
        ode::solve(tape, spiral, z0, {0, 1}, {.method = ode::tsit5, .gradient = ode::discrete, .steps = steps}).z;
    const std::vector<Var> inputs{z0}, outputs{grad(sum(square(z)), theta)};
    const Program program = compile(tape, {}, outputs, inputs);
    Tensor slope({2}), with_one({2});
    const auto run_with = [&](int count, Tensor& to) {
        const WithThreads with(count);
        Workspace workspace;
        const std::vector<View> in{z0.value()};
        const std::vector<MutableView> out{to.view()};
        for (int again = 0; again < 3; ++again) run(program, workspace, in, out);
        const long before = allocations_of_all_threads();
        run(program, workspace, in, out);
        CHECK(allocations_of_all_threads() == before);
    };
    run_with(1, with_one);
    for (const int count : {2, 5}) {
        run_with(count, slope);
        CHECK(same_bits(slope, with_one));
    }
}

TEST_CASE("parts: each takes its steps on a thread of its own, forwards and back") {
    const Tensor rate({2}, {-1, Real(-0.5)});
    for (const ode::Route& route : {ode::discrete_within(0), ode::Route(ode::backsolve)}) {
        CAPTURE(std::string(route.name));
        std::atomic<long> by_others = 0;
        const Witness witness{&by_others, std::this_thread::get_id()};
        const auto field = [&](Var, Var z) { return record(witness, z) * rate; };
        const WithThreads with(2);
        Tape tape;
        const Var z0 = tape.variable(waves({rows, 2}, 1));
        const Var z =
            ode::solve(tape, field, z0, {0, 1}, {.method = ode::rk4_classic, .gradient = route, .steps = 1000}).z;
        const long forwards = by_others;
        CHECK(forwards >= 4 * 1000 - 1);  // the first is recorded
        grad(sum(square(z)), z0);
        CHECK(by_others.load() >= forwards + 4 * 1000);
    }
}

TEST_CASE("parts: what is the same for all rows each part makes for itself") {
    const Tensor c = waves({512}, 1), start = waves({256, 512}, 0.3);
    const auto field = [&](Var t, Var z) {
        const Var s = pad(slice(t * c, 0, 0, 504), 0, 4, 4);  // zeros first, then what is padded
        return tanh(tanh(z * s) * s) * s;
    };
    const auto solved = [&] {
        Tape tape;
        const Var z0 = tape.variable(start);
        const Var z =
            ode::solve(tape, field, z0, {0, 1}, {.method = ode::rk4_classic, .gradient = ode::discrete, .steps = 3}).z;
        const Var slope = grad(sum(square(z)), z0);
        return Tensors{Tensor(z.value()), Tensor(slope.value())};
    };
    const Tensors alone = solved();
    for (const int count : {2, 3}) {
        const WithThreads with(count);
        for (int again = 0; again < 5; ++again) {
            const Tensors shared = solved();
            for (std::size_t i = 0; i < alone.size(); ++i) CHECK(same_bits(shared[i], alone[i]));
        }
    }
}

TEST_CASE("parts: so has a program that runs a batch, and it allocates nothing once it is warm") {
    Tape tape;
    const nn::MLP net = network(nn::tanh);
    const Var x = tape.variable(waves({rows, 2}, 1));
    const Var loss = sum(square(net(x)));
    std::vector<Var> outputs{loss, grad(loss, x)};
    for (const Var& g : grad(loss, net.parameters())) outputs.push_back(g);
    const std::vector<Var> inputs{x};
    const Program program = compile(tape, {}, outputs, inputs);
    const auto replay = [&](Workspace& workspace) {
        Tensors numbers;
        for (const Var& out : outputs) numbers.emplace_back(out.shape());
        const std::vector<View> in{tape.view(x)};
        std::vector<MutableView> out;
        for (Tensor& t : numbers) out.push_back(t.view());
        run(program, workspace, in, out);
        CHECK(allocations_in([&] { run(program, workspace, in, out); }) == 0);
        return numbers;
    };
    Workspace one;
    const Tensors alone = replay(one);
    for (int count = 2; count <= most_compared; ++count) {
        const WithThreads with(count);
        CHECK(Workspace::parts_for(program, rows) == count);
        CHECK(Workspace::parts_for(program, 2) == 1);  // not worth while
        Workspace several;
        const Tensors shared = replay(several);
        for (std::size_t i = 0; i < alone.size(); ++i) CHECK(same_bits(shared[i], alone[i]));
    }
}

TEST_CASE("parts: a number that is not finite is blamed on the operation that made it, whose ever the part") {
    Tape tape;
    tape.set_finite_check(true);
    Tensor start = waves({rows, 2}, 0.1);
    start(rows - 1, 1) = 40;  // in the last part: e^(e^...) after a step or two
    const nn::MLP net = network(nn::tanh);
    const auto field = [&](Var, Var z) { return net(z) + exp(z) * 0.05; };
    const auto solve = [&] { ode::solve(tape, field, start, {0, 1}, {.method = ode::rk4_classic, .steps = 40}); };
    for (const int count : {1, 4}) {
        const WithThreads with(count);
        const std::string error = error_of(solve);
        CHECK(contains(error, "exp: the first operation with a result that is not finite"));
        CHECK(contains(error, "while     evaluating solve at "));
    }
}

TEST_CASE("parts: threads of the user's own solve beside each other while one of them has the team") {
    const nn::MLP net = network(nn::tanh);
    const ode::SolveOptions options{.method = ode::rk4_classic, .gradient = ode::discrete, .steps = 6};
    const Tensors alone = solved(net, options);
    const WithThreads with(3);
    std::vector<Tensors> results(3);
    std::vector<std::thread> users;
    for (Tensors& result : results) users.emplace_back([&] { result = solved(net, options); });
    for (std::thread& user : users) user.join();
    for (const Tensors& result : results)
        for (std::size_t i = 0; i < alone.size(); ++i) CHECK(same_bits(result[i], alone[i]));
}

TEST_SUITE_END();
