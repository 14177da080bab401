// examples/support/classics.hpp — four problems that solvers have been compared on, and where they end
//   ode::solve(arenstorf.field, arenstorf.start, {0, arenstorf.end}, options).end()    beside    arenstorf.solution
//   x″ = x + 2y′ − μ′ (x + μ)/D₁ − μ (x − μ′)/D₂        D₁ = ((x + μ)² + y²)^(3/2)
//   y″ = y − 2x′ − μ′ y/D₁ − μ y/D₂                      D₂ = ((x − μ′)² + y²)^(3/2),   μ′ = 1 − μ               (a)
// Arenstorf's satellite moves between the earth, at −μ, and the moon, at μ′, in the plane that turns with them. From its start
// it is back after one period.
// source   Hairer, Nørsett & Wanner I, 2nd ed., §II.0 (Arenstorf), §I.16 (Brusselator, van der Pol) · the ends: Taylor
//          series of order 66 in 80 digits
#pragma once
#include <array>
#include <cmath>
#include <cstddef>
#include <span>

namespace costate::support {

template <std::size_t N>
using In = std::span<const double, N>;
template <std::size_t N>
using Out = std::span<double, N>;

template <std::size_t N>
struct Classic {
    const char* name;
    void (*field)(double t, In<N> z, Out<N> dz);
    std::array<double, N> start;
    double end;
    std::array<double, N> solution;  // at the end, from start and parameters as a double holds them
};

inline constexpr Classic<2> lotka_volterra_100{"Lotka-Volterra",
                                               [](double, In<2> z, Out<2> dz) {
                                                   dz[0] = 1.1 * z[0] - 0.4 * z[0] * z[1];
                                                   dz[1] = 0.1 * z[0] * z[1] - 0.4 * z[1];
                                               },
                                               {0.8, 0.4},
                                               100,
                                               {25.68610119522942, 1.8315201694673267}};
inline constexpr Classic<2> brusselator{"Brusselator",
                                        [](double, In<2> z, Out<2> dz) {
                                            dz[0] = 1 + z[0] * z[0] * z[1] - 4 * z[0];
                                            dz[1] = 3 * z[0] - z[0] * z[0] * z[1];
                                        },
                                        {1.5, 3},
                                        20,
                                        {0.49863707126834783, 4.596780349452011}};
inline constexpr Classic<2> van_der_pol{"van der Pol, 5",
                                        [](double, In<2> z, Out<2> dz) {
                                            dz[0] = z[1];
                                            dz[1] = 5 * (1 - z[0] * z[0]) * z[1] - z[0];
                                        },
                                        {2, 0},
                                        30,
                                        {-1.8739619570502548, 0.14761807737830748}};
inline constexpr Classic<4> arenstorf{
    "Arenstorf",
    [](double, In<4> z, Out<4> dz) {
        constexpr double moon = 0.012277471, earth = 1 - moon;
        const auto cube = [](double x, double y) { return std::pow(x * x + y * y, 1.5); };
        const double to_earth = earth / cube(z[0] + moon, z[1]), to_moon = moon / cube(z[0] - earth, z[1]);
        dz[0] = z[2];
        dz[1] = z[3];
        dz[2] = z[0] + 2 * z[3] - to_earth * (z[0] + moon) - to_moon * (z[0] - earth);
        dz[3] = z[1] - 2 * z[2] - to_earth * z[1] - to_moon * z[1];
    },
    {0.994, 0, 0, -2.00158510637908252240537862224},
    17.0652165601579625588917206249,
    {0.993999999999974, -8.855134620121083e-14, -1.4388667357318094e-11, -2.001585106383129}};

}  // namespace costate::support
