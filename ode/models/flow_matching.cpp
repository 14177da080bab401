#include "ode/models/flow_matching.hpp"

#include "autodiff/operators/elementwise.hpp"
#include "autodiff/operators/reductions.hpp"  // brings: sum, mean
#include "ode/field/record.hpp"               // brings: require_rate

namespace costate::ode::inline COSTATE_PRECISION {

namespace {

struct MatchingDraws {  // kept by the tape, so that a warm update allocates nothing
    Tensor z, t;
};

}  // namespace

Var matching_loss(Tape& tape, FieldRef field, View x, Rng& rng, Where at) {
    const CalledFrom caller(at);
    if (x.shape.rank() != 2 || x.size() == 0)
        fail(at, {.what = "matching_loss: x is no batch of points", .got = to_text(x.shape), .expected = "x [B,D]"});
    auto& [z, t] = tape.extension<MatchingDraws>();
    const Index rows = x.shape[0];
    if (z.shape() != x.shape) z = Tensor(x.shape), t = Tensor({rows, 1});
    rng.fill_normal(z.entries());
    for (Index i = 0; i < rows; ++i)
        t[i] = static_cast<Real>((static_cast<Number>(i) + rng.uniform()) / static_cast<Number>(rows));
    const Var time = tape.constant(t), from = tape.constant(x), line = tape.constant(z) - from;
    const Var velocity = [&] {
        const While calling("calling the field of matching_loss", at);
        return tape.bring(field(time, from + time * line), at);
    }();
    require_rate(velocity, x.shape, at);
    return mean(sum(square(velocity - line), -1));  // straight (4)
}

}  // namespace costate::ode
