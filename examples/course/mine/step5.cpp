// examples/course/mine/step5.cpp — rk4 on numbers and on Vars: four looks at the field, one step; one template for both
#include "examples/course/mine/check.hpp"

namespace mine {

const char* const stages = "ode (1): k2 and k3 look half a step ahead, along k1 and along k2; k4 a whole one, along k3";

struct Circle {
    auto operator()(const auto&, const auto& z, const auto&) const { return std::vector{1 * z[1], -1 * z[0]}; }
};

void on_numbers(Check& check) {
    const auto growing = [](const auto&, const auto& z, const auto&) { return std::vector{1 * z[0]}; };
    const auto clock = [](const auto& t, const auto& z, const auto&) { return std::vector{4 * t * t * t + 0 * z[0]}; };
    const Numbers none, unit{0, 1}, times{0, 1, 2, 3};
    check.near("z' = z, z(0) = 1, one step of length 1", solve(growing, Numbers{1}, none, unit, 1).back()[0],
               1 + 1 + 1. / 2 + 1. / 6 + 1. / 24, stages,
               {{1, "z has not moved"},
                {2, "that is Euler's step: all looks see the same z"},
                {31. / 12, "k3 looks along k1, not k2"},
                {2.5625, "k4 looks half a step ahead, not a whole one"},
                {8. / 3, "k4 looks along k2, not k3"},
                {13. / 6, "k2 and k3 must count twice"}});
    check.near("z' = 4 t³, z(0) = 0, one step of length 1", solve(clock, Numbers{0}, none, unit, 1).back()[0], 1,
               "ode (1): f(t + c_i h, ...), c = 0, 1/2, 1/2, 1",
               {{0, "every look is at time t"}, {5. / 12, "k4 looks at t + h, not t + h/2"}});
    const auto turned = solve(Circle{}, Numbers{1, 0}, none, unit, 1).back();
    check.near("x' = v, v' = -x from (1, 0), one step of length 1: x", turned[0], 1 - 1. / 2 + 1. / 24, stages);
    check.near("x' = v, v' = -x from (1, 0), one step of length 1: v", turned[1], -1 + 1. / 6,
               "v' must see the old x: a new state is a new list");

    const auto path = solve(Growth{}, Numbers{0.1}, Numbers{1}, times, 20);
    check.near("states that come back for the times 0, 1, 2, 3", double(path.size()), 4, "a state for each time");
    if (!check.difference().empty()) return;
    for (const std::size_t i : {0u, 1u, 2u, 3u})
        check.near("growth at t = " + std::to_string(i) + ", 20 steps a unit", path[i][0], GrowthAt{times[i]}.z(),
                   "n steps of length (t1 - t0)/n from each time to the next", {}, 1e-6);
    const auto back = solve(Growth{}, path.back(), Numbers{1}, Numbers{3, 0}, 60);
    check.near("growth from t = 3 back to 0", back.back()[0], 0.1, "h may be negative: step 7 goes back", {}, 1e-6);

    const auto error = [&](int n) {
        return solve(Growth{}, Numbers{0.1}, Numbers{1}, unit, n).back()[0] - GrowthAt{1}.z();
    };
    check.near("error with 5 steps by error with 10", error(5) / error(10), 16,
               "ode (2): weights 1/6, 2/6, 2/6, 1/6; order 4 gains 2^4", {}, 0.1);
}

void on_vars(Check& check) {
    Tape tape;
    const Var z0 = tape.variable(0.1), theta = tape.variable(1.0);
    const Numbers times{0, 1, 2, 3};
    const auto numbers = solve(Growth{}, Numbers{0.1}, Numbers{1}, times, 5);
    const auto vars = solve(Growth{}, Vars{z0}, Vars{theta}, times, 5);
    for (const std::size_t i : {0u, 1u, 2u, 3u})
        check.near("growth on Vars at t = " + std::to_string(i) + ", held against numbers", value(vars[i][0]),
                   numbers[i][0], "the same template: auto, or List<S>, where it says double", {}, 1e-12);
    const auto bell = [](const auto& t, const auto& z, const auto&) { return std::vector{-1 * t * z[0]}; };
    const auto end = solve(bell, Vars{tape.variable(1.0)}, Vars{}, Numbers{0, 2}, 40);
    check.near("z' = -t z on Vars: exp(-t²/2) at 2", value(end[1][0]), std::exp(-2), "ode (1), t in it", {}, 1e-5);
}

void step_5(Check& check) {
    on_numbers(check);
    on_vars(check);
}

}  // namespace mine

int main() { return mine::run(5, "rk4 on numbers and on Vars", mine::step_5); }
