#include "ode/field.hpp"

#include "autodiff/operators/elementwise.hpp"

namespace costate::ode::inline COSTATE_PRECISION {

Var FieldRef::operator()(Var t, Var z) const {
    if (call_) return call_(target_, t, z);
    Var rate;
    for (const FieldRef& part : parts_) {
        const Var share = part(t, z);
        rate = rate.is_zero() ? share : rate + share;
    }
    return rate;
}

}  // namespace costate::ode
