#include "ode/stepper.hpp"

namespace costate::ode {

// The steps of every list of numbers whose length is known while running.
template class plain::Numbers<float, std::dynamic_extent, const plain::AnyField<float>>;
template class plain::Numbers<double, std::dynamic_extent, const plain::AnyField<double>>;
template class Loop<plain::NumbersOfAny<float>>;
template class Loop<plain::NumbersOfAny<double>>;
template class Walk<plain::NumbersOfAny<float>>;
template class Walk<plain::NumbersOfAny<double>>;

}  // namespace costate::ode
