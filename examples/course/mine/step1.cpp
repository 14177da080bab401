// examples/course/mine/step1.cpp — sums and products on a tape: the list of operations in the order in which they happened
#include "examples/course/mine/check.hpp"

namespace mine {

void step_1(Check& check) {
    Tape tape;
    const Var x = tape.variable(3.0), y = tape.variable(2.0);
    check.near("the value of a variable that was made with 3", value(x), 3, "chapter autodiff, what a Var is");
    const std::size_t leaves = nodes(tape);
    const Var sum = x + y, difference = x - y, product = x * y;
    check.near("x + y at x = 3, y = 2", value(sum), 5, "record(): it computes, and appends");
    check.near("x - y at x = 3, y = 2", value(difference), 1, "record(): it computes, and appends");
    check.near("x * y at x = 3, y = 2", value(product), 6, "record(): it computes, and appends");
    check.near("nodes that x + y, x - y and x * y add to the tape", double(nodes(tape) - leaves), 3,
               "chapter autodiff, what it is to record: to compute an operation and to append it",
               {{0, "the numbers are right, but nothing is appended"}});
    check.near("1 - x at x = 3: a number stands beside a Var", value(1 - x), -2,
               "record(): a Var without a tape is a constant; the tape is the other operand's");
    check.near("2 * x at x = 3: a number stands beside a Var", value(2 * x), 6,
               "record(): a Var without a tape is a constant; the tape is the other operand's");

    Var total = x;
    for (int i = 0; i < 1000; ++i) total = total + x;
    check.near("x + x + ... + x, 1001 times 3", value(total), 3003,
               "the list moves as it grows: keep places in it, not pointers into it");
}

}  // namespace mine

int main() { return mine::run(1, "sums and products on a tape", mine::step_1); }
