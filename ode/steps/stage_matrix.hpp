// ode/steps/stage_matrix.hpp — the matrix of the stages that are solved at once (internal to ode/)
//   I − h a_pq J_p             rows of blocks [n, n], p, q = 1 ... m: I − hA ⊗ J where J is the same in all; I − hγJ of one
//   stage_matrix(to, m, n, a, J, M)      a(p, q): h a_pq, rounded;  J(p): where J_p lies, row after row
// Where there is a mass matrix M it stands in the place of I.
#pragma once
#include "ode/steps/mass.hpp"  // brings: Mass, Index

namespace costate::ode {

template <class T, class Factor, class Jacobian>
void stage_matrix(T* to, int m, Index n, Factor&& a, Jacobian&& J, Mass M = {}) {
    const Index width = m * n;
    for (int p = 0; p < m; ++p)
        for (int q = 0; q < m; ++q) {
            const T factor = a(p, q);
            const T* from = J(p);
            for (Index j = 0; j < n; ++j)
                for (Index l = 0; l < n; ++l) {
                    const T mass = M.empty() ? T(j == l) : static_cast<T>(M[static_cast<std::size_t>(j * n + l)]);
                    to[(p * n + j) * width + q * n + l] = (p == q ? mass : T(0)) - factor * from[j * n + l];
                }
        }
}

// I − hγJ, or M − hγJ
template <class T>
void stage_matrix_of_one(T* to, Index n, double step, const T* J, Mass M = {}) {
    stage_matrix(
        to, 1, n, [&](int, int) { return static_cast<T>(step); }, [&](int) { return J; }, M);
}

}  // namespace costate::ode
