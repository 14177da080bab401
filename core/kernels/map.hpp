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

// Not inlined: whoever has a line to map, shapes looked at or places known, calls the same loop.
template <class F, class... Operands>
[[gnu::noinline]] void map_line(F f, Real* y, Index n, Operands... x) {
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

// What is left of a map once its shapes have been looked at: the two inner loops of its nest.
struct Lines {
    Nest::Loop line, lines;
    unsigned moving;  // bit k: operand k moves along a line
};

// Of operands x[k] that broadcast to y. False: the nest has more than two loops, of which these are the inner ones.
template <std::size_t... k>
bool find_lines(Lines& found, Nest& nest, const MutableView& y, const View* const* x, std::index_sequence<k...>) {
    const Index size = y.size();
    const unsigned whole = ((x[k]->size() == size ? 1u << k : 0) + ...);
    found = {{size, {}}, {size > 0, {}}, whole};
    if (size == 0 || ((whole >> k & 1 || x[k]->size() == 1) && ...)) return true;  // nearly always: one line
    nest = Nest(y.shape, {&x[k]->shape...});
    found = {nest.loops[0], nest.loops[1], 0};
    ((found.moving |= found.line.stride[k] != 0 ? 1u << k : 0), ...);
    return nest.depth <= 2;
}

// The same where code is dear: one loop, whichever operands move.
template <class F, std::size_t... k>
[[gnu::noinline]] void map_any(F f, Real* y, const Lines& l, const Real* const* x, std::index_sequence<k...>) {
    const Real* at[] = {x[k]...};
    const Index step[] = {Index(l.moving >> k & 1)...};
    for (Index left = l.lines.extent; left > 0; --left) {
        for (Index i = 0; i < l.line.extent; ++i) y[i] = f(at[k][i * step[k]]...);
        y += l.line.extent;
        ((at[k] += l.lines.stride[k]), ...);
    }
}

// f of the lines as they lie, for operands that begin at x[k].
template <class F, std::size_t... k>
void map_found(F f, Real* y, const Lines& l, const Real* const* x, std::index_sequence<k...> each) {
    if constexpr (small_machine)
        map_any(f, y, l, x, each);
    else
        with_constant<0, (1 << sizeof...(k)) - 1>(l.moving,
                                                  [&](auto set) { map_lines<set()>(f, y, l.line, l.lines, x, each); });
}

// Operands x[k] that broadcast to y.
template <class F, std::size_t... k>
void map_over(F f, const MutableView& y, const View* const* x, std::index_sequence<k...> each) {
    constexpr int operands = sizeof...(k);
    const Real* at[operands] = {x[k]->data...};
    Lines l;
    Nest nest;
    if (find_lines(l, nest, y, x, each)) return map_found(f, y.data, l, at, each);
    Real* to = y.data;
    Index place[Shape::max_rank] = {}, offset[operands] = {};
    do {
        ((at[k] = x[k]->data + offset[k]), ...);
        map_found(f, to, l, at, each);
        to += l.line.extent * l.lines.extent;
    } while (nest.next(2, place, offset));
}

template <class F, class... Views>
void map_over(F f, const MutableView& y, const Views&... x) {
    const View* const operands[] = {&x...};
    map_over(f, y, operands, std::index_sequence_for<Views...>());
}

}  // namespace mapping

template <class F>
void map(F f, Real* y, const Real* x, Index count) {
    mapping::map_line(f, y, count, mapping::Operand<true>{x, 0});
}

template <class F>
void map(F f, const MutableView& y, const View& x) {
    map(f, y.data, x.data, y.size());
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
