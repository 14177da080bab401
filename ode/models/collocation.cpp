#include "ode/models/collocation.hpp"

#include "autodiff/tape/tape.hpp"  // brings: Tape
#include "core/linspace.hpp"       // brings: linspace
#include "nn/batches.hpp"          // brings: take_rows
#include "nn/losses.hpp"           // brings: mse

namespace costate::ode::inline COSTATE_PRECISION {

Collocation collocation(const Times& times, View data, const CollocationOptions& options, Where at) {
    if (data.shape.rank() < 2)
        fail(at, {.what = "collocation: the data are no states at times",
                  .got = "data " + to_text(data.shape),
                  .expected = "data [T,D] at T times, or [T,N,D] for N orbits",
                  .fix = data.shape.rank() == 1 ? "reshaped({T, 1}) for one number at a time" : ""});
    const std::vector<Number> knots = times.numbers(at);
    const SmoothingSpline curve(knots, data, options.smoothing, at);
    const std::vector<Number> t =
        options.points > 0 ? linspace(knots.front(), knots.back(), options.points, at) : knots;
    const Index count = t.size(), orbits = data.shape.rank() > 2 ? data.shape[1] : 1;
    const Shape shape = Shape({count * orbits}, at).joined(data.shape, data.shape.rank() > 2 ? 2 : 1);
    Collocation c{Tensor(Shape{count * orbits, 1}), curve(t).reshaped(shape), curve.slope(t).reshaped(shape)};
    for (Index i = 0; i < count * orbits; ++i) c.t[i] = static_cast<Real>(t[i / orbits]);
    return c;
}

Collocation Collocation::rows(Indices chosen, Where at) const {
    const std::vector<Index> list = chosen.list();
    return {nn::take_rows(t, list, at), nn::take_rows(z, list, at), nn::take_rows(dzdt, list, at)};
}

Var mismatch(Tape& tape, FieldRef field, const Collocation& c, Where at) {
    const Var t = tape.constant(c.t), z = tape.constant(c.z);
    const While doing("matching the slopes of the data", at);
    const Var dzdt = field(t, z);
    return nn::mse({dzdt, at}, c.dzdt);  // (a)
}

}  // namespace costate::ode
