// tests/autodiff/laws.hpp — what a law needs: a case recorded at a point, random directions, differences, replays
#pragma once
#include <algorithm>
#include <cmath>

#include "autodiff/program/workspace.hpp"  // brings: compile, run
#include "core/random.hpp"                 // brings: Rng
#include "tests/autodiff/cases.hpp"
#include "tests/support/precision.hpp"
#include "tests/support/same_bits.hpp"
#include "tests/support/shapes.hpp"

namespace costate::test {

using Tensors = std::vector<Tensor>;

// Entries on a grid, in random order: no two of them are closer than the grid, so no difference crosses a kink.
inline Tensors draw_point(const std::vector<Shape>& shapes, Interval from, Rng& rng) {
    Index n = 0;
    for (const Shape& s : shapes) n += s.size();
    std::vector<Index> order(static_cast<std::size_t>(n));
    rng.permutation(order);
    Tensors point;
    std::size_t at = 0;
    for (const Shape& s : shapes) {
        Tensor& x = point.emplace_back(s);
        for (Real& entry : x.entries())
            entry = static_cast<Real>(from.low + (from.high - from.low) * (double(order[at++]) + 0.5) / double(n));
    }
    return point;
}

inline Tensor random_like(const Shape& shape, Rng& rng) { return random_tensor(rng, shape); }

inline Tensors random_like(const std::vector<Shape>& shapes, Rng& rng) {
    Tensors list;
    for (const Shape& s : shapes) list.push_back(random_like(s, rng));
    return list;
}

inline double dot(const Tensors& a, const Tensors& b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        for (Index j = 0; j < a[i].size(); ++j) sum += double(a[i][j]) * double(b[i][j]);
    return sum;
}
inline double norm(const Tensors& a) { return std::sqrt(dot(a, a)); }

inline double distance(const Tensors& a, const Tensors& b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        for (Index j = 0; j < a[i].size(); ++j) sum += std::pow(double(a[i][j]) - double(b[i][j]), 2);
    return std::sqrt(sum);
}

// a case on a tape of its own
struct Recorded {
    Tape tape;
    std::vector<Var> x;
    Var y;

    Recorded(const std::function<Var(Vars)>& build, const Tensors& point) {
        for (const Tensor& t : point) x.push_back(tape.variable(t));
        y = build(x);
    }
    std::vector<Var> constants(const Tensors& list) {
        std::vector<Var> vars;
        for (const Tensor& t : list) vars.push_back(tape.constant(t));
        return vars;
    }
    // Zero Vars become zeros, so that laws need not tell them apart. A derivative of a wrong shape is not let through.
    Tensors numbers(Vars list, Vars shaped_like) const {
        Tensors values;
        for (std::size_t i = 0; i < list.size(); ++i) {
            values.emplace_back(shaped_like[i].shape());
            if (list[i].is_zero()) continue;
            if (list[i].shape() != shaped_like[i].shape()) fail({.what = "test: a derivative has a wrong shape"});
            values.back() = Tensor(tape.view(list[i]));
        }
        return values;
    }
};

// (d/dh) f(x + h d) at h = 0 by central differences; Richardson's (4 D(h/2) − D(h)) / 3 removes the term in h².
// What is left: h⁴ f⁗'/480 of truncation and about 3 ε/h of rounding.
template <class F>
Tensors difference_along(F f, const Tensors& x, const Tensors& d) {
    const double h = is_double ? 2e-3 : 1e-2;
    const auto at = [&](double step) {
        Tensors moved = x;
        for (std::size_t i = 0; i < x.size(); ++i)
            for (Index j = 0; j < x[i].size(); ++j)
                moved[i][j] = static_cast<Real>(double(x[i][j]) + step * double(d[i][j]));
        return f(moved);
    };
    const Tensors p1 = at(h), m1 = at(-h), p2 = at(h / 2), m2 = at(-h / 2);
    Tensors slope = p1;
    for (std::size_t i = 0; i < slope.size(); ++i)
        for (Index j = 0; j < slope[i].size(); ++j) {
            const double wide = (double(p1[i][j]) - double(m1[i][j])) / (2 * h);
            const double narrow = (double(p2[i][j]) - double(m2[i][j])) / h;
            slope[i][j] = static_cast<Real>((4 * narrow - wide) / 3);
        }
    return slope;
}

// The outputs that are replayed: y, its gradient and a product with its Hessian, all in random directions.
inline std::vector<Var> outputs_of(Recorded& r, std::uint64_t seed) {
    Rng rng(seed);
    std::vector<Shape> shapes;
    for (const Var& x : r.x) shapes.push_back(x.shape());
    const Tensor c = random_like(r.y.shape(), rng);
    const std::vector<Var> v = r.constants(random_like(shapes, rng));
    const Var weights = r.tape.constant(c);
    const Vars g = vjp(Vars(&r.y, 1), r.x, Vars(&weights, 1));
    std::vector<Var> outputs{r.y};
    outputs.insert(outputs.end(), g.begin(), g.end());
    for (const Var& gradient : g) {
        const Var along = gradient.is_zero() ? Var{} : jvp(Vars(&gradient, 1), r.x, v)[0];
        outputs.push_back(along);
    }
    return outputs;
}

// Operands as compile takes them: those without rows, those with (bit i of `rows`: operand i), and the numbers of all.
struct ByRows {
    std::vector<Var> inputs, batch;
    std::vector<View> in;
};
inline ByRows by_rows(Vars x, const Tensors& numbers, unsigned rows) {
    ByRows sorted;
    for (const bool with_rows : {false, true})
        for (std::size_t i = 0; i < x.size(); ++i) {
            if ((rows >> i & 1u) != with_rows) continue;
            (with_rows ? sorted.batch : sorted.inputs).push_back(x[i]);
            sorted.in.push_back(numbers[i]);
        }
    return sorted;
}

// Compiled at `point`, run at `other`: which output's bits are not those of a recording there? -1: none.
inline int replay_differs(const std::function<Var(Vars)>& build, const Tensors& point, const Tensors& other,
                          unsigned rows, bool* tileable = nullptr) {
    Recorded first(build, point), second(build, other);
    const std::vector<Var> outputs = outputs_of(first, 7), expected = outputs_of(second, 7);
    const auto [inputs, batch, in] = by_rows(first.x, other, rows);
    const Program program = compile(first.tape, inputs, outputs, batch);
    if (tileable) *tileable = compile(first.tape, inputs, Vars(outputs.data(), 1), batch).tileable;
    Tensors got;
    for (std::size_t i = 0; i < outputs.size(); ++i)
        got.emplace_back(expected[i].is_zero() ? Shape{} : expected[i].shape(), Real(7));
    std::vector<MutableView> out;
    for (Tensor& t : got) out.push_back(t.view());
    Workspace workspace;
    for (int time = 0; time < 2; ++time) {  // a warm workspace must not remember
        run(program, workspace, in, out);
        for (std::size_t i = 0; i < outputs.size(); ++i) {
            const Tensor right = expected[i].is_zero() ? Tensor(Shape{}) : Tensor(second.tape.view(expected[i]));
            if (!same_bits(right, got[i])) return static_cast<int>(i);
        }
    }
    return -1;
}

}  // namespace costate::test
