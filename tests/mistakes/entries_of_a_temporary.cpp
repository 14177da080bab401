// A loop over the entries of a Tensor that is gone before the first of them is read.
// expect: keep the Tensor in a variable first
#include "costate.hpp"

costate::Tensor end();
double mistake() {
    double sum = 0;
    for (const costate::Real x : end().entries()) sum += x;
    return sum;
}
