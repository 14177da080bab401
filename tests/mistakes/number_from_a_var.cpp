// The number of a Var, as one would read a double.
// expect: Var
#include "costate.hpp"

double mistake(costate::Var loss) {
    double number = loss;
    return number;
}
