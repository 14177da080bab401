// core/kernels/spans.cpp — plain loops over the elementary functions, which the compiler turns into vectors
#include "core/kernels/spans.hpp"

#include <algorithm>

#include "core/elementary/elementary.hpp"  // brings: elementary::exp, ...
#include "core/kernels/simd.hpp"           // brings: lanes
#include "core/loops.hpp"                  // brings: COSTATE_INDEPENDENT
#include "core/small.hpp"                  // brings: small_machine

namespace costate::spans::inline COSTATE_WIDTH {
namespace {

// map (core/kernels/map.hpp) would be one for all widths. What is left of whole vectors takes one more, on the stack: of 50
// numbers, two by themselves would take a quarter of the time.
template <class F>
void each(F f, const Real* x, Real* y, Index n) {
    const Index whole = small_machine ? n : n - n % simd::lanes;
    COSTATE_INDEPENDENT
    for (Index i = 0; i < whole; ++i) y[i] = f(x[i]);
    if (whole == n) return;
    Real rest[simd::lanes] = {};
    std::copy(x + whole, x + n, rest);
    COSTATE_INDEPENDENT
    for (Real& r : rest) r = f(r);
    std::copy_n(rest, n - whole, y + whole);
}

constexpr Real root_half = static_cast<Real>(0.7071067811865476);  // √½

}  // namespace

#define COSTATE_SPAN(name, f)                    \
    void name(const Real* x, Real* y, Index n) { \
        each([](Real v) { return f; }, x, y, n); \
    }
COSTATE_SPAN(exp, elementary::exp(v))
COSTATE_SPAN(expm1, elementary::expm1(v))
COSTATE_SPAN(log, elementary::log(v))
COSTATE_SPAN(log1p, elementary::log1p(v))
COSTATE_SPAN(tanh, elementary::tanh(v))
COSTATE_SPAN(sigmoid, elementary::sigmoid(v))
COSTATE_SPAN(softplus, elementary::softplus(v))
COSTATE_SPAN(atan, elementary::atan(v))
COSTATE_SPAN(erf, elementary::erf(v))
COSTATE_SPAN(normal_share, Real(0.5) * (1 + elementary::erf(v * root_half)))
#undef COSTATE_SPAN

// Of large arguments they are patched after the loop, so they work on whole spans.
void sin(const Real* x, Real* y, Index n) { elementary::sin(x, y, n); }
void cos(const Real* x, Real* y, Index n) { elementary::cos(x, y, n); }
void tan(const Real* x, Real* y, Index n) { elementary::tan(x, y, n); }

}  // namespace costate::spans::inline COSTATE_WIDTH
