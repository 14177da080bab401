// ode/gradients/backsolve.cpp — the continuous adjoint (Chen et al. 2018): one solve backwards, memory independent of the steps
//   dz/dt =  f(t, z, c)            z taken up again from each stored observation                               adjoint (1)
//   a     =  0                     after the last observation                                                  adjoint (2)
//   da/dt = −aᵀ ∂f/∂z              at the end  z̄0 = a(t_0)                                                     adjoint (3)
//   a     ←  a + w_i               the jump at each observation, w_i = ∂L/∂z(t_i)                              adjoint (4)
//   dg/dt = −aᵀ ∂f/∂c              a quadrature beside z and a; at the end  c̄ = g(t_0)                         adjoint (5)
// The signs are in ode/field/recording.cpp, the walk from jump to jump in ode/gradients/backward_walk.cpp.
// drift    what z errs grows backwards by e^{L(t1 − t0)} at most, L of the field backwards: accuracy (2)
// memory   one state and one adjoint, whatever the number of steps: z is not stored but solved backwards, and may drift
//          from the forward solution where the field contracts (ode/routes.md shows it).
#include "ode/gradients/backward_walk.hpp"

void costate::ode::rows::Backsolve::pull(const Pull& p) {
    if (p.plan.options.rows == independent) return p.plan.options.rows.backsolve(p);
    BackwardWalk walk(p);
    const std::vector<Number>& t = walk.times();
    for (std::size_t i = t.size(); i-- > 0;) {
        walk.take_up(i);
        walk.jump(i);
        if (i > 0 && t[i] != t[i - 1]) walk.solve_back(t[i - 1]);
    }
    walk.finish();
}
