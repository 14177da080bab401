// examples/course/mine/step9.cpp — lynx and hare: the law of Lotka and Volterra, its four rates and its start to be found
#include "examples/course/mine/lynx_hare.hpp"

namespace mine {

void the_law(Check& check) {
    const Numbers theta{std::log(0.6), std::log(0.3), std::log(0.8), std::log(1.1)}, deviation{0.5, 0.8};
    const char* const law = "examples/lynx_hare.cpp (c): d ln hare/dt = α − β lynx, d ln lynx/dt = δ hare − γ";
    const char* const scale = "z = ln(count) / deviation, so count = exp(deviation z), and dz/dt has 1/deviation";
    const Numbers at_one = lotka_volterra(Numbers{0, 0}, theta, deviation);  // a count of 1 each
    check.near("hare's dz/dt at z = (0, 0)", at_one[0], (0.6 - 0.3) / 0.5, law, {{0.3, scale}, {-1.8, "θ holds logs"}});
    check.near("lynx's dz/dt at z = (0, 0)", at_one[1], (1.1 - 0.8) / 0.8, law,
               {{0.3, scale}, {-0.375, "γ and δ are swapped"}});
    const Numbers slope = lotka_volterra(Numbers{1, 2}, theta, deviation);
    check.near("hare's dz/dt at z = (1, 2)", slope[0], (0.6 - 0.3 * std::exp(0.8 * 2)) / 0.5, scale);
    check.near("lynx's dz/dt at z = (1, 2)", slope[1], (1.1 * std::exp(0.5) - 0.8) / 0.8, scale);
}

void the_loop(Check& check) {  // growth from its own closed form: z0 = 0.1, θ = 1
    const Numbers times{0, 1, 2, 3, 4, 5};
    Path<> data;
    for (const double t : times) data.push_back({GrowthAt{t}.z()});
    const char* const loop = "solve, ∂L/∂z(t_i) = 2 (z − data) / count, adjoint, step of Adam; again";
    const Numbers x = fit(Growth{}, {0.3, 0.5}, times, data, 400, 0.05);
    check.near("numbers that fit gives back: z0's, then θ's", double(x.size()), 2, loop);
    if (!check.difference().empty()) return;
    check.near("z0 of growth, found from six of its values", x[0], 0.1, loop, {{0.3, "z0 has not moved"}}, 1e-3);
    check.near("θ of growth, found from six of its values", x[1], 1, loop, {{0.5, "θ has not moved"}}, 1e-2);
}

void step_9(Check& check) {
    the_law(check);
    the_loop(check);
    if (!check.difference().empty()) return;
    const Fitted errors = fit_law(Pelts());
    const char* const figures = "examples/lynx_hare.expected: what the library's own program says of the law";
    check.near("error of the logs, 1900–1914", errors.seen, 0.190, figures, {}, 0.002);
    check.near("error of the logs, 1915–1920: the forecast", errors.forecast, 0.356, figures, {}, 0.005);
}

}  // namespace mine

int main() { return mine::run(9, "lynx and hare", mine::step_9); }
