// examples/course/mine/step6.cpp — the gradient through rk4: the path is on the tape, so walk back over it
#include "examples/course/mine/check.hpp"

namespace mine {

const Numbers observed{0, 1, 2, 3};

// L = Σ z(t_i)², with n steps a unit of time.
auto loss(const auto& path) {
    auto L = path[0][0] * path[0][0];
    for (const std::size_t i : {1u, 2u, 3u}) L = L + path[i][0] * path[i][0];
    return L;
}

void step_6(Check& check) {
    double L = 0, by_z0 = 0, by_theta = 0, by_theta_twice = 0;  // the closed forms
    for (const double t : observed) {
        const GrowthAt at{t};
        L += at.z() * at.z();
        by_z0 += 2 * at.z() * at.by_z0();
        by_theta += 2 * at.z() * at.by_theta();
        by_theta_twice += 2 * at.by_theta() * at.by_theta() + 2 * at.z() * at.by_theta_twice();
    }
    Tape tape;
    const Var z0 = tape.variable(0.1), theta = tape.variable(1.0);
    const Var y = loss(solve(Growth{}, Vars{z0}, Vars{theta}, observed, 20));
    const auto gradient = grad(y, {z0, theta});
    check.near("L, the sum of z(t_i)²", value(y), L, "step 5", {}, 1e-6);
    check.near("dL/dz0", value(gradient[0]), by_z0,
               "discrete, its route `direct`: every operation of the solve is on the tape",
               {{0, "nothing comes to z0: a Var has become a number on the way"},
                {0.2, "only z(0)² itself is seen: after it the states are numbers"}},
               1e-5);
    check.near("dL/dtheta", value(gradient[1]), by_theta, "every look at f uses θ: autodiff (4)",
               {{0, "nothing comes to θ: a Var has become a number on the way"}}, 1e-5);
    check.near("d²L/dtheta²", value(grad(gradient[1], {theta})[0]), by_theta_twice, "step 4: a gradient is more tape",
               {}, 1e-4);

    Tape coarse;  // two steps a unit: far from the closed form, and right for the numbers that were computed
    const Var start = coarse.variable(0.1), rate = coarse.variable(1.0);
    const auto got = grad(loss(solve(Growth{}, Vars{start}, Vars{rate}, observed, 2)), {start, rate});
    const auto moved = [](double by) { return loss(solve(Growth{}, Numbers{0.1}, Numbers{1 + by}, observed, 2)); };
    check.near("dL/dtheta of 2 steps a unit, held against central differences", value(got[1]),
               (moved(1e-5) - moved(-1e-5)) / 2e-5, "the gradient is that of the steps, exactly", {}, 1e-7);
}

}  // namespace mine

int main() { return mine::run(6, "the gradient through rk4", mine::step_6); }
