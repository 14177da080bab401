// core/kernels/spans.hpp — the elementary functions of many numbers: y_i = f(x_i) for n of them, y may be x
// What they are, and how near, is said in core/elementary/elementary.hpp; here is where their loops are compiled.
#pragma once
#include "core/real.hpp"   // brings: Real, Index
#include "core/width.hpp"  // brings: COSTATE_WIDTH

namespace costate::spans::inline COSTATE_WIDTH {

void exp(const Real* x, Real* y, Index n);
void expm1(const Real* x, Real* y, Index n);
void log(const Real* x, Real* y, Index n);
void log1p(const Real* x, Real* y, Index n);
void tanh(const Real* x, Real* y, Index n);
void sigmoid(const Real* x, Real* y, Index n);
void softplus(const Real* x, Real* y, Index n);
void sin(const Real* x, Real* y, Index n);
void cos(const Real* x, Real* y, Index n);
void tan(const Real* x, Real* y, Index n);
void atan(const Real* x, Real* y, Index n);
void erf(const Real* x, Real* y, Index n);
void normal_share(const Real* x, Real* y, Index n);  // of the normal law, what lies below x: (1 + erf(x/√2)) / 2

}  // namespace costate::spans::inline COSTATE_WIDTH
