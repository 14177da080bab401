// ode/steps/colours.hpp — ∂f/∂y by differences, of a field that says who reads whom (internal to ode/)
//   J_·j = ( f(t, y + δ_j e_j) − f(t, y) ) / δ_j                   one evaluation for each j; or, of columns that share no row,
//   J_ij = ( f_i(t, y + Σ_l δ_l e_l) − f_i(t, y) ) / δ_j           one for all of them: i reads none of the other l     (a)
//   struct Chain { void operator()(double t, In y, Out dydt);      bool reads(Index i, Index j) const; };    does f_i read y_j?
// Columns are taken together greedily, in their order: the next one goes along if no row of it is taken. A band of b diagonals
// takes b evaluations, whatever n is. The bits are those of one column at a time.
// source   Curtis, Powell & Reid 1974, "On the estimation of sparse Jacobian matrices", J. Inst. Maths Applics 13
// see      ode/steps/equations.hpp (who asks) · ode/steps/differences.hpp (one by one, and what δ is)
#pragma once
#include <algorithm>

#include "ode/steps/differences.hpp"  // brings: find_by_differences, moved, Index

namespace costate::ode::plain {

// As find_by_differences of ode/steps/differences.hpp. taken: memory for n numbers, there for 3 n.
template <class F, class T, class Call>
void find_by_colours(const F& f, Index n, T* y, const T* k, Number h, const Tolerance& rtol, const Tolerance& atol,
                     Call&& call, T* here, T* there, T* taken, T* J) {
    T *before = there + n, *group = before + n;
    for (T* x : {group, taken}) std::fill_n(x, n, T(0));
    std::fill_n(J, n * n, T(0));
    const auto goes_along = [&](Index j, T now) {
        for (Index i = 0; i < n; ++i)
            if (taken[i] == now && f.reads(i, j)) return false;
        return group[j] == 0;
    };
    call(y, here);
    Index left = n;
    for (T now = 1; left > 0; ++now) {
        for (Index j = 0; j < n; ++j) {
            if (!goes_along(j, now)) continue;
            group[j] = now;
            for (Index i = 0; i < n; ++i)
                if (f.reads(i, j)) taken[i] = now;
            before[j] = y[j];
            y[j] = moved(y[j], k[j], h, j, rtol, atol);
            --left;
        }
        call(y, there);
        for (Index j = 0; j < n; ++j) {
            if (group[j] != now) continue;
            const T distance = y[j] - before[j];
            y[j] = before[j];
            for (Index i = 0; i < n; ++i)
                if (f.reads(i, j)) J[i * n + j] = (there[i] - here[i]) / distance;  // (a)
        }
    }
}

// By whichever f allows. there: memory for n² numbers.
template <class F, class T, class Call>
void find_differences_of(const F& f, Index n, T* y, const T* k, Number h, const Tolerance& rtol, const Tolerance& atol,
                         Call&& call, T* here, T* there, T* taken, T* J) {
    if (f.says_who_reads() && n > 2) return find_by_colours(f, n, y, k, h, rtol, atol, call, here, there, taken, J);
    find_by_differences(n, y, k, h, rtol, atol, call, here, there, J);
}

}  // namespace costate::ode::plain
