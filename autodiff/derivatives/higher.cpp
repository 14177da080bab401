// autodiff/derivatives/higher.cpp — whole matrices of derivatives, out of vjp and jvp (see autodiff/derivatives/grad.hpp)
#include <vector>

#include "autodiff/derivatives/grad.hpp"
#include "autodiff/derivatives/walk.hpp"  // brings: depends, mixes_rows
#include "autodiff/operators/elementwise.hpp"
#include "autodiff/operators/shaping.hpp"

namespace costate::inline COSTATE_PRECISION {

namespace {
struct UnitVector {  // kept by the tape between passes, so that a warm one allocates nothing
    Tensor e;
};
}  // namespace

Var walking::along(Var x, Index j) {
    const Shape& shape = x.shape();
    const Index dimensions = shape[-1];
    Tensor& e = x.tape().extension<UnitVector>().e;
    const Shape of_row = Shape::of_rank(shape.rank()).with(-1, dimensions);
    if (e.shape() != of_row) e = Tensor(of_row);
    e[j] = 1;
    const Var unit = x.tape().constant(e);
    e[j] = 0;
    return broadcast_to(unit, shape);
}

namespace {

using walking::along;

// The i-th unit vector in the shape of v, as a constant of its tape.
Var unit(Var v, Index i) {
    Tensor e(v.shape());
    e[i] = 1;
    return v.tape().constant(e);
}

// For one Var each, without a look at the order of the arguments.
Var pull(Var y, Var x, Var y_bar, Where at) { return vjp(Vars(&y, 1), Vars(&x, 1), Vars(&y_bar, 1), at)[0]; }
Var push(Var y, Var x, Var x_dot, Where at) { return jvp(Vars(&y, 1), Vars(&x, 1), Vars(&x_dot, 1), at)[0]; }

void require_rate(Var f, Var z, Where at) {
    if (z.shape(at).rank() < 1 || f.shape(at) != z.shape())
        fail(at, {.what = "divergence: f and z must have the same shape, with the components along the last axis",
                  .got = text("f ", f.shape(), ", z ", z.shape()),
                  .expected = "f [B,D] and z [B,D]"});
}

// Zeros would be an answer to another question, and other rows' derivatives would be added in.
void require_own_rows(const char* name, const char* y, const char* x, Var of, Var by, Where at) {
    if (of.is_zero() || by.is_zero() || &of.tape() != &by.tape()) return;  // the walk has the words for it
    if (!walking::depends(of, by)) {
        const std::string what = text(name, ": ", y, " does not depend on ", x);
        const std::string got = text(y, " ", of.shape(at), ", ", x, " ", by.shape(at));
        if (walking::depends(by, of))
            fail(at, {.what = text(what, ", but ", x, " on ", y),
                      .got = got,
                      .expected = text("a ", y, " that was computed from ", x),
                      .fix = text("the arguments are (", y, ", ", x, "): the function, and where it was taken")});
        fail(at, {.what = what,
                  .got = got,
                  .expected = text("a ", y, " that was computed from this very Var"),
                  .likely = text(x, " was sliced or made a second time: name it once, Var ", x,
                                 " = ..., and give this Var to both"),
                  .fix = text("leave it out where ", y, " really is constant in ", x, ": it is 0 there")});
    }
    if (by.shape().rank() > 1 && by.shape()[0] > 1 && walking::mixes_rows(of, by))
        fail(at, {.what = text(name, ": the rows of ", y, " depend on one another"),
                  .got = text("a sum or mean over the rows of ", x, " within ", y),
                  .expected = text("row b of ", y, " a function of row b of ", x, " alone"),
                  .fix = text("sum along -1, within a row; detach(...) what counts as a constant; or jacobian(", y,
                              ", ", x, ")")});
}

}  // namespace

Var jacobian(Var y, Var x, Where at) {
    const Index n = y.size(at), m = x.size(at);
    const Shape full = y.shape().joined(x.shape(), 0, at);
    if (n == 0 || m == 0) return filled(y.tape(), full, 0);
    const bool by_rows = n <= m;
    const std::span<Var> parts = y.tape().list(by_rows ? n : m);
    for (std::size_t i = 0; i < parts.size(); ++i) {
        parts[i] = by_rows ? reshape(or_zeros(pull(y, x, unit(y, i), at), x), {1, m})
                           : reshape(or_zeros(push(y, x, unit(x, i), at), y), {n, 1});
    }
    return reshape(Operand(concatenate(parts, by_rows ? 0 : 1, at), at), full);
}

Var hessian(Var y, Var x, Where at) { return jacobian(grad(y, x, at), x, at); }

Var laplacian(Var y, Var x, Where at) {
    if (x.shape(at).rank() != 2 || y.shape(at).rank() < 1 || y.shape()[0] != x.shape()[0])
        fail(at, {.what = "laplacian: x must hold one point in each row",
                  .got = text("x ", x.shape(), ", y ", y.shape(at)),
                  .expected = "x [B,D] and y [B] or [B,...]"});
    require_own_rows("laplacian", "y", "x", y, x, at);
    const Index dimensions = x.shape()[1];
    const std::span<Var> second = y.tape().list(dimensions);
    for (Index j = 0; j < dimensions; ++j) {
        const Var direction = along(x, j), slope = push(y, x, direction, at);
        if (!slope.is_zero()) second[j] = push(slope, x, direction, at);
    }
    return or_zeros(sum_of(second), y);
}

Var divergence(Var f, Var z, Where at) {
    const CalledFrom caller(at);
    require_rate(f, z, at);
    require_own_rows("divergence", "f", "z", f, z, at);
    const Shape shape = z.shape();
    const Index dimensions = shape[-1];
    const std::span<Var> slopes = z.tape().list(dimensions);
    for (Index j = 0; j < dimensions; ++j) slopes[j] = column(push(f, z, along(z, j), at), j);
    const Var trace = sum_of(slopes);
    return trace.is_zero() ? filled(f.tape(), shape.with(-1, 1), 0) : trace;
}

Var divergence(Var f, Var z, const Operand& probes) {
    const CalledFrom caller(probes.at());
    require_rate(f, z, probes.at());
    require_own_rows("divergence", "f", "z", f, z, probes.at());
    Tape& tape = innermost_tape(Vars(&f, 1), "divergence");
    const Var all = probes.on(tape);
    const Shape shape = z.shape(), given = all.shape();
    const bool several = given.rank() == shape.rank() + 1;
    if ((several ? given.without(0) : given) != shape || given.rows() == 0)
        fail(probes.at(), {.what = "divergence: the probes do not fit z",
                           .got = text("probes ", given, " for z ", shape),
                           .expected = "z's shape, or [K,...] of K probes in z's shape"});
    const Index count = several ? given[0] : 1;
    const std::span<Var> estimates = tape.list(count);
    for (Index k = 0; k < count; ++k) {
        const Var probe = several ? all[k] : all;
        estimates[k] = sum(probe * pull(f, z, probe, probes.at()), -1, true);
    }
    const Var total = sum_of(estimates);
    if (total.is_zero()) return filled(tape, shape.with(-1, 1), 0);
    return count == 1 ? total : total / static_cast<Number>(count);
}

}  // namespace costate
