// examples/exercises/practice.cpp — the exercises of ode/practice.md: each piece is wrong until you have written it
//   make exercises CHAPTER=practice        "not yet", with what it gives and what it should, then "done"
// Yours goes between an exercise's comment and its check, in place of what stands there. make hint EX=practice-1 helps.
#include "examples/exercises/exercise.hpp"  // brings: costate.hpp; Check, Exercise, report

using namespace costate;

namespace {

// practice 1: a medicine is given within a thousandth of an hour from t = begin on, and used up. The solve does not see it. At
// most 200 evaluations, please.
template <class F>
double with_the_dose(F medicine, [[maybe_unused]] double begin, [[maybe_unused]] double end, long& evaluations) {
    const auto s = ode::solve(medicine, std::array{0.0}, {0, 12});
    evaluations = s.statistics().evaluations;
    return s.end()[0];
}
void practice_1(Check& check) {
    const double begin = check.given("begin", {10.3, 7.7, 9.2, 11.1}), end = begin + 1e-3;
    const auto medicine = [&](double t, std::span<const double> z, std::span<double> dz) {
        dz[0] = (begin <= t && t < end ? 1000 : 0) - z[0];
    };
    long evaluations = 0;
    const double left = with_the_dose(medicine, begin, end, evaluations);
    check.near("with_the_dose, z(12)", left, 1000 * (std::exp(end - 12) - std::exp(begin - 12)), 1e-6);
    check.that("with_the_dose, evaluations", evaluations <= 200, text(evaluations), "200 at most");
}

// practice 2: derive: a ball falls from rest at a height, and keeps the share k of its speed at each bounce. By how much does
// the time of its second bounce grow with k? (The derivative, a number.)
double later_by_k([[maybe_unused]] double height, [[maybe_unused]] double g, [[maybe_unused]] double k) { return 0; }
void practice_2(Check& check) {
    const double height = check.given("height", {10, 2, 5}), g = check.given("g", {9.81, 1.62, 3.73}), share = 0.8;
    Tape tape;
    const Var k = tape.variable(share), start = tape.constant(Tensor({2}, {Real(height), 0}));
    const auto fall = [&](Var, Var z) { return stack({z[1], 0.0 * z[0] - g}); };
    const ode::Event<Var> floor{.when = [](Var, Var z) { return z[0]; },
                                .direction = ode::falling,
                                .reset =
                                    [&](Var, Var z) {
                                        return stack({0.0 * z[0], -k * z[1]});
                                    }};
    const double enough = 3 * std::sqrt(2 * height / g);
    const auto s = ode::solve_events(fall, start, {0, enough}, {floor}, {.step = 0.25});
    check.derived("later_by_k", later_by_k(height, g, share), double(grad(s.events[1].t, k).item()));
}

// practice 3: find the bug: a ball that should bounce falls through the floor at its first hit.
ode::Event<double> floor_of_the_room(double keeps) {
    return {.when = [](double, std::span<const double> z) { return z[0]; },
            .direction = ode::falling,
            .reset = [keeps](double, std::span<double> z) { z[1] = keeps * z[1]; }};
}
void practice_3(Check& check) {
    const double keeps = check.given("keeps", {0.8, 0.7, 0.9});
    const auto fall = [](double, std::span<const double> z, std::span<double> dz) { dz[0] = z[1], dz[1] = -9.81; };
    const double first = std::sqrt(2 * 10 / 9.81), second = first * (1 + 2 * keeps);
    const auto s = ode::solve_events(fall, std::array{10.0, 0.0}, {0, second + 0.1}, {floor_of_the_room(keeps)});
    check.equal("floor_of_the_room, bounces", s.events.size(), std::size_t{2});
    if (!check.done()) return;
    check.near("floor_of_the_room, time of the second", s.events[1].t, second, 1e-4);
    check.that("floor_of_the_room, height after it", s.end()[0] > 0, text(s.end()[0]), "above 0");
}

// practice 4: predict, then run: how many times the steps does a method of this order need for so many digits more?
double times_the_steps([[maybe_unused]] int order, int digits) { return std::pow(10, digits); }
void practice_4(Check& check) {
    const int digits = static_cast<int>(check.given("digits", {3, 2, 4}));
    const auto turn = [](double, std::span<const double> z, std::span<double> dz) { dz[0] = z[1], dz[1] = -z[0]; };
    for (const ode::Method& method : {ode::heun2, ode::rk4_classic}) {
        const auto error = [&](double steps) {
            const auto z = ode::solve(turn, std::array{1.0, 0.0}, {0, 6},
                                      {.method = method, .steps = static_cast<int>(std::lround(steps))});
            return std::hypot(z.end()[0] - std::cos(6), z.end()[1] + std::sin(6));
        };
        const double times = times_the_steps(method.order, digits), gain = std::log10(error(100) / error(100 * times));
        check.near(text("times_the_steps, digits that order ", method.order, " gains"), gain, digits, 0.1);
    }
}

// practice 5: your own data: a drug is broken down by an enzyme, z' = −v z / (k + z), and was this much at the start (put
// numbers of yours). When is it down to so little? No time is known beforehand.
double time_below([[maybe_unused]] double v, [[maybe_unused]] double k, double start, double low) {
    return start - low;
}
void practice_5(Check& check) {
    const double v = check.given("v", {2, 1.5, 3}), k = check.given("k", {0.5, 2, 1});
    for (const double low : {1.0, 0.1, 0.01})
        check.near(text("time_below, from 4 to ", low), time_below(v, k, 4, low), (k * std::log(4 / low) + 4 - low) / v,
                   1e-3);
}

}  // namespace

int main(int argc, char** argv) {
    const Exercise exercises[] = {
        {1, 1, "a dose that the steps do not see", practice_1},    {2, 2, "when the second bounce comes", practice_2},
        {3, 1, "a ball that falls through the floor", practice_3}, {4, 2, "what a digit costs", practice_4},
        {5, 2, "when it is down to so little", practice_5},
    };
    return report("practice", exercises, argc, argv);
}
