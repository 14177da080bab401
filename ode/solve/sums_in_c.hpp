// ode/solve/sums_in_c.hpp — the sums that a printed step is made of, as core/kernels/combine.hpp makes them (internal to ode/)
// LAW is the file's name.
#pragma once
#include <string_view>

#include "core/real.hpp"  // brings: Real

namespace costate::ode::inline COSTATE_PRECISION {

// Of combine, out may be y. Is a factor 0? By its bits: a processor without floats compares them by calls.
inline constexpr std::string_view is_zero_in_c = sizeof(Real) == sizeof(double) ? R"(
static int LAW_is_zero(const real *x) {
    uint64_t bits;
    memcpy(&bits, x, sizeof bits);
    return bits << 1 == 0;
}
)"
                                                                                : R"(
static int LAW_is_zero(const real *x) {
    uint32_t bits;
    memcpy(&bits, x, sizeof bits);
    return bits << 1 == 0;
}
)";
inline constexpr std::string_view combine_in_c = R"(
/* out = y + a_0 k_0 + a_1 k_1 + ..., in this order; where a_j is 0, k_j is not read */
static void LAW_combine(real *out, const real *y, const real *k, const real *a, int a_step, int terms, int n) {
    for (int i = 0; i < n; i++) {
        real sum = y[i];
        for (int j = 0; j < terms; j++)
            if (!LAW_is_zero(a + j * a_step)) sum = sum + a[j * a_step] * k[j * n + i];
        out[i] = sum;
    }
}
)";
inline constexpr std::string_view add_in_c = R"(
static void LAW_add(real *y, const real *x, int n) {
    for (int i = 0; i < n; i++) y[i] = y[i] + x[i];
}
)";

}  // namespace costate::ode::inline COSTATE_PRECISION
