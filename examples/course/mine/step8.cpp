// examples/course/mine/step8.cpp — Adam: a step size of its own for every entry
#include "examples/course/mine/check.hpp"

namespace mine {

void step_8(Check& check) {
    Adam adam{{1, 1, 1}, 0.1};
    const Numbers first = adam.step({1, -1e-3, 1e3});
    check.near("numbers that step gives back", double(first.size()), 3, "it returns the new x");
    if (!check.difference().empty()) return;
    check.near("1 after a step with g = 1, lr = 0.1", first[0], 0.9,
               "optim (5), (6): m̂ = g and v̂ = g², so the step is lr",
               {{1, "nothing has moved"},
                {1.1, "uphill: the sign of (6) is lost"},
                {1 - 0.316227766, "(5) is missing: the start is not made up for"},
                {1 - 0.01, "(5) is missing for m"},
                {1 - 3.16227766, "(5) is missing for v"}},
               1e-6);
    check.near("1 after a step with g = -0.001", first[1], 1.1, "optim (6): the quotient has no unit", {}, 1e-5);
    check.near("1 after a step with g = 1000", first[2], 0.9, "optim (6): the quotient has no unit", {}, 1e-6);

    // g = 1, then 0: m̂ = 0.09/0.19, v̂ = 0.000999/0.001999
    const Numbers second = adam.step({0, 0, 0});
    check.near("the step after that, with g = 0", second[0], 0.9 - 0.1 * (0.09 / 0.19) / std::sqrt(0.000999 / 0.001999),
               "optim (4), (5): m and v are kept from step to step; t = 2", {{0.9, "m is not kept from step to step"}},
               1e-6);

    Adam steady{{1}, 0.1};
    Numbers x{1};
    for (int i = 0; i < 10; ++i) x = steady.step({5});
    check.near("1 after ten steps with g = 5: each has length lr", x[0], 0, "optim (5): t counts the steps", {}, 1e-6);

    Adam valley{{1, 1}, 0.1};
    Numbers place{1, 1};
    for (int i = 0; i < 200; ++i) place = valley.step({place[0], 25 * place[1]});
    check.near("200 steps in the valley L = (x² + 25 y²)/2: L", (place[0] * place[0] + 25 * place[1] * place[1]) / 2, 0,
               "optim (4)-(6)", {}, 1e-3);
}

}  // namespace mine

int main() { return mine::run(8, "Adam", mine::step_8); }
