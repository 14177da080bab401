#include "tests/bench/references.hpp"

#include <cmath>
#include <cstdio>
#include <cstdlib>  // brings: strtod
#include <limits>

#include "core/real.hpp"  // brings: Real

namespace costate::bench {
namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

// Allowed relative errors in double. Equal steps: only rounding differs. Adaptive steps: the solver's own tolerance, and
// ten times that in the gradient; training amplifies what is left.
struct Allowed {
    double loss, gradient, check;
};
constexpr Allowed rounding{1e-9, 1e-9, 1e-6};
constexpr Allowed loose{1e-5, 1e-4, 1e-3}, middle{3e-7, 3e-6, 1e-3}, tight{1e-8, 1e-7, 1e-3};

// In float the numbers themselves have 6e-8, and a thousand steps add up.
constexpr Allowed in_float{1e-5, 1e-4, 1e-3};

struct Reference {
    std::string_view workload;
    double loss_first, grad_norm, grad_proj, loss_check;
    Allowed allowed;
};

// clang-format off
constexpr Reference table[]{
    //  workload                 loss_first        grad_norm_first   grad_proj_first   loss_check
    {"lkv_params",             2.1454998422,     27.2634306896,    -17.5798333093,    1.22222033154,   rounding},
    {"lkv_mlp_rk4",            1.82459135499,    1.00257793646,    -0.653021152087,   1.8044146951,    rounding},
    {"lkv_adjoint",            107.460556942,    156.300504865,    -50.8485912395,    10.0467449907,   loose},
    {"spiral_linear",          45.2873871616,    640.003991722,    306.991727139,     0.584655755033,  middle},
    {"spiral_mlp",             0.0515694283603,  0.0364791980657,  0.0244834812939,   0.12183726278,   tight},
    {"cnf_2d",                 2.79832261253,    1.16860285211,    0.782803948266,    2.64484736947,   loose},
    {"cnf_2d_hutch",           2.78724646379,    1.26890054322,    0.84323123364,     2.60666761345,   loose},
    {"wide_mlp_adjoint",       1.27789979057,    0.240746660021,   0.0907702668578,   0.875318089798,  rounding},
    {"long_horizon_bp_100",    0.994076999879,   3.34090778674,    0.820559895999,    0.705796015745,  rounding},
    {"long_horizon_bp_1000",   0.994076999879,   3.34090778674,    0.820559895999,    0.923263936012,  rounding},
    {"long_horizon_bp_10000",  0.994076999879,   3.34090778674,    0.820559895999,    unknown,         rounding},
    {"long_horizon_adj_100",   0.994076999879,   3.34090778674,    0.820559895999,    0.705796015745,  rounding},
    {"long_horizon_adj_1000",  0.994076999879,   3.34090778674,    0.820559895999,    0.923263936012,  rounding},
    {"long_horizon_adj_10000", 0.994076999879,   3.34090778674,    0.820559895999,    unknown,         rounding},
    {"poisson_pinn",           3.07829342824,    4.67817604693,    -0.929861637446,   1.73942572433,   rounding},
    {"spiral_single",          2.96882246250,    7.42078094601,    -2.47551777889,    1.17285226728,   tight},
    {"convolution",            658776.568814,    26063.4866143,    1788.40546122,    658776.568814,   rounding},
};
// clang-format on

double field_of(const std::string& row, const std::string& key) {
    const std::size_t at = row.find('"' + key + "\": ");
    return at == row.npos ? unknown : std::strtod(row.c_str() + at + key.size() + 4, nullptr);  // null reads as 0
}

std::string compared(const std::string& row, const char* key, double expected, double allowed) {
    const double got = field_of(row, key), error = std::abs(got - expected) / std::abs(expected);
    if (std::isnan(expected) || error <= allowed) return {};
    char text[160];
    std::snprintf(text, sizeof text, "%s is %.12g instead of %.12g: relative error %.1e, allowed %.0e", key, got,
                  expected, error, allowed);
    return text;
}

}  // namespace

std::string deviation(std::string_view workload, const std::string& row) {
    if (row.find("\"status\": \"ok\"") == row.npos) return "the status is not ok";
    for (const Reference& r : table) {
        if (r.workload != workload) continue;
        const auto at_least = [](double in_double, double here) {
            return sizeof(Real) == 4 ? std::fmax(in_double, here) : in_double;
        };
        const double loss = at_least(r.allowed.loss, in_float.loss), check = at_least(r.allowed.check, in_float.check);
        const double gradient = at_least(r.allowed.gradient, in_float.gradient);
        for (const std::string& wrong :
             {compared(row, "loss_first", r.loss_first, loss), compared(row, "grad_norm_first", r.grad_norm, gradient),
              compared(row, "grad_proj_first", r.grad_proj, gradient),
              compared(row, "loss_check", r.loss_check, check)})
            if (!wrong.empty()) return wrong;
        return {};
    }
    return "there is no reference for it";
}

}  // namespace costate::bench
