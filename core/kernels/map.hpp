// core/kernels/map.hpp — one scalar function, applied entry by entry
//   y_i = f(x_i)      y_i = f(a_i, b_i)      y_i = f(a_i, b_i, c_i)
// shapes   x as y; a, b, c broadcast to y's shape (core/shape.hpp). An operand of y's shape may be y itself.
// why      f is a functor and not a function pointer: each loop is compiled with f inside it and vectorised. The code for
//          one f is one loop for each set of operands that may move, whatever the shapes: core/kernels/nest.hpp does the rest.
#pragma once
#include "core/kernels/nest.hpp"  // brings: Nest
#include "core/loops.hpp"         // brings: COSTATE_INDEPENDENT, with_constant
#include "core/tensor.hpp"        // brings: View, MutableView

namespace costate {
namespace mapping {

// An operand on a line of y: it moves along, or it is one number, read once.
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

// The two inner loops of a nest. Operand k begins at x[k]; it moves along a line if bit k of `moving` is set, and from
// line to line by the outer loop's stride.
template <int moving, class F, std::size_t... k>
void map_lines(F f, Real* y, const Nest::Loop& line, const Nest::Loop& lines, const Real* const* x,
               std::index_sequence<k...>) {
    const Real* at[] = {x[k]...};
    for (Index left = lines.extent; left > 0; --left) {
        map_line(f, y, line.extent, Operand<(moving >> k & 1) != 0>{at[k]}...);
        y += line.extent;
        ((at[k] += lines.stride[k]), ...);
    }
}

// Operands x[k] that broadcast to y.
template <class F, std::size_t... k>
void map_over(F f, const MutableView& y, const View* const* x, std::index_sequence<k...> each) {
    constexpr int operands = sizeof...(k);
    const Real* at[operands] = {x[k]->data...};
    Real* to = y.data;
    const auto map_inner = [&](unsigned moving, const Nest::Loop& line, const Nest::Loop& lines) {
        with_constant<0, (1 << operands) - 1>(moving,
                                              [&](auto set) { map_lines<set()>(f, to, line, lines, at, each); });
    };
    const Index size = y.size();
    if (size == 0) return;
    const unsigned whole = ((x[k]->size() == size ? 1u << k : 0) + ...);
    if (((whole >> k & 1 || x[k]->size() == 1) && ...))  // nearly always: one line, all of x or one number
        return map_inner(whole, {size, {}}, {1, {}});
    const Nest nest(y.shape, {&x[k]->shape...});
    const Nest::Loop &line = nest.loops[0], &lines = nest.loops[1];
    Index place[Shape::max_rank] = {}, offset[operands] = {};
    do {
        ((at[k] = x[k]->data + offset[k]), ...);
        map_inner(((line.stride[k] != 0 ? 1u << k : 0) + ...), line, lines);
        to += line.extent * lines.extent;
    } while (nest.next(2, place, offset));
}

template <class F, class... Views>
void map_over(F f, const MutableView& y, const Views&... x) {
    const View* const operands[] = {&x...};
    map_over(f, y, operands, std::index_sequence_for<Views...>());
}

}  // namespace mapping

template <class F>
void map(F f, const MutableView& y, const View& x) {
    mapping::map_line(f, y.data, y.size(), mapping::Operand<true>{x.data, 0});
}

template <class F>
void map(F f, const MutableView& y, const View& a, const View& b) {
    mapping::map_over(f, y, a, b);
}

template <class F>
void map(F f, const MutableView& y, const View& a, const View& b, const View& c) {
    mapping::map_over(f, y, a, b, c);
}

}  // namespace costate
