// examples/chapters/practice.cpp — the numbers of ode/practice.md: landings, events, curves, rows with clocks of their own
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "costate.hpp"

using namespace costate;

namespace {

// [pulse]
// A medicine is used up, z' = −z, and given within a thousandth of an hour: one unit, from t = 10.3 on.
constexpr double begin = 10.3, end = 10.301;
void medicine(double t, std::span<const double> z, std::span<double> dz) {
    dz[0] = (begin <= t && t < end ? 1000 : 0) - z[0];
}
// [/pulse]

void pulse() {
    const double left = 1000 * (std::exp(end - 12) - std::exp(begin - 12));
    const auto show = [&](const char* how, const ode::SolveOptions& options) {
        const auto s = ode::solve(medicine, std::array{0.0}, {0, 12}, options);
        std::printf("%-26s z(12) = %.6f   error %.0e   %4ld evaluations, %2ld steps rejected\n", how, s.end()[0],
                    std::abs(s.end()[0] - left), s.statistics().evaluations, s.statistics().rejected);
    };
    show("no word of the pulse", {});
    show(".max_step = end - begin", {.max_step = end - begin, .max_steps = 20'000});
    show(".step_t = {begin, end}", {.step_t = {begin, end}});
    show(".jump_t = {begin, end}", {.jump_t = {begin, end}});
}

// A ball falls from 10 m and keeps .8 of its speed at each bounce.
void bounce() {
    Tape tape;
    // [bounce]
    const Var gravity = tape.variable(9.81), start = tape.constant(Tensor({2}, {10, 0}));
    const auto fall = [&](Var, Var z) { return stack({z[1], -gravity}); };
    const auto height = [](Var, Var z) { return z[0]; };
    const auto rebound = [](Var, Var z) { return stack({0.0 * z[0], -0.8 * z[1]}); };
    const ode::Event<Var> floor{.when = height, .direction = ode::falling, .reset = rebound};
    const auto s = ode::solve_events(fall, start, {0, 5}, {floor}, {.step = 0.5});
    // [/bounce]
    for (const auto& hit : s.events) {
        const double t = double(hit.t.item());
        std::printf("t = %.6f   its slope by gravity %.6f   -t/(2 gravity) %.6f\n", t,
                    double(grad(hit.t, gravity).item()), -t / (2 * 9.81));
    }
}

void between() {
    const auto circle = [](double, auto z, auto dz) { dz[0] = z[1], dz[1] = -z[0]; };
    for (const ode::Method& method : {ode::bosh3, ode::dopri5, ode::dop853}) {
        // [between]
        const auto z = ode::solve_dense(circle, std::array{1.0, 0.0}, {0, 20}, {.method = method});
        double at_ends = 0, between = 0, rate = 0;  // errors
        for (const double t : z.t) at_ends = std::max(at_ends, std::abs(z(t)[0] - std::cos(t)));
        for (const double t : linspace(0, 20, 2001)) {
            between = std::max(between, std::abs(z(t)[0] - std::cos(t)));
            rate = std::max(rate, std::abs(z.rate(t)[0] + std::sin(t)));
        }
        // [/between]
        std::printf("%-6s errors: %.1e where %zu steps end, %.1e between, of the rate %.1e\n", method.name, at_ends,
                    z.t.size() - 1, between, rate);
    }
}

// [recorded]
void recorded_once() {
    int calls = 0;
    const auto field = [&](Var t, Var z) { return ++calls, sin(t) - z; };
    const auto reads = [&](Var t, Var z) { return ++calls, t.item() < 1 ? -z : 1 - z; };
    const auto report = [&](const char* what, const ode::Statistics& s) {
        std::printf("%-16s called %3d times for %3ld evaluations\n", what, calls, s.evaluations);
        calls = 0;
    };
    Tape tape;
    report("first pass", ode::solve(tape, field, Tensor({3}, 1), {0, 2}).statistics());
    tape.rewind();
    report("second pass", ode::solve(tape, field, Tensor({3}, 2), {0, 2}).statistics());
    report("with an if", ode::solve(tape, reads, Tensor({3}, 1), {0, 2}, {.gradient = ode::direct}).statistics());
}
// [/recorded]

// [rows]
// 64 turns of the circle, the fastest 10 times as fast as the slowest.
void rows() {
    Tensor w({64, 1}), z0({64, 2});
    for (Index i = 0; i < 64; ++i) w(i, 0) = Real(std::pow(10.0, double(i) / 63)), z0(i, 0) = 1;
    const auto turn = [&](Var, Var z) { return z.tape().constant(w) * concatenate({column(z, 1), -column(z, 0)}, 1); };
    for (const ode::RowClocks clocks : {ode::joint, ode::independent}) {
        const auto s = ode::solve(turn, z0, {0, 20}, {.rows = clocks});
        const long each = s.statistics().evaluations;
        std::printf("%-11s %6ld evaluations of a row\n", clocks == ode::joint ? "joint" : "independent",
                    clocks == ode::joint ? 64 * each : each);
    }
}
// [/rows]

void layers() {
    Rng rng(0);
    Tensor x({256, 2});
    std::vector<Index> labels;
    rng.fill_uniform(x.entries(), -1, 1);
    for (Index i = 0; i < 256; ++i) labels.push_back(std::hypot(x(i, 0), x(i, 1)) < 0.8 ? 1 : 0);
    // [layers]
    const nn::Sequential model{nn::Linear(2, 3, rng), ode::NeuralODE(nn::MLP({3, 16, 3}, nn::tanh, rng), {0, 1}),
                               nn::Linear(3, 2, rng)};
    optim::Adam adam(model, {.lr = 2e-2});
    for (Tape tape; adam.steps() < 200; tape.rewind())
        adam.minimise(nn::cross_entropy_with_logits(model(tape.constant(x)), labels));
    const double right = nn::accuracy(model(x), labels);  // of Tensors: evaluated, without a tape
    // [/layers]
    std::printf("points inside and outside a circle: %s than 95 %% right\n", right > 0.95 ? "more" : "less");
}

}  // namespace

int main() {
    pulse();
    bounce();
    between();
    recorded_once();
    rows();
    layers();
}
