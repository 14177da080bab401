// autodiff/higher.cpp — whole matrices of derivatives, out of vjp and jvp (declared in autodiff/grad.hpp)
#include <vector>

#include "autodiff/elementwise.hpp"
#include "autodiff/grad.hpp"
#include "autodiff/shaping.hpp"

namespace costate {
inline namespace COSTATE_PRECISION {

namespace {

// The i-th unit vector in the shape of v, as a constant of its tape.
Var unit(Var v, Index i) {
    Tensor e(v.shape());
    e[i] = 1;
    return v.tape().constant(e);
}

}  // namespace

Var jacobian(Var y, Var x, Where at) {
    const Index n = y.size(at), m = x.size(at);
    Shape full = y.shape();
    for (int axis = 0; axis < x.shape().rank(); ++axis) full.append(x.shape()[axis], at);
    if (n == 0 || m == 0) return filled(y.tape(), full, 0);
    const bool by_rows = n <= m;
    const std::span<Var> parts = y.tape().list(static_cast<std::size_t>(by_rows ? n : m));
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const Index k = static_cast<Index>(i);
        parts[i] = by_rows ? reshape(or_zeros(vjp(y, unit(y, k), x, at), x), {1, m})
                           : reshape(or_zeros(jvp(y, x, unit(x, k), at), y), {n, 1});
    }
    return reshape(Operand(concatenate(parts, by_rows ? 0 : 1, at), at), full);
}

Var hessian(Var y, Var x, Where at) { return jacobian(grad(y, x, at), x, at); }

Var hvp(Var y, Var x, Var v, Where at) { return or_zeros(jvp(grad(y, x, at), x, v, at), x); }

Var laplacian(Var y, Var x, Where at) {
    if (x.shape(at).rank() != 2 || y.shape(at).rank() < 1 || y.shape()[0] != x.shape()[0])
        fail({.what = "laplacian: x must hold one point in each row",
              .got = "x " + to_text(x.shape()) + ", y " + to_text(y.shape(at)),
              .expected = "x [B,D] and y [B] or [B,...]"},
             at);
    const Index dimensions = x.shape()[1];
    const std::span<Var> second = y.tape().list(static_cast<std::size_t>(dimensions));
    for (Index j = 0; j < dimensions; ++j) {
        Tensor e({1, dimensions});
        e[j] = 1;
        const Var direction = broadcast_to(y.tape().constant(e), x.shape());  // one direction, shared by all rows
        const Var slope = jvp(y, x, direction, at);
        if (!slope.is_zero()) second[static_cast<std::size_t>(j)] = jvp(slope, x, direction, at);
    }
    return or_zeros(sum_of(second), y);
}

}  // namespace COSTATE_PRECISION
}  // namespace costate
