// tests/ode/stiff_laws.hpp — stiff problems with solutions that are known to many digits
//   Robertson, VanDerPol     laws of tests/support/laws.hpp with their Jacobians, and their files: states at many times
//   HIRES     eight concentrations of a plant's light response (Schäfer 1975)             to t = 321.8122
//   OREGO     the Oregonator of Belousov and Zhabotinskii (Field & Noyes 1974)            to t = 360
//   Follower  Prothero and Robinson's, of any stiffness: in closed form, once it has fallen
// source   HIRES, OREGO: Mazzia & Magherini, "Test Set for Initial Value Problem Solvers", release 2.4
#pragma once
#include <algorithm>
#include <cmath>
#include <span>
#include <string>
#include <vector>

#include "ode/statistics.hpp"
#include "tests/support/laws.hpp"
#include "tests/support/plain_law.hpp"
#include "tests/support/reference.hpp"

namespace costate::test {

struct RobertsonWithJacobian : Robertson {
    void jacobian(double, In y, Out J) const {
        const double rows[] = {-k1,        k3 * y[2], k3 * y[1],     k1, -k3 * y[2] - 2 * k2 * y[1],
                               -k3 * y[1], 0,         2 * k2 * y[1], 0};
        std::copy_n(rows, 9, J.begin());
    }
};
struct VanDerPolWithJacobian : VanDerPol {
    void jacobian(double, In y, Out J) const {
        J[0] = 0, J[1] = 1, J[2] = -2 * mu * y[0] * y[1] - 1, J[3] = mu * (1 - y[0] * y[0]);
    }
};
inline std::string file_of(const Robertson&) { return "robertson"; }
inline std::string file_of(const VanDerPol& relay) { return "vdp_mu" + std::to_string(int(relay.mu)); }

inline void hires(double, In y, Out dy) {
    dy[0] = -1.71 * y[0] + 0.43 * y[1] + 8.32 * y[2] + 0.0007;
    dy[1] = 1.71 * y[0] - 8.75 * y[1];
    dy[2] = -10.03 * y[2] + 0.43 * y[3] + 0.035 * y[4];
    dy[3] = 8.32 * y[1] + 1.71 * y[2] - 1.12 * y[3];
    dy[4] = -1.745 * y[4] + 0.43 * y[5] + 0.43 * y[6];
    dy[5] = -280 * y[5] * y[7] + 0.69 * y[3] + 1.71 * y[4] - 0.43 * y[5] + 0.69 * y[6];
    dy[6] = 280 * y[5] * y[7] - 1.81 * y[6];
    dy[7] = -dy[6];
}
inline void oregonator(double, In y, Out dy) {
    dy[0] = 77.27 * (y[1] + y[0] * (1 - 8.375e-6 * y[0] - y[1]));
    dy[1] = (y[2] - (1 + y[0]) * y[1]) / 77.27;
    dy[2] = 0.161 * (y[0] - y[2]);
}

struct Follower {  // z falls onto cos t at a rate of λ
    double lambda;
    void operator()(double t, In z, Out dz) const { dz[0] = lambda * (std::cos(t) - z[0]); }
    double at(double t) const {  // once it has fallen
        return (lambda * lambda * std::cos(t) + lambda * std::sin(t)) / (1 + lambda * lambda);
    }
};

struct StiffProblem {
    const char* name;
    void (*f)(double, In, Out);
    std::vector<double> y0;
    double t1, atol;
    std::vector<double> end;  // the first few
};

inline const std::vector<StiffProblem> stiff_problems{
    {"HIRES",
     hires,
     {1, 0, 0, 0, 0, 0, 0, 0.0057},
     321.8122,
     1e-9,
     {0.7371312573325668e-3, 0.1442485726316185e-3, 0.5888729740967575e-4, 0.1175651343283149e-2, 0.2386356198831331e-2,
      0.6238968252742796e-2, 0.2849998395185769e-2, 0.2850001604814231e-2}},
    {"OREGO", oregonator, {1, 2, 3}, 360, 1e-6, {0.1000814870318523e1, 0.1228178521549917e4, 0.1320554942846706e3}},
};

struct Taken {
    double error;  // the largest of any component at any time, in units of the tolerance there
    ode::Statistics statistics;
};
template <class Problem,
          class Solve>  // Robertson or VanDerPol, from 0 on over all times of its file, or those up to `end`
Taken taken(double rtol, const std::vector<double>& atol, Solve&& solve, double end = HUGE_VAL) {
    const Json file = reference(file_of(Problem()));
    std::vector<double> times = file["t"].numbers();
    std::erase_if(times, [&](double t) { return t > end; });
    times.insert(times.begin(), 0);
    const auto solved = solve(times);
    double worst = 0;
    for (std::size_t i = 1; i < times.size(); ++i)
        for (std::size_t j = 0; j < Problem::y0.size(); ++j) {
            const double exact = file["z"][i - 1][j].number();
            worst = std::max(worst, std::abs(solved.z[i][j] - exact) / (atol[j] + rtol * std::abs(exact)));
        }
    return {worst, solved.statistics()};
}

}  // namespace costate::test
