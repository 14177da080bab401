// ode/tables/rodas.hpp — Rodas4: a Rosenbrock method of order 4(3) that is stiffly accurate, as its error estimate is
// Its leading term is small: until it is alone, it converges as of order 5.
// `between` is ours: of order 4 where it is not stiff, and 1/50 of h³ z‴/6 where it is, a quarter of what the dense output then
// misses. e says nothing of that, as for Kværnø's pairs (ode/tables/implicit.hpp).
// source   Hairer & Wanner II, 2nd ed., §IV.7 and §VI.4, the first set of coefficients of their code RODAS
#pragma once
#include "ode/tables/rosenbrock.hpp"  // brings: Rosenbrock

namespace costate::ode::tables {

inline constexpr Rosenbrock<6> rodas4{
    .name = "rodas4",
    .source = "Hairer & Wanner II, §VI.4",
    .order = 4,
    .embedded_order = 3,
    .dense_order = 3,
    .gamma = 1. / 4,
    .a = {{},
          {1.544},
          {0.9466785280815826, 0.2557011698983284},
          {3.314825187068521, 2.896124015972201, 0.9986419139977817},
          {1.221224509226641, 6.019134481288629, 12.53708332932087, -0.6878860361058950},
          {1.221224509226641, 6.019134481288629, 12.53708332932087, -0.6878860361058950, 1}},
    .c = {{},
          {-5.6688},
          {-2.430093356833875, -0.2063599157091915},
          {-0.1073529058151375, -9.594562251023355, -20.47028614809616},
          {7.496443313967647, -10.24680431464352, -33.99990352819905, 11.70890893206160},
          {8.083246795921522, -7.981132988064893, -31.52159432874371, 16.31930543123136, -6.058818238834054}},
    .m = {1.221224509226641, 6.019134481288629, 12.53708332932087, -0.6878860361058950, 1, 1},
    .error = {0, 0, 0, 0, 0, 1},
    .d = {10.12623508344586, -7.487995877610167, -34.80091861555747, -7.992771707568823, 1.025137723295662},
    .d_dash = {-0.6762803392806898, 6.087714651680015, 16.43084320892478, 24.76722511418386, -6.594389125716872},
    .alpha = {0, 0.386, 0.21, 0.63, 1, 1},
    .gammas = {0.25, -0.1043, 0.1035, -0.0362, 0, 0},
    .between = {-0.010808574927537241, -0.04173233296598987, -0.04564899749185713, -0.08492079126902699,
                0.03792222077914094, 0.07367764684388357}};

}  // namespace costate::ode::tables
