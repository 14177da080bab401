#include "autodiff/derivatives/grad.hpp"

#include "autodiff/derivatives/walk.hpp"   // brings: Walk
#include "autodiff/operators/shaping.hpp"  // brings: filled, broadcast_to

namespace costate::inline COSTATE_PRECISION {

namespace {

using walking::Walk;

constexpr const char *of_vjp = "the arguments are (y, x, y_bar): y_bar has y's shape",
                     *of_jvp = "the arguments are (y, x, x_dot): x_dot has x's shape";

void require_count(const char* what, std::size_t given, std::size_t needed, const char* order, Where at) {
    if (given != needed)
        fail(at, {.what = text(what, ": the number of them does not fit"),
                  .got = text(given),
                  .expected = text(needed, ", one for each"),
                  .fix = order});
}

void require_shape(const char* what, Var d, Var of, const char* order, Where at) {
    if (!d.is_zero() && d.shape(at) != of.shape(at))
        fail(at, {.what = text(what, ": the shape does not fit"),
                  .got = text(d.shape(), " for a Var of shape ", of.shape()),
                  .expected = text(of.shape()),
                  .fix = order});
}

std::span<Var> list_of_zeros(Vars xs, Where at) {  // the derivatives of nothing
    return xs.empty() ? std::span<Var>() : innermost_tape(xs, "derivative", at).list(xs.size());
}

// A direction in the shape of the Var that it belongs to: one number stands for that number everywhere.
Var direction_of(const Operand& given, Var tape_of, Var like) {
    if (given.is_zero()) return given.var();
    Tape& tape = innermost_tape(Vars(&tape_of, 1), "derivative", given.at());
    const Var d = given.on(tape);
    return given.is_number() ? broadcast_to(d, like.shape(given.at())) : d;
}

Var leaf_of(const Parameter& x, Var y, Where at) { return innermost_tape({&y, 1}, "derivative", at).use(x, at); }

// An answer of zero may be one to a question that was not meant: with x and the direction in each other's place.
void require_order(const char* what, Var y, Var x, const Operand& direction, const char* order) {
    if (!direction.is_var() || direction.is_zero() || &direction.var().tape() != &y.tape()) return;
    if (direction.var().index() == y.index() || !walking::depends(y, direction.var())) return;  // (u · ∇) u is meant
    fail(direction.at(), {.what = text(what, ": y does not depend on x, but on what is given as the direction"),
                          .got = text("y ", y.shape(), ", x ", x.shape(), ", direction ", direction.var().shape()),
                          .expected = "an x that y was computed from",
                          .fix = order});
}

}  // namespace

Vars vjp(Vars ys, Vars xs, Vars y_bars, Where at) {
    if (ys.empty()) return list_of_zeros(xs, at);
    require_count("vjp: cotangents", y_bars.size(), ys.size(), of_vjp, at);
    for (std::size_t i = 0; i < ys.size(); ++i) require_shape("vjp: a cotangent", y_bars[i], ys[i], of_vjp, at);
    Walk walk(xs, ys, at);
    const std::span<Var> x_bars = ys[0].tape().list(xs.size());
    walk.backwards(ys, y_bars, xs, x_bars);
    return x_bars;
}

Vars jvp(Vars ys, Vars xs, Vars x_dots, Where at) {
    if (ys.empty()) return {};
    require_count("jvp: tangents", x_dots.size(), xs.size(), of_jvp, at);
    for (std::size_t i = 0; i < xs.size(); ++i) require_shape("jvp: a tangent", x_dots[i], xs[i], of_jvp, at);
    Walk walk(xs, ys, at);
    const std::span<Var> y_dots = ys[0].tape().list(ys.size());
    walk.forwards(ys, xs, x_dots, y_dots);
    return y_dots;
}

Var vjp(Var y, Var x, const Operand& y_bar) {
    const Var direction = direction_of(y_bar, y, y);
    const Var x_bar = vjp(Vars(&y, 1), Vars(&x, 1), Vars(&direction, 1), y_bar.at())[0];
    if (x_bar.is_zero()) require_order("vjp", y, x, y_bar, of_vjp);
    return x_bar;
}

Var jvp(Var y, Var x, const Operand& x_dot) {
    const Var tangent = direction_of(x_dot, y, x);
    const Var y_dot = jvp(Vars(&y, 1), Vars(&x, 1), Vars(&tangent, 1), x_dot.at())[0];
    if (y_dot.is_zero()) require_order("jvp", y, x, x_dot, of_jvp);
    return y_dot;
}

Var hvp(Var y, Var x, const Operand& v) {
    const Var tangent = direction_of(v, y, x), slope = grad(y, x, v.at());
    if (!walking::depends(y, x)) require_order("hvp", y, x, v, "the arguments are (y, x, v): v has x's shape");
    return or_zeros(jvp(Vars(&slope, 1), Vars(&x, 1), Vars(&tangent, 1), v.at())[0], x);
}

Var vjp(Var y, const Parameter& x, const Operand& y_bar) { return vjp(y, leaf_of(x, y, y_bar.at()), y_bar); }
Var jvp(Var y, const Parameter& x, const Operand& x_dot) { return jvp(y, leaf_of(x, y, x_dot.at()), x_dot); }
Var hvp(Var y, const Parameter& x, const Operand& v) { return hvp(y, leaf_of(x, y, v.at()), v); }

Vars grad(Var y, Vars xs, Where at) {
    if (y.is_zero() || y.size(at) != 1)
        fail(at, {.what = "grad: y is not a single number",
                  .got = y.is_zero() ? text("Var{}") : text("shape ", y.shape()),
                  .expected = "a Var with exactly one entry, such as a loss",
                  .fix = "sum or mean it first, or choose weights with vjp(y, x, y_bar)"});
    Tape& tape = y.tape();
    const Var y_bar = filled(tape, y.shape(), 1);
    const Vars found = vjp(Vars(&y, 1), xs, Vars(&y_bar, 1), at);
    const std::span<Var> result = tape.list(xs.size());
    for (std::size_t i = 0; i < xs.size(); ++i) result[i] = or_zeros(found[i], xs[i]);
    return result;
}

Vars grad(Var y, std::initializer_list<Var> xs, Where at) { return grad(y, Vars(xs.begin(), xs.size()), at); }

Var grad(Var y, Var x, Where at) {
    const Var answer = grad(y, Vars(&x, 1), at)[0];
    if (&x.tape() == &y.tape() && x.index() > y.index() && walking::depends(x, y))
        fail(at, {.what = "grad: y does not depend on x, but x on y",
                  .got = text("y ", y.shape(), ", x ", x.shape()),
                  .expected = "an x that y was computed from",
                  .fix = "the arguments are (y, x): grad(loss, x)"});
    return answer;
}

Vars grad(Var y, Parameters parameters, Where at) {
    Tape& tape = innermost_tape(Vars(&y, 1), "grad", at);
    const std::span<Var> xs = tape.list(parameters.size());
    for (std::size_t i = 0; i < xs.size(); ++i) xs[i] = tape.use(parameters[i], at);
    return grad(y, xs, at);
}

Vars grad(Var y, std::initializer_list<Operand> xs, Where at) {
    Tape& tape = innermost_tape(Vars(&y, 1), "grad", at);
    const std::span<Var> list = tape.list(xs.size());
    for (std::size_t i = 0; i < list.size(); ++i) {
        const Operand& x = xs.begin()[i];
        if (x.is_number() || x.is_view())
            fail(at, {.what = "grad: numbers have no derivative",
                      .got = x.text(),
                      .expected = "Vars and Parameters that y was computed from",
                      .fix = "Var x = tape.variable(numbers); y computed from x; grad(y, x)"});
        list[i] = x.is_var() ? x.var() : x.on(tape);
    }
    return grad(y, list, at);
}

Vars grad(Var y, std::initializer_list<Parameter> parameters, Where at) {
    return grad(y, Parameters(std::span(parameters.begin(), parameters.size())), at);
}
Vars grad(Var y, std::initializer_list<Parameters> parameters, Where at) { return grad(y, Parameters(parameters), at); }

Var grad(Var y, const Parameter& parameter, Where at) { return grad(y, Parameters(parameter), at)[0]; }

}  // namespace costate
