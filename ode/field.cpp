#include "ode/field.hpp"

#include "autodiff/operators/elementwise.hpp"

namespace costate::ode::inline COSTATE_PRECISION {

Var FieldRef::operator()(Var t, Var z, Shares* shares) const {
    if (shares) *shares = {};
    if (call_) return call_(target_, t, z);
    Var rate;
    for (const FieldRef& part : parts_) {
        const Var share = part(t, z);
        if (share.is_zero() || share.shape() != z.shape())
            fail(Context::caller(),
                 {.what = "solve: a part of the field's list does not have the state's shape",
                  .got = text("part ", &part - parts_.begin(), ": ", share.is_zero() ? "Var{}" : text(share.shape())),
                  .expected = text(z.shape()),
                  .fix = "each part of {f, g} is a whole dz/dt: their sum is taken entry by entry"});
        rate = rate.is_zero() ? share : rate + share;
        if (!shares) continue;
        Var& sum = shares->stiff.is_zero() ? shares->stiff : shares->rest;
        sum = sum.is_zero() ? share : sum + share;
    }
    return rate;
}

}  // namespace costate::ode
