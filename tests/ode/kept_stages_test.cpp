// tests/ode/kept_stages_test.cpp — what f kept at the stages is there when the gradient comes: the same bits, and no evaluation
#include <doctest/doctest.h>

#include <limits>

#include "nn/mlp.hpp"
#include "ode/solve.hpp"
#include "tests/ode/solving.hpp"
#include "tests/ode/timed_net.hpp"
#include "tests/support/allocations.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/with_threads.hpp"

using namespace costate;
using namespace costate::ode;
using namespace costate::test;

namespace {

constexpr double all = 1e12;  // bytes

struct Net : TimedNet {
    Net() : TimedNet(0.7, 0.5) {}
};

struct Found {
    std::vector<Tensor> numbers;
    Statistics statistics;
    bool operator==(const Found& o) const { return numbers == o.numbers; }
};

// One pass on this tape: the solution, and its gradients by the start and by these of the parameters.
Found pass(Tape& tape, const Net& net, const Tensor& z0, const std::vector<double>& times, const SolveOptions& options,
           bool by_first = true, bool by_second = true) {
    tape.rewind();
    const Var start = tape.variable(z0);
    std::vector<Var> xs{start};
    if (by_first) xs.push_back(tape.use(net.W1));
    if (by_second) xs.push_back(tape.use(net.W2));
    const Solution<Var> s = solve(tape, net, start, times, options);
    Found found{{Tensor(s.z.value())}, {}};
    for (const Var& g : grad(weighted(s.z), Vars(xs))) found.numbers.emplace_back(g.value());
    found.statistics = s.statistics();
    return found;
}

SolveOptions keeping(SolveOptions options, double bytes = all) {
    options.gradient = discrete_within(bytes);
    return options;
}

}  // namespace

TEST_SUITE_BEGIN("ode");

TEST_CASE("kept stages: every method, steps and observations: the bits of stages evaluated again") {
    const Net net;
    for (const Method& method : all_methods) {
        if (method.paired() || method.implicit()) continue;
        CAPTURE(std::string(method.name));
        const bool adaptive = method.error != nullptr;
        for (const int steps : {7, 0}) {
            if (steps == 0 && !adaptive) continue;
            for (const Index rows : {1, 5, 70}) {
                for (const std::vector<double>& times :
                     {std::vector<double>{0, 1}, {0, 0.31, 0.32, 0.33, 0.7, 1.2}, {0, 1e-3, 2, 2}, {1, 0.4, -0.3}}) {
                    CAPTURE(steps);
                    CAPTURE(rows);
                    CAPTURE(times.size());
                    const SolveOptions options{.method = method, .rtol = 1e-3, .atol = 1e-4, .steps = steps};
                    const Tensor z0 = waves({rows, 2}, 0.8);
                    Tape again, kept;
                    const Found wanted = pass(again, net, z0, times, keeping(options, 0));
                    CHECK(pass(kept, net, z0, times, keeping(options)) == wanted);
                    for (int k = 0; k < 2; ++k) {
                        const Found found = pass(kept, net, z0, times, keeping(options));
                        CHECK(found == wanted);
                        CHECK(found.statistics.evaluations == wanted.statistics.evaluations + 1);  // the recording's
                        CHECK(found.statistics.accepted == wanted.statistics.accepted);
                        CHECK(found.statistics.backward_evaluations == 0);
                    }
                    CHECK(pass(again, net, z0, times, keeping(options, 0)) == wanted);
                    CHECK(wanted.statistics.backward_evaluations > 0);
                }
            }
        }
    }
}

TEST_CASE("kept stages: rows of several tiles, by one thread or four") {
    const Net net;
    for (const Index rows : {200, 1500})
        for (const int steps : {30, 0}) {
            CAPTURE(rows);
            CAPTURE(steps);
            const SolveOptions options{.method = dopri5, .rtol = 1e-5, .atol = 1e-6, .steps = steps};
            const Tensor z0 = waves({rows, 2}, 0.8);
            Tape again, kept;
            const Found wanted = pass(again, net, z0, {0, 0.5, 2}, keeping(options, 0));
            for (const int threads : {1, 4}) {
                const WithThreads with(threads);
                for (int k = 0; k < 2; ++k) CHECK(pass(kept, net, z0, {0, 0.5, 2}, keeping(options)) == wanted);
                CHECK(pass(kept, net, z0, {0, 0.5, 2}, keeping(options)).statistics.backward_evaluations == 0);
            }
        }
}

TEST_CASE("kept stages: steps that become more than there is room for are evaluated again, and kept the next time") {
    const Net net;
    const Tensor z0 = waves({3, 2}, 0.8);
    const SolveOptions options{.method = dopri5, .rtol = 1e-6, .atol = 1e-8, .max_step = 1};
    Tape kept;
    for (const double end : {1., 1., 40., 40., 1., 3., 60., 60.}) {
        CAPTURE(end);
        Tape again;
        CHECK(pass(kept, net, z0, {0, end / 3, end}, keeping(options)) ==
              pass(again, net, z0, {0, end / 3, end}, keeping(options, 0)));
    }
    const auto evaluated = [&](double end) {
        return pass(kept, net, z0, {0, end / 3, end}, keeping(options)).statistics.backward_evaluations > 0;
    };
    CHECK(!evaluated(60));
    CHECK(evaluated(600));
    CHECK(!evaluated(600));
    CHECK(!evaluated(60));
}

TEST_CASE("kept stages: a budget that they do not fit into is not used") {
    const Net net;
    const Tensor z0 = waves({3, 2}, 0.8);
    const SolveOptions options{.method = rk4_classic, .steps = 100};
    Tape tape;
    const auto evaluations = [&](double bytes) {
        pass(tape, net, z0, {0, 1}, keeping(options, bytes));
        return pass(tape, net, z0, {0, 1}, keeping(options, bytes)).statistics.backward_evaluations;
    };
    CHECK(evaluations(12e3 * sizeof(Real)) == 400);
    CHECK(evaluations(10e6) == 0);
    CHECK(discrete_within(10) != discrete);
    CHECK(discrete_within(10).is_kind_of(discrete));
    CHECK(std::string(discrete_within(10).name) == "discrete");
}

TEST_CASE("kept stages: a solve that is differentiated twice, and one by other parameters than the time before") {
    const Net net;
    const Tensor z0 = waves({4, 2}, 0.8);
    const SolveOptions options = keeping({.method = dopri5, .rtol = 1e-5, .atol = 1e-6});
    Tape again, kept;
    for (int k = 0; k < 40; ++k) {
        const bool first = k % 3 != 0, second = k % 2 != 0 || k > 20;
        CHECK(pass(kept, net, z0, {0, 0.2, 1}, options, first, second) ==
              pass(again, net, z0, {0, 0.2, 1}, keeping(options, 0), first, second));
    }
    std::vector<Tensor> seen;
    for (int k = 0; k < 3; ++k) {
        kept.rewind();
        const Var start = kept.variable(z0), W1 = kept.use(net.W1), z = solve(kept, net, start, {0, 0.2, 1}, options).z;
        for (const Var& loss : {sum(square(z)), sum(z), sum(square(z))}) seen.emplace_back(grad(loss, W1).value());
        seen.emplace_back(grad(sum(square(grad(sum(square(z)), start))), W1).value());  // second order
    }
    for (std::size_t i = 0; i < 8; ++i) CHECK(seen[i] == seen[i + 4]);
    CHECK(seen[0] == seen[2]);
}

TEST_CASE("kept stages: two solves of one field on a tape have each their own") {
    const Net net;
    const auto both = [&](Tape& tape, double bytes) {
        tape.rewind();
        const SolveOptions options = keeping({.method = tsit5, .rtol = 1e-4, .atol = 1e-6}, bytes);
        const Var start = tape.variable(waves({3, 2}, 0.8)), W2 = tape.use(net.W2);
        const Var one = solve(tape, net, start, {0, 0.1, 1}, options).end();
        const Var two = solve(tape, net, one * one, {1, 2}, options).end();
        return Tensor(grad(sum(square(two)) + sum(one), W2).value());
    };
    Tape again, kept;
    const Tensor wanted = both(again, 0);
    for (int k = 0; k < 4; ++k) CHECK(both(kept, all) == wanted);
}

TEST_CASE("kept stages: a short solve before a long one does not take its room, a budget is what is used") {
    const Net net;
    Tape tape;
    for (int k = 0; k < 4; ++k) {
        tape.rewind();
        const SolveOptions options = keeping({.method = dopri5, .max_step = 0.1});
        const Solution<Var> a = solve(tape, net, tape.variable(waves({3, 2}, 0.8)), {0, 1}, options),
                            b = solve(tape, net, a.end(), {0, 10}, options);
        grad(sum(b.z), tape.use(net.W1));
        CHECK((a.statistics().backward_evaluations == 0) == (k > 0));
        CHECK((b.statistics().backward_evaluations == 0) == (k > 0));
    }
    const auto asked = [&](double bytes) {  // beyond what a solve with states alone asks for
        const auto three = [&](double within) {
            return allocated_bytes_in([&] {
                Tape fresh;
                for (int k = 0; k < 3; ++k)
                    pass(fresh, net, waves({1, 2}, 0.8), {0, 1}, keeping({.method = dopri5, .steps = 1000}, within));
            });
        };
        return double(three(bytes) - three(0));
    };
    CHECK(asked(4e6) > 100e3);
    CHECK(asked(4e6) < 4e6);
    CHECK(asked(100e3) < 10e3);
}

TEST_CASE("kept stages: more steps than can be counted, budgets that are none") {
    Tape tape;
    const auto twice = [&](const SolveOptions& options) {
        for (int k = 0; k < 3; ++k) {
            tape.rewind();
            const Var z0 = tape.variable(Tensor({2}, {1, 2}));
            const Var z = solve(
                              tape, [](Var, Var y) { return -y; }, z0, {0, 0}, options)
                              .z;
            CHECK(grad(sum(z), z0).value()[0] == 2);
        }
    };
    for (const int steps : {400'000'000, 2'147'483'647})
        for (const double bytes : {16e6, 1e300}) twice(keeping({.method = dopri5, .steps = steps}, bytes));
    for (const double bytes : {-1.0, std::numeric_limits<double>::quiet_NaN()})
        CHECK(contains(error_of([&] { twice(keeping({}, bytes)); }), "ode::discrete_within(bytes), 0 of them or more"));
}

TEST_CASE("kept stages: a field that jumps, one that is constant, one that solves, and no time at all") {
    const Quiet quiet;
    const Parameter p("p", Tensor({2}, {0.5, -0.8}));
    const std::vector<Field> fields{[&](Var, Var z) { return 0 * z + z.tape().use(p); }, [&](Var, Var z) { return z; },
                                    [&](Var t, Var z) { return where(greater(t, 0.4), z * z.tape().use(p), -z); },
                                    [&](Var, Var z) {
                                        const Var q = z.tape().use(p);
                                        return solve([=](Var, Var y) { return q * sin(y); }, z, {0, 0.3},
                                                     {.method = rk4_classic, .steps = 2})
                                            .end();
                                    }};
    for (const Field& field : fields)
        for (const std::vector<double>& times : {std::vector<double>{0, 0.1, 1}, {0, 0}})
            for (const bool jumps : {false, true}) {
                const auto once = [&](Tape& tape, double bytes) {
                    tape.rewind();
                    SolveOptions options = keeping({.method = dopri5, .rtol = 1e-4, .atol = 1e-6}, bytes);
                    if (jumps) options.jump_t = {0.4};
                    const Var start = tape.variable(waves({3, 2}, 0.8)), q = tape.use(p);
                    const Var z = solve(tape, field, start, times, options).z;
                    return std::vector{Tensor(grad(sum(square(z)), start).value()),
                                       Tensor(grad(sum(square(z)), q).value())};
                };
                Tape again, kept;
                const std::vector<Tensor> wanted = once(again, 0);
                for (int k = 0; k < 3; ++k) CHECK(once(kept, all) == wanted);
            }
}

TEST_CASE("kept stages: a warm pass allocates nothing") {
    Rng rng(7);
    const nn::MLP net({2, 16, 2}, nn::tanh, rng);
    const Tensor start = waves({40, 2}, 1);
    for (const int steps : {20, 0}) {
        Tape tape;
        const auto step = [&] {
            tape.rewind();
            const Var z0 = tape.variable(start);
            const SolveOptions options = keeping({.method = dopri5, .rtol = 1e-4, .atol = 1e-6, .steps = steps});
            const Solution<Var> s = solve(tape, net, z0, {0, 0.4, 1}, options);
            grad(sum(square(s.z)), net.parameters());
            return s.statistics().backward_evaluations;
        };
        for (int k = 0; k < 3; ++k) step();
        CHECK(allocations_in([&] { CHECK(step() == 0); }) == 0);
    }
}

TEST_SUITE_END();
