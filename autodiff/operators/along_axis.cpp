// autodiff/operators/along_axis.cpp — flip and cumsum, stack and split (declared in autodiff/operators/shaping.hpp)
#include <algorithm>

#include "autodiff/operators/linear.hpp"  // brings: Linear, moved, AlongAxis
#include "autodiff/operators/shaping.hpp"

namespace costate::inline COSTATE_PRECISION {

namespace {

struct Flip : AlongAxis {
    static constexpr const char* name = "flip";
    static constexpr std::uint32_t number = number_of("flip");
    bool operator==(const Flip&) const = default;
    Shape shape(const Shape& x, Where) const { return x; }
    void eval(const View& x, const MutableView& y) const {
        const Shape::Around a = x.shape.around(axis);
        for (Index o = 0; o < a.outer; ++o)
            for (Index j = 0; j < a.extent; ++j)
                std::copy_n(x.data + (o * a.extent + j) * a.inner, a.inner,
                            y.data + (o * a.extent + a.extent - 1 - j) * a.inner);
    }
    void print(CCode& c) const {
        const Shape::Around a = c.out.around(axis);
        c.each("o", a.outer, [&] {
            c.each("j", a.extent, [&] {
                c.each("i", a.inner, [&] {
                    c.line(spelled("y[(o * ", a.extent, " + j) * ", a.inner, " + i] = x[(o * ", a.extent, " + ",
                                   a.extent - 1, " - j) * ", a.inner, " + i];"));
                });
            });
        });
    }
    Flip transposed(const Shape&) const { return *this; }
};

struct CumSum : AlongAxis {  // y_j = x_0 + ... + x_j; its transpose adds from the end: x_j + ... + x_{n−1}
    int from_end = false;    // no bool: Operator::distinct
    static constexpr const char* name = "cumsum";
    static constexpr std::uint32_t number = number_of("cumsum");
    bool operator==(const CumSum&) const = default;
    Shape shape(const Shape& x, Where) const { return x; }
    void eval(const View& x, const MutableView& y) const {
        const Shape::Around a = x.shape.around(axis);
        const Index step = from_end ? -a.inner : a.inner, begin = from_end ? (a.extent - 1) * a.inner : 0;
        for (Index o = 0; o < a.outer && a.extent > 0; ++o) {
            Index at = o * a.extent * a.inner + begin;
            std::copy_n(x.data + at, a.inner, y.data + at);
            for (Index j = 1; j < a.extent; ++j) {
                at += step;
                for (Index i = at; i < at + a.inner; ++i) y[i] = y[i - step] + x[i];
            }
        }
    }
    void print(CCode& c) const {
        const Shape::Around a = c.out.around(axis);
        c.each("o", a.outer, [&] {
            c.each("j", a.extent, [&] {
                c.each("i", a.inner, [&] {
                    const std::string j = from_end ? spelled("(", a.extent - 1, " - j)") : "j";
                    c.line(spelled("const int at = (o * ", a.extent, " + ", j, ") * ", a.inner, " + i;"));
                    c.line(spelled("y[at] = j == 0 ? x[at] : y[at ", from_end ? "+ " : "- ", a.inner, "] + x[at];"));
                });
            });
        });
    }
    CumSum transposed(const Shape&) const { return {{axis}, !from_end}; }
};

Shape with_axis(const Shape& shape, int axis, Where at) {  // one of extent 1 more, in that place
    Shape more;
    for (int a = 0; a <= shape.rank(); ++a) {
        if (a == axis) more.append(1, at);
        if (a < shape.rank()) more.append(shape[a], at);
    }
    return more;
}

template <class Count>
std::span<const Var> parts_of(const Operand& x, Index parts, int axis, Count count) {
    const std::span<Var> list = x.var().tape().list(parts);
    Index first = 0;
    for (Index i = 0; i < parts; first += count(i++)) list[i] = slice(x, axis, first, count(i));
    return list;
}

}  // namespace

Var flip(const Operand& x, int axis) { return moved(x, Flip{{axis_of("flip", x, axis)}}); }
Var cumsum(const Operand& x, int axis) { return moved(x, CumSum{{axis_of("cumsum", x, axis)}}); }

Var stack(std::span<const Var> parts, int axis, Where at) {
    Tape& tape = innermost_tape(parts, "stack", at);
    const Shape one = tape.bring(parts[0], at).shape();
    const int place = checked_axis("stack", with_axis(one, 0, at), axis, at);
    const std::span<Var> layers = tape.list(parts.size());
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const Var part = tape.bring(parts[i], at);
        if (part.shape() != one)
            fail(at,
                 {.what = "stack: the shapes differ",
                  .got = text(one, " and ", part.shape()),
                  .expected = "parts of one shape",
                  .fix = "concatenate joins parts of different extents along one axis; broadcast_to makes them equal"});
        layers[i] = reshape(Operand(part, at), with_axis(one, place, at));
    }
    return concatenate(layers, place, at);
}

Var stack(std::initializer_list<Operand> parts, int axis) {
    const Where at = parts.size() == 0 ? Where::nowhere() : parts.begin()->at();
    return stack(put_on_tape(std::span(parts.begin(), parts.size()), "stack"), axis, at);
}

std::span<const Var> split_evenly(const Operand& x, Index parts, int axis) {
    const Shape shape = shape_of(x, "split");
    const int counted = checked_axis("split", shape, axis, x.at());
    if (parts < 1 || shape[counted] % parts != 0)
        fail(x.at(), {.what = "split: the parts would not be equal",
                      .got = text(parts, " parts of axis ", counted, " of ", shape),
                      .expected = text("a number of parts that divides ", shape[counted]),
                      .fix = "split(x, {2, 3}, axis): so many entries for each part"});
    return parts_of(x, parts, counted, [&](Index) { return shape[counted] / parts; });
}

std::span<const Var> split(const Operand& x, Indices counts, int axis) {
    const Shape shape = shape_of(x, "split");
    const int counted = checked_axis("split", shape, axis, x.at());
    Index sum = 0;
    std::string list;
    for (Index i = 0; i < counts.size(); ++i) {
        if (counts[i] < 0)
            fail(x.at(), {.what = "split: a count of entries is negative",
                          .got = text(counts[i], " as count ", i, ", of axis ", counted, " of ", shape),
                          .expected = text("counts whose sum is ", shape[counted], ", each of them written out")});
        sum += std::min(counts[i], shape[counted] + 1);
        list += text(i == 0 ? "" : " + ", counts[i]);
    }
    if (counts.size() == 0) list = "an empty list of counts: no";
    if (counts.size() == 0 || sum != shape[counted])
        fail(x.at(), {.what = "split: the parts do not make up the axis",
                      .got = text(list, " entries of axis ", counted, " of ", shape),
                      .expected = text("counts whose sum is ", shape[counted])});
    return parts_of(x, counts.size(), counted, [&](Index i) { return counts[i]; });
}

COSTATE_EVALUATOR(Linear<Flip>)
COSTATE_EVALUATOR(Linear<CumSum>)

}  // namespace costate
