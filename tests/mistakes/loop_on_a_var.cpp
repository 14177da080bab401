// A loop until the loss is small.
// expect: on the tape: where(greater(a, b), x, y); a number: a.item()
#include "costate.hpp"

void mistake(costate::Var loss) {
    while (loss > 1e-3) loss = loss / 2;
}
