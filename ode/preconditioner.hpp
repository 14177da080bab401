// ode/preconditioner.hpp — an approximate solution of an implicit method's equations, for GMRES to begin every product with
//   P ≈ I − hγJ:    A P⁻¹ u = b,   x = P⁻¹ u        the residual is that of x, so no P makes a wrong solution of A x = b   (a)
//   const ode::Preconditioner diagonal([k](double t, auto z, double h, auto r) { r[0] /= 1 + h * k[0]; ... });
// It is given t, the row z, hγ and r, and puts P⁻¹ r in the place of r; a gradient solves by Pᵀ: where that is another matrix,
// a fifth argument, bool transposed, says which of the two is wanted. z: std::span<const Real>, r: std::span<Real>.
// It is asked where one row has more than SolveOptions::dense_up_to numbers. It is kept, with all that it has captured, as long
// as the tape knows the solve: capture by value, and make it once, as two are the same if one is a copy of the other.
// source   Saad, Iterative Methods, 2nd ed., §9.3.2 (right-preconditioned GMRES)
// see      core/gmres.hpp · ode/batch/row_jacobians.cpp (who asks)
#pragma once
#include <concepts>
#include <functional>
#include <memory>
#include <span>
#include <type_traits>

#include "core/real.hpp"   // brings: Real
#include "core/small.hpp"  // brings: small_machine

namespace costate::ode::inline COSTATE_PRECISION {

class Preconditioner {
public:
    using Function =
        std::function<void(Number t, std::span<const Real> z, Number h, std::span<Real> r, bool transposed)>;

    Preconditioner() = default;
    template <class F>
    requires(!small_machine && !std::same_as<std::remove_cvref_t<F>, Preconditioner>) Preconditioner(F f) {
        if constexpr (std::is_invocable_v<F&, Number, std::span<const Real>, Number, std::span<Real>, bool>)
            solve_ = std::make_shared<const Function>(std::move(f));
        else
            solve_ = std::make_shared<const Function>([f = std::move(f)](Number t, std::span<const Real> z, Number h,
                                                                         std::span<Real> r, bool) { f(t, z, h, r); });
    }

    bool empty() const { return small_machine || solve_ == nullptr; }
    void solve(Number t, std::span<const Real> z, Number h, std::span<Real> r, bool transposed) const {
        (*solve_)(t, z, h, r, transposed);
    }
    bool operator==(const Preconditioner&) const = default;

private:
    std::conditional_t<small_machine, const Function*, std::shared_ptr<const Function>> solve_{};
};

}  // namespace costate::ode
