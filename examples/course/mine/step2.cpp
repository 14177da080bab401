// examples/course/mine/step2.cpp — the reverse walk: one loop from the end of the tape gives the gradient by all inputs
#include "examples/course/mine/check.hpp"

namespace mine {

const char* const sums = "autodiff (4): a value that is used twice gets two contributions, added";

void step_2(Check& check) {
    Tape tape;
    const Var x = tape.variable(3.0), y = tape.variable(2.0);
    const Var product = x * y;
    check.near("d(x y)/dx at x = 3, y = 2", value(grad(product, {x, y})[0]), 2,
               "autodiff (3): for a product, ā is ȳ times the other factor",
               {{3, "x itself, and not the other factor"}});
    check.near("d(x y)/dy at x = 3, y = 2", value(grad(product, {x, y})[1]), 3,
               "autodiff (3): for a product, ā is ȳ times the other factor");
    const Var difference = x - y;
    check.near("d(x - y)/dx", value(grad(difference, {x, y})[0]), 1, "autodiff (3), for a difference");
    check.near("d(x - y)/dy", value(grad(difference, {x, y})[1]), -1, "autodiff (3), for a difference",
               {{1, "the sign of what is subtracted is lost"}});
    check.near("d(x y + x)/dx at x = 3, y = 2", value(grad(product + x, {x, y})[0]), 3, sums,
               {{2, "one of the two uses of x is lost: what came last, and not the sum"},
                {1, "one of the two uses of x is lost: what came first, and not the sum"}});
    check.near("d(x x)/dx at x = 3", value(grad(x * x, {x})[0]), 6, sums, {{3, "one of the two uses of x is lost"}});

    const Var b = y + y, c = b + b;
    check.near("dc/da of b = a + a, c = b + b", value(grad(c, {y})[0]), 4,
               "chapter autodiff, \"What goes wrong\": every cotangent must be complete before it is handed on",
               {{6, "a part of b's cotangent was handed on, and then again with all of it"},
                {1, "of each pair of uses one is lost"},
                {2, "of one pair of uses one is lost"}});
    const Var square = x * x;
    const Var later = square * y;
    check.near("d(x x)/dx at x = 3, where x x y was recorded after it", value(grad(square, {x})[0]), 6,
               "the seed ȳ = 1 belongs to y's own place, which need not be the last of the tape",
               {{12, "that is the derivative of x x y: the walk began at the end with 1"}});
    check.near("d(x x y)/dy at x = 3", value(grad(later, {x, y})[1]), 9, "autodiff (3)");
    check.near("d(x x)/dy", value(grad(square, {y})[0]), 0, "nothing arrives at y: its cotangent stays 0");
    check.near("d(x x y)/dx at x = 3, y = 2, asked for again", value(grad(later, {x})[0]), 12,
               "cotangents begin at 0 in each walk", {{24, "the walk before has left its cotangents"}});

    Var doubled = x;
    for (int i = 0; i < 60; ++i) doubled = doubled + doubled;
    check.near("dy/dx / 2^60, where x is doubled 60 times", value(grad(doubled, {x})[0]) / double(1L << 60), 1,
               "one loop over the list, from its end; no walk along all paths, of which there are 2^60");
}

}  // namespace mine

int main() { return mine::run(2, "the reverse walk", mine::step_2); }
