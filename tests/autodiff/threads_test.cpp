// tests/autodiff/threads_test.cpp — threads with a tape and a model each need no lock:  make tsan
#include <doctest/doctest.h>

#include <thread>

#include "nn/mlp.hpp"
#include "ode/solve.hpp"
#include "optim/adam.hpp"
#include "tests/autodiff/cases.hpp"
#include "tests/autodiff/laws.hpp"

using namespace costate;
using namespace costate::test;

namespace {

constexpr int thread_count = 4;

// The same work alone and in several threads at once, each beginning at another place: the same bits.
template <class Work>
void check_threads(Work work, std::size_t places) {
    std::vector<Tensors> alone(places);
    std::vector<std::vector<Tensors>> together(thread_count, alone);
    const auto run = [&](std::vector<Tensors>& results, std::size_t first) {
        for (std::size_t i = 0; i < places; ++i) results[(first + i) % places] = work((first + i) % places);
    };
    std::vector<std::thread> threads;
    for (int k = 0; k < thread_count; ++k)
        threads.emplace_back([&, k] {
            run(together[static_cast<std::size_t>(k)], static_cast<std::size_t>(k) * places / thread_count);
        });
    for (std::thread& t : threads) t.join();
    run(alone, 0);
    for (const std::vector<Tensors>& results : together)
        for (std::size_t i = 0; i < places; ++i) {
            CAPTURE(i);
            REQUIRE(results[i].size() == alone[i].size());
            for (std::size_t k = 0; k < alone[i].size(); ++k) CHECK(same_bits(results[i][k], alone[i][k]));
        }
}

}  // namespace

TEST_SUITE_BEGIN("autodiff");

TEST_CASE("threads: every operator is recorded, differentiated and replayed at once, with the bits of one thread") {
    const Cases& cases = operator_cases();
    check_threads(
        [&cases](std::size_t i) {
            Rng rng(i);
            Recorded r(cases[i].build, draw_point(cases[i].shapes, cases[i].from, rng));
            const std::vector<Var> outputs = outputs_of(r, 7);
            const Program program = compile(r.tape, r.x, outputs);
            Tensors values;
            std::vector<View> in;
            std::vector<MutableView> out;
            for (const Var& v : outputs) values.push_back(v.is_zero() ? Tensor() : Tensor(r.tape.view(v)));
            Tensors replayed = values;
            for (const Var& v : r.x) in.push_back(r.tape.view(v));
            for (Tensor& t : replayed) out.push_back(t.view());
            Workspace workspace;
            run(program, workspace, in, out);
            values.insert(values.end(), replayed.begin(), replayed.end());
            return values;
        },
        cases.size());
}

TEST_CASE("threads: a model of its own is trained in each, through a solve") {
    check_threads(
        [](std::size_t i) {
            Rng rng(i);
            nn::MLP field({2, 6, 2}, nn::tanh, rng, {.time = i % 2 == 0});
            optim::Adam adam(field.parameters(), {.lr = 1e-2});
            const Tensor start = random_like(Shape{5, 2}, rng);
            const std::vector<double> times{0, 0.5, 1};
            Tape tape;
            Tensors losses;
            for (int epoch = 0; epoch < 3; ++epoch) {
                tape.rewind();
                const Var z =
                    ode::solve(tape, field, start, times, {.gradient = i < 2 ? ode::discrete : ode::backsolve}).z;
                const Var loss = mean(square(z));
                losses.emplace_back(tape.view(loss));
                adam.step(grad(loss, field.parameters()));
            }
            for (const Parameter& p : field.parameters()) losses.push_back(p.value());
            return losses;
        },
        4);
}

TEST_CASE("threads: one program, with solves within solves, runs in a workspace of each") {
    Tape tape;
    const Var x = tape.variable(Tensor({1}, {.3})), c = tape.variable(Tensor({1}, {1.2}));
    const std::array moments{0.0, 1.0};
    const auto end = [](Var z) { return reshape(slice(z, 0, 1, 1), {1}); };
    const auto field = [&](Var, Var z) {
        const auto inner = [&](Var, Var y) { return c * sin(y); };
        return end(ode::solve(z.tape(), inner, z, moments, {.steps = 3}).z);
    };
    const Var y = end(ode::solve(tape, field, x, moments, {.rtol = 1e-4, .atol = 1e-4}).z), g = grad(sum(y), c);
    const Var inputs[] = {x, c}, outputs[] = {y, g, grad(sum(g), x)};
    const Program program = compile(tape, inputs, outputs);
    check_threads(
        [&program](std::size_t i) {
            const Tensor start({1}, {.1 + .1 * double(i)}), rate({1}, {.5 + .2 * double(i)});
            Tensors values(3, Tensor(Shape{1}));
            const View in[] = {start, rate};
            const MutableView out[] = {values[0].view(), values[1].view(), values[2].view()};
            Workspace workspace;
            run(program, workspace, in, out);
            return values;
        },
        4);
}

TEST_SUITE_END();
