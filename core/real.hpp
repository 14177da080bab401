// core/real.hpp — the scalar types of a build
//   Real   double, or float when built with -DCOSTATE_REAL=float (make REAL=float): state, parameters, every tensor. Each of
//          its operations rounds by core (1).
//   Number double, in a float build, too: a number that steers a computation and is no entry of a tensor: t, h, a tolerance, a
//          norm, a tableau's coefficient, a learning rate. float when built with -DCOSTATE_REAL=float -DCOSTATE_TIME=float,
//          for processors whose doubles are calls (make arm). Where a text of the library says double, such a build has this;
//          a list of times is then a std::vector<costate::Number>, and a time has seven digits.
//   Index  a count or an offset; signed, so that loops may run backwards
// why      A single-precision state does not need a single-precision clock: t + h would stop moving long before y does.
//          The types that carry numbers live in an inline namespace named after both: objects built for float and for
//          double then fail to link instead of misreading each other's memory.
#pragma once
#include <cstddef>

#include "core/small.hpp"  // brings: COSTATE_SAME_BITS of small machines, COSTATE_THREAD_LOCAL

#if defined(__FAST_MATH__) || __FINITE_MATH_ONLY__ || defined(__ASSOCIATIVE_MATH__)
#error "costate is not for -ffast-math: infinities, nans and the order of sums are part of its results"
#endif
#ifndef COSTATE_REAL
#define COSTATE_REAL double
#endif
#define COSTATE_JOIN_(a, b) a##b
#define COSTATE_JOIN(a, b) COSTATE_JOIN_(a, b)
#ifndef COSTATE_TIME
#define COSTATE_TIME double
#define COSTATE_PRECISION COSTATE_JOIN(real_is_, COSTATE_REAL)
#else
#define COSTATE_PRECISION COSTATE_JOIN(COSTATE_JOIN(real_is_, COSTATE_REAL), COSTATE_JOIN(_time_is_, COSTATE_TIME))
#endif

namespace costate {
using Real = COSTATE_REAL;
using Number = COSTATE_TIME;
using Index = std::ptrdiff_t;
static_assert(sizeof(Number) >= sizeof(Real),
              "a Number is no narrower than a Real: COSTATE_TIME=float is for COSTATE_REAL=float");
}  // namespace costate
