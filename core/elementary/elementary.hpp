// core/elementary/elementary.hpp — exp, log, tanh and their relatives without a branch
// All are templates for float and double, in namespace costate::elementary; say elementary::exp, not `using namespace`:
//   T exp(T x), expm1, log, log1p, tanh, sigmoid, softplus, sin, cos, tan, atan, erf;   T pow(T x, T y), atan2, hypot
//   void sin(const T* x, T* y, Index n), cos, tan                       n entries, y may be x
// A plain loop, for each i y[i] = elementary::tanh(x[i]), is compiled to vector instructions under -O3 -fno-trapping-math
// -fno-math-errno; for sin, cos and tan, which reduce far angles by a call, the loop is ours.
// Largest error seen, in units in the last place, and ns per entry (g++ 12, AVX-512, Zen 5, 2048 entries):
//              exp   expm1  log   log1p  tanh  sigmoid  softplus  sin   cos   pow
//   double     0.98  1.43   0.84  1.2    1.98  2.42     1.65      1.54  1.46  1.20
//   float      0.98  1.2    0.83  1.40   1.98  2.37     1.63      0.56  0.56  0.51
//   ns double  0.52  0.62   0.60  0.65   0.53  0.55     1.8       0.98  0.97  3.6
//   ns float   0.21  0.26   0.25  0.26   0.21  0.21     0.73      1.02  1.00  2.0
//              tan   atan   atan2  erf   hypot
//   double     3.39  1.30   1.48   1.23  0.99
//   float      0.94  1.45   1.57   1.17  0.51
//   double     1.7   1.3    1.6    2.4   1.4       times as long as tanh
//   float      4.3   1.3    1.5    1.9   1.5
// "Seen", not proved: millions of points a function; tanh in float: every number from 2^-7 to 10. Without fused
// multiply-add the last digits differ, within the same bounds but for tanh in double, 2.02,
// erf, 1.42, hypot, 1.16, and tan, 3.48.
// Infinity, nan, the sign of zero and denormal numbers, given or returned, are as in C11, annex F; no exception flags.
// why      The C library's functions take one number at a time; its vector versions ask for -ffast-math, which gives up
//          infinity and nan.
// see      tests/core/elementary_test.cpp holds the bounds, rounded up · core/elementary/in_c.hpp: the same functions as C
#pragma once
#include "core/elementary/atan.hpp"  // brings: atan, atan2, hypot
#include "core/elementary/erf.hpp"   // brings: erf
#include "core/elementary/exp.hpp"   // brings: exp, expm1, tanh, sigmoid
#include "core/elementary/log.hpp"   // brings: log, log1p, softplus
#include "core/elementary/pow.hpp"   // brings: pow
#include "core/elementary/trig.hpp"  // brings: sin, cos, tan
