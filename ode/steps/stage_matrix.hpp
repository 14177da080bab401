// ode/steps/stage_matrix.hpp — the matrix of the stages that are solved at once (internal to ode/)
//   M_pq = I − h a_pq J_p      rows of blocks [n, n], p, q = 1 ... m: I − hA ⊗ J where J is the same in all; I − hγJ of one
//   stage_matrix(M, m, n, a, J)      a(p, q): h a_pq, rounded;  J(p): where J_p lies, row after row
#pragma once
#include "core/real.hpp"  // brings: Index

namespace costate::ode {

template <class T, class Factor, class Jacobian>
void stage_matrix(T* M, int m, Index n, Factor&& a, Jacobian&& J) {
    const Index width = m * n;
    for (int p = 0; p < m; ++p)
        for (int q = 0; q < m; ++q) {
            const T factor = a(p, q);
            const T* from = J(p);
            for (Index j = 0; j < n; ++j)
                for (Index l = 0; l < n; ++l)
                    M[(p * n + j) * width + q * n + l] = T(p == q && j == l) - factor * from[j * n + l];
        }
}

// I − hγJ
template <class T>
void stage_matrix(T* M, Index n, double step, const T* J) {
    stage_matrix(
        M, 1, n, [&](int, int) { return static_cast<T>(step); }, [&](int) { return J; });
}

}  // namespace costate::ode
