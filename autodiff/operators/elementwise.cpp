// autodiff/operators/elementwise.cpp — affine maps, detach, and the sum of several (unary.cpp, binary.cpp and choices.cpp have
// what else elementwise.hpp declares)
#include "autodiff/operators/elementwise.hpp"

#include <algorithm>

#include "autodiff/operators/affine.hpp"  // brings: AffineNumbers
#include "autodiff/operators/mapped.hpp"  // brings: map, bind_line

namespace costate::inline COSTATE_PRECISION {

namespace {

// Its derivative is an affine map of the tangent.
struct Affine : AffineNumbers {
    static constexpr const char* name = "affine";
    static constexpr std::uint32_t number = number_of("affine");
    static constexpr auto rows = elementwise_rows;
    bool operator==(const Affine&) const = default;
    Shape shape(const Shape& x, Where) const { return x; }
    void apply(const Real* x, Real* y, Index count) const { map(of_number(), y, x, count); }
    void eval(const View& x, const MutableView& y) const { apply(x.data, y.data, x.size()); }
    bool bind(const View& x, const MutableView&, Kernel& kernel) const { return bind_line<Affine>(x, kernel); }
    void print(CCode& c) const { c.map(in_c("x")); }
    Var jvp(Var, Var, Var dx) const { return affine(dx, scale, 0); }
    Var vjp(Var, Var, Var gy, Needs) const { return affine(gy, scale, 0); }
};

struct Detach {
    static constexpr const char* name = "detach";
    static constexpr std::uint32_t number = number_of("detach");
    static constexpr auto rows = elementwise_rows;
    static constexpr bool passive = true;
    bool operator==(const Detach&) const = default;
    Shape shape(const Shape& x, Where) const { return x; }
    void eval(const View& x, const MutableView& y) const { std::copy_n(x.data, x.size(), y.data); }
    void print(CCode& c) const { c.map("x"); }
    Var jvp(Var, Var, Var) const { return {}; }
    Var vjp(Var, Var, Var, Needs) const { return {}; }
};

struct SumOf {  // y = x₀ + x₁ + ..., in order
    static constexpr const char* name = "sum_of";
    static constexpr std::uint32_t number = number_of("sum_of");
    static constexpr auto rows = elementwise_rows;
    static constexpr bool general = true;
    bool operator==(const SumOf&) const = default;
    // Two terms in a pass, while there are as many: x(i) is where the i-th begins.
    template <class Term>
    static void add_up(Real* y, Index n, std::size_t terms, Term&& x) {
        using Entries = mapping::Operand<true>;
        const Real* sum = x(0);
        std::size_t i = 1;
        for (; i + 1 < terms; i += 2, sum = y)
            mapping::map_line([](Real u, Real v, Real w) { return (u + v) + w; }, y, n, Entries{sum, 0},
                              Entries{x(i), 0}, Entries{x(i + 1), 0});
        if (i < terms) mapping::map_line([](Real u, Real v) { return u + v; }, y, n, Entries{sum, 0}, Entries{x(i), 0});
    }
    // Of a batch of one row, what all rows share may meet the rows of several stages: then row by row.
    static bool is_whole(const View& x, const MutableView& y) { return x.size() == y.size(); }
    static bool are_whole(std::span<const View> in, const MutableView& y) {
        return std::ranges::all_of(in, [&y](const View& x) { return is_whole(x, y); });
    }
    void eval(std::span<const View> in, std::span<const MutableView> out, const Evaluation&) const {
        const MutableView& y = out[0];
        const Index all = y.size(), at_once = are_whole(in, y) ? all : y.shape.row_size();
        for (Index first = 0; first < all; first += at_once)
            add_up(y.data + first, at_once, in.size(),
                   [&](std::size_t i) { return in[i].data + (is_whole(in[i], y) ? first : 0); });
    }
    bool bind(std::span<const View> in, const MutableView& y, Kernel& kernel) const {
        if (!are_whole(in, y)) return false;
        kernel.set_rows(y.shape);
        kernel.sizes[0] = in.size();
        kernel.run = [](const Kernel& k, const Places& at, Index first, Index count) {
            const Index from = first * k.width;
            add_up(at.y + from, count * k.width, k.sizes[0], [&at, from](std::size_t i) { return at.x[i] + from; });
        };
        return true;
    }
    void print(CCode& c) const {
        std::string sum;
        for (std::size_t i = 0; i < c.in.size(); ++i) {
            const Index entries = c.in[i].size();
            const std::string place = entries == c.out.size() ? "i" : spelled("i % ", entries);
            sum += spelled(i == 0 ? "" : " + ", c.operand(i), "[", place, "]");
        }
        c.each("i", c.out.size(), [&] { c.line("y[i] = " + sum + ";"); });
    }
    void jvp(std::span<const Var>, std::span<const Var>, std::span<const Var> d_in, std::span<Var> d_out) const {
        d_out[0] = sum_of(d_in);
    }
    void vjp(std::span<const Var>, std::span<const Var>, std::span<const Var> g_out, Needs, std::span<Var> g_in) const {
        for (Var& g : g_in) g = g_out[0];
    }
};

}  // namespace

Var operator-(const Operand& x) {
    require_var(x, "operator-");
    return affine(x, -1, 0);
}

Var affine(const Operand& x, Number s, Number shift) {
    return x.is_zero() && shift == 0 ? x.var() : record(Affine{s, shift}, x);
}
Var detach(const Operand& x) { return x.is_zero() ? x.var() : record(Detach{}, x); }

Var sum_of(std::span<const Var> terms, Where at) {
    std::size_t count = 0;
    Var first;
    for (const Var& t : terms)
        if (!t.is_zero() && count++ == 0) first = t;
    if (count < 2) return first;
    Tape& tape = innermost_tape(terms, SumOf::name, at);
    const std::span<Var> present = tape.list(count);
    std::size_t n = 0;
    const Shape shape = first.shape(at);
    for (const Var& t : terms) {
        if (t.is_zero()) continue;
        if (t.shape(at) != shape)
            fail(at, {.what = "sum_of: the shapes differ",
                      .got = text(shape, " and ", t.shape()),
                      .expected = "terms of one shape",
                      .fix = "a + b broadcasts"});
        present[n++] = t;
    }
    const Tape::Operation* made = present[0].tape().producer(present[0]);
    const auto sum = made ? operator_of(made->op).sum : nullptr;
    const Var whole = sum ? sum(present, at) : Var{};
    return whole.is_zero() ? record_general(tape, SumOf{}, present, std::span(&shape, 1), at)[0] : whole;
}

COSTATE_EVALUATOR(Affine)
COSTATE_EVALUATOR(Detach)
COSTATE_EVALUATOR(SumOf)

}  // namespace costate
