// autodiff/operators/mapped.hpp — operators that are one function of numbers, entry by entry (internal to autodiff/)
//   struct Mul { auto function() const { return [](Real x, Real y) { return x * y; }; } ... };
//   void eval(a, b, c) const { map(function(), c, a, b); }
//   bool bind(a, b, c, kernel) const { return bind_map<Mul>(c, kernel, a, b); }         in pieces of rows, for programs
#pragma once
#include <utility>

#include "autodiff/tape/operator.hpp"  // brings: Kernel, attributes_as
#include "core/kernels/map.hpp"        // brings: map, mapping::Lines

namespace costate::inline COSTATE_PRECISION {

namespace detail {

// Rows of a map that is one line for each set of rows: operand k moves along it, or is one number.
template <class Rule, int moving, std::size_t... k>
void map_rows(const Kernel& bound, const Places& at, Index first, Index count, std::index_sequence<k...>) {
    const Index from = first * bound.width;
    mapping::map_line(attributes_as<Rule>(*bound.attributes).function(), at.y + from, count * bound.width,
                      mapping::Operand<(moving >> k & 1) != 0>{at.x[k] + (moving >> k & 1 ? from : 0)}...);
}

// Rows of a map that is several lines: as many as there are rows, or it is done as a whole.
template <class Rule, int moving, std::size_t... k>
void map_lines_of_rows(const Kernel& bound, const Places& at, Index first, Index count,
                       std::index_sequence<k...> each) {
    auto l = bound.sizes_as<mapping::Lines>();
    if (bound.rows > 1) l.lines.extent = count;
    const Real* const x[] = {at.x[k] + first * l.lines.stride[k]...};
    mapping::map_lines<moving>(attributes_as<Rule>(*bound.attributes).function(), at.y + first * l.line.extent, l.line,
                               l.lines, x, each);
}

// Either of them, where code is dear.
template <class Rule, std::size_t... k>
void map_rows_any(const Kernel& bound, const Places& at, Index first, Index count, std::index_sequence<k...> each) {
    auto l = bound.sizes_as<mapping::Lines>();
    const bool one_line = l.lines.extent == 1;
    const Index from = first * (one_line ? bound.width : l.line.extent);
    if (one_line)
        l.line.extent = count * bound.width;
    else if (bound.rows > 1)
        l.lines.extent = count;
    const Real* const x[] = {at.x[k] + (one_line ? (l.moving >> k & 1 ? from : 0) : first * l.lines.stride[k])...};
    mapping::map_any(attributes_as<Rule>(*bound.attributes).function(), at.y + from, l, x, each);
}

}  // namespace detail

template <class Rule, class... Views>
bool bind_map(const MutableView& y, Kernel& kernel, const Views&... x) {
    constexpr int operands = sizeof...(Views);
    using Each = std::index_sequence_for<Views...>;
    const View* const views[] = {&x...};
    mapping::Lines lines;
    Nest nest;
    if (!mapping::find_lines(lines, nest, y, views, Each())) return false;
    const bool one_line = lines.lines.extent == 1;
    kernel.set_sizes(lines);
    kernel.set_rows(y.shape);
    if (!one_line && lines.lines.extent != kernel.rows) kernel.rows = 1;
    if constexpr (small_machine) {
        kernel.run = [](const Kernel& k, const Places& at, Index first, Index count) {
            detail::map_rows_any<Rule>(k, at, first, count, Each());
        };
        return true;
    }
    return with_constant<0, (1 << operands) - 1>(lines.moving, [&](auto set) {
        constexpr int moving = decltype(set)::value;
        if (one_line)
            kernel.run = [](const Kernel& k, const Places& at, Index first, Index count) {
                detail::map_rows<Rule, moving>(k, at, first, count, Each());
            };
        else
            kernel.run = [](const Kernel& k, const Places& at, Index first, Index count) {
                detail::map_lines_of_rows<Rule, moving>(k, at, first, count, Each());
            };
    });
}

// Of one number: all entries are one line, so whatever fills y from x will do.
//   struct Sin { static void apply(const Real* x, Real* y, Index count); ... };
template <class Rule>
bool bind_line(const View& x, Kernel& kernel) {
    kernel.set_rows(x.shape);
    kernel.run = [](const Kernel& k, const Places& at, Index first, Index count) {
        attributes_as<Rule>(*k.attributes).apply(at.x[0] + first * k.width, at.y + first * k.width, count * k.width);
    };
    return true;
}

}  // namespace costate
