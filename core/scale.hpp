// core/scale.hpp — how large an error of a number that goes from z to z⁺ may be: its scale
//   scale = max(atol + rtol m, floor),   floor = max(2ε m, smallest normal),   m = max(|z|, |z⁺|)
// ε and the smallest normal number are those of T. Inlined wherever it stands: kernels are compiled for several processors.
// source   Hairer, Nørsett & Wanner I, 2nd ed., §II.4. The floors are ours: below 2ε m an error is rounding.
// see      core/kernels/combine.hpp (of many numbers) · ode/tolerance.hpp (of one)
#pragma once
#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>  // brings: std::conditional_t

#include "core/elementary/bits.hpp"  // brings: COSTATE_INLINE
#include "core/real.hpp"             // brings: Number

namespace costate {

template <class T>
COSTATE_INLINE Number larger_size(T z, T next) {
    return std::max(std::abs(Number(z)), std::abs(Number(next)));
}

template <class T>
COSTATE_INLINE Number scale_floor(Number m) {
    using Scale = std::conditional_t<(sizeof(T) < sizeof(Number)), T, Number>;
    return std::max(2 * Number(std::numeric_limits<T>::epsilon()) * m, Number(std::numeric_limits<Scale>::min()));
}

template <class T>
COSTATE_INLINE bool is_floor(Number m, Number rtol, Number atol) {
    return scale_floor<T>(m) > atol + rtol * m;
}

template <class T>
COSTATE_INLINE Number error_scale(Number m, Number rtol, Number atol) {
    return std::max(atol + rtol * m, scale_floor<T>(m));
}

}  // namespace costate
