// examples/exercises/neural.cpp — the exercises of ode/neural.md: each piece is wrong until you have written it
//   make exercises CHAPTER=neural         "not yet", with what it gives and what it should, then "done"
// Yours goes between an exercise's comment and its check, in place of what stands there. make hint EX=neural-1 helps.
#include <functional>

#include "examples/exercises/exercise.hpp"  // brings: costate.hpp; Check, Exercise, report

using namespace costate;

namespace {

using Net = std::function<double(double t, double h)>;

// neural 1: what N residual blocks make of h: neural (1). (write)
double blocks(const Net& f, double h, int N) { return h + f(0, h) * N; }
void neural_1(Check& check) {
    const double h = check.given("h", {0.5, 1.2, -0.7});
    const Net f = [](double t, double x) { return std::sin(3 * x) - t * x; };
    const auto field = [&](double t, std::span<const double> z, std::span<double> dz) { dz[0] = f(t, z[0]); };
    for (const int N : {1, 6, 40}) {
        const double right = ode::solve(field, std::array{h}, {0, 1}, {.method = ode::euler, .steps = N}).end()[0];
        check.near(text("blocks, N = ", N), blocks(f, h, N), right, 1e-10);
    }
}

// neural 2: h_{k+1} = h_k + θ h_k / N, and every block is taken twice, at full length. Where does h = h0 end for very
// large N? A formula. (predict, then run)
double read_twice(double theta, double h0) { return h0 * std::exp(theta); }
void neural_2(Check& check) {
    const double theta = check.given("theta", {0.6, -0.8, 1.1}), h0 = check.given("h0", {1.5, 2, -1});
    double h = h0;
    const int N = 1 << 18;
    for (int k = 0; k < 2 * N; ++k) h += theta * h / N;
    check.derived("read_twice", read_twice(theta, h0), h, 1e-4);
}

// neural 3: where each segment of so many intervals begins, as places in the data, so that each begins where the one
// before ends and the last one ends with the data. Something is off by one. (find the bug)
std::vector<int> pieces(int observations, int intervals) {
    std::vector<int> begins;
    for (int begin = 0; begin + intervals <= observations; begin += intervals + 1) begins.push_back(begin);
    return begins;
}
void neural_3(Check& check) {
    const int intervals = static_cast<int>(check.given("intervals", {5, 4, 8}));
    const int observations = 40 + 1;
    Tensor data({observations, 1});
    for (Index i = 0; i < observations; ++i) data.data()[i] = static_cast<Real>(i);
    const ode::Segments s = ode::segments(linspace(0, 20, observations), data, intervals);
    std::string right, got;
    for (const Real begin : s.starts.entries()) right += text(begin, " ");
    for (const int begin : pieces(observations, intervals)) got += text(begin, " ");
    check.equal("pieces", got, right);
}

// neural 4: two paths of h' = −θ h + sin t that start δ apart: how far apart are they at T? A formula. (derive)
double gap(double theta, double delta, double T) { return delta + theta * T; }
void neural_4(Check& check) {
    const double theta = check.given("theta", {0.7, 1.3, -0.4}), delta = check.given("delta", {0.5, 2, 0.1}), T = 3;
    const auto field = [theta](double t, std::span<const double> h, std::span<double> dh) {
        for (const std::size_t i : {0u, 1u}) dh[i] = -theta * h[i] + std::sin(t);
    };
    const auto end = ode::solve(field, std::array{1.0, 1.0 + delta}, {0, T}, {.rtol = 1e-9, .atol = 1e-11}).end();
    check.derived("gap", gap(theta, delta, T), end[1] - end[0]);
}

// neural 5: ten times or more, and a number for each: something that you measured, counted or looked up. A neural ODE
// is fitted to them, in segments of three intervals. (your own data)
struct Series {
    std::vector<double> times, values;
};
Series my_series() { return {{0, 1, 2}, {1, 1, 1}}; }
void neural_5(Check& check) {
    const Series s = my_series();
    check.that("my_series, how many", s.times.size() >= 10 && s.values.size() == s.times.size(),
               text(s.times.size(), " times, ", s.values.size(), " values"), "10 or more, as many of both");
    if (!check.done()) return;
    double mean_value = 0, variance = 0;
    const auto n = static_cast<double>(s.values.size());
    for (const double v : s.values) mean_value += v / n;
    for (const double v : s.values) variance += (v - mean_value) * (v - mean_value) / n;
    check.that("my_series, how far its values spread", variance > 0, text(std::sqrt(variance)), "more than 0");
    for (std::size_t i = 1; i < s.times.size(); ++i)
        check.that("my_series, its times", s.times[i] > s.times[i - 1], text(s.times[i - 1], " then ", s.times[i]),
                   "each later than the one before");
    if (!check.done()) return;
    Tensor data({static_cast<Index>(s.values.size()), 1});
    for (std::size_t i = 0; i < s.values.size(); ++i)
        data.data()[i] = static_cast<Real>((s.values[i] - mean_value) / std::sqrt(variance));
    std::vector<double> times;
    for (const double t : s.times) times.push_back((t - s.times[0]) / (s.times.back() - s.times[0]));
    const ode::Segments segments = ode::segments(times, data, 3);
    const nn::MLP net({1, 8, 1}, nn::tanh, Rng{1}, {.time = true});
    optim::Adam adam(net, {.lr = 0.05});
    Tape tape;
    double first = 0, last = 0;
    for (int update = 0; update < 100; ++update, tape.rewind()) {
        const ode::SolveOptions rk4{.method = ode::rk4_classic, .steps = 6};
        const Var loss = nn::mse(ode::shoot(tape, net, segments, rk4), segments.states);
        adam.minimise(loss);
        (update == 0 ? first : last) = double(loss.item());
    }
    check.that("my_series, the loss after 100 updates", last < first, text(last), text("less than ", first));
}

}  // namespace

int main(int argc, char** argv) {
    const Exercise exercises[] = {
        {1, 1, "a residual network", neural_1},        {2, 2, "twice the depth", neural_2},
        {3, 2, "segments of an orbit", neural_3},      {4, 2, "paths that never meet", neural_4},
        {5, 3, "a neural ODE of your data", neural_5},
    };
    return report("neural", exercises, argc, argv);
}
