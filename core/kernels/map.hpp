// core/kernels/map.hpp — one scalar function, applied entry by entry
//   y_i = f(x_i)      y_i = f(a_i, b_i)      y_i = f(a_i, b_i, c_i)
// shapes   x as y; a, b, c broadcast to y's shape (core/shape.hpp). An operand of y's shape may be y itself.
// why      f is a functor and not a function pointer: each loop is compiled with f inside it and vectorised. The code for
//          one f is one loop for each set of operands that may move, whatever the shapes: core/kernels/nest.hpp does the rest.
#pragma once
#include <type_traits>
#include <utility>

#include "core/kernels/nest.hpp"  // brings: Nest
#include "core/loops.hpp"         // brings: COSTATE_INDEPENDENT
#include "core/tensor.hpp"        // brings: View, MutableView

namespace costate {
namespace mapping {

// An operand in the innermost loop: it moves, or it is one number, read once.
template <bool moves>
struct Operand {
    const Real* at;
    Real first = *at;
    Real operator[]([[maybe_unused]] Index i) const {
        if constexpr (moves) {
            return at[i];
        } else {
            return first;
        }
    }
};

template <class F, class... Operands>
inline void map_line(F f, Real* y, Index n, Operands... x) {
    COSTATE_INDEPENDENT
    for (Index i = 0; i < n; ++i) y[i] = f(x[i]...);
}

template <std::size_t>
using Pointer = const Real*;

// `lines` lines of `width` entries; bit k of `moving`: operand k moves along a line, and by stride[k] from line to line.
template <unsigned moving, class F, std::size_t... k>
void map_lines(F f, Real* y, Index width, Index lines, const Index* stride, std::index_sequence<k...>,
               Pointer<k>... x) {
    for (Index line = 0; line < lines; ++line) {
        map_line(f, y, width, Operand<(moving >> k & 1) != 0>{x}...);
        y += width;
        ((x += stride[k]), ...);
    }
}

template <class F, std::size_t... moving, std::size_t... k, class... Views>
void map_over(F f, const MutableView& y, std::index_sequence<moving...>, std::index_sequence<k...>, const Views&... x) {
    const auto lines = [&](unsigned moves, Real* to, Index width, Index count, const Index* stride,
                           const Index* offset) {
        const auto run = [&](auto set) {
            map_lines<set()>(f, to, width, count, stride, std::index_sequence<k...>(), x.data + offset[k]...);
        };
        ((moves == moving ? run(std::integral_constant<unsigned, moving>()) : void()), ...);
    };
    const Index size = y.size();
    Index offset[sizeof...(k)] = {};
    const unsigned full = ((x.size() == size ? 1u << k : 0) + ...);
    if (((full >> k & 1 || x.size() == 1) && ...)) {  // nearly always: one line, and nothing or all of x repeats
        return lines(full, y.data, size, size != 0, offset, offset);
    }
    if (size == 0) return;
    Nest nest(y.shape, {&x.shape...});
    const Index width = nest.loops[0].extent, count = nest.loops[1].extent;
    Real* to = y.data;
    do {
        lines(nest.loops[0].moves, to, width, count, nest.loops[1].stride, offset);
        to += width * count;
    } while (nest.next(offset));
}

}  // namespace mapping

template <class F>
void map(F f, const MutableView& y, const View& x) {
    mapping::map_line(f, y.data, y.size(), mapping::Operand<true>{x.data, 0});
}

template <class F>
void map(F f, const MutableView& y, const View& a, const View& b) {
    mapping::map_over(f, y, std::make_index_sequence<4>(), std::make_index_sequence<2>(), a, b);
}

template <class F>
void map(F f, const MutableView& y, const View& a, const View& b, const View& c) {
    mapping::map_over(f, y, std::make_index_sequence<8>(), std::make_index_sequence<3>(), a, b, c);
}

}  // namespace costate
