// tests/ode/stiff_set_test.cpp — problems of the Test Set for IVP Solvers, held against its published end values
//   HIRES     eight concentrations of a plant's light response (Schäfer 1975)             to t = 321.8122
//   OREGO     the Oregonator of Belousov and Zhabotinskii (Field & Noyes 1974)            to t = 360
//   E5        a pyrolysis whose rates lie twenty orders apart (Datta 1967)                to t = 1e13
//   POLLUTION 20 species of dirty air and 25 reactions of rates 1e-4 to 4e11 (Verwer 1994) to t = 60
//   RING      a ring modulator: four diodes, 15 voltages and currents (Horneber 1976)     to t = 1e-3
// SciPy 1.17.1, same tolerances and ends: evaluations but for those of J by differences, and error as here, in units of the
// tolerance, by Radau and by BDF
//   HIRES 1,652, .1 and 795, 33   OREGO 8,649, .1 and 3,946, 75   POLLUTION 640, 0 and 404, 2
//   RING 915,506, 9 and 316,922, 2,437   E5, J given 5,348, 0 and 2,574, 1
// source   Mazzia & Magherini, "Test Set for Initial Value Problem Solvers", release 2.4; Hairer & Wanner II, §IV.10
#include <doctest/doctest.h>
#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "ode/multistep/nordsieck.hpp"
#include "tests/ode/stiff_laws.hpp"

using namespace costate;
using namespace costate::ode;
using namespace costate::test;

namespace {

struct E5 {
    static constexpr double A = 7.89e-10, B = 1.1e7, MC = 1.13e9, C = 1.13e3;
    void operator()(double, In y, Out dy) const {
        const double r1 = A * y[0], r2 = B * y[0] * y[2], r3 = MC * y[1] * y[2], r4 = C * y[3];
        dy[0] = -r1 - r2, dy[1] = r1 - r3, dy[3] = r2 - r4, dy[2] = dy[1] - dy[3];
    }
    void jacobian(double, In y, Out J) const {
        const double rows[] = {
            -A - B * y[2],         0, -B * y[0], 0, A,        -MC * y[2], -MC * y[1], 0, A - B * y[2], -MC * y[2],
            -B * y[0] - MC * y[1], C, B * y[2],  0, B * y[0], -C};
        std::copy_n(rows, 16, J.begin());
    }
};
void ring(double t, In y, Out dy) {
    const double C = 1.6e-8, Cs = 2e-12, Cp = 1e-8, R = 25000, Rp = 50, Lh = 4.45, Ls1 = 0.002, Ls2 = 5e-4, Ls3 = 5e-4,
                 Rg1 = 36.3, Rg2 = 17.3, Rg3 = 17.3, Ri = 50, Rc = 600;
    const auto diode = [](double u) { return 40.67286402e-9 * (std::exp(std::min(17.7493332 * u, 172.)) - 1); };
    const double in1 = 0.5 * std::sin(2e3 * M_PI * t), in2 = 2 * std::sin(2e4 * M_PI * t);
    const double q1 = diode(y[2] - y[4] - y[6] - in2), q2 = diode(-y[3] + y[5] - y[6] - in2),
                 q3 = diode(y[3] + y[4] + y[6] + in2), q4 = diode(-y[2] - y[5] + y[6] + in2);
    dy[0] = (y[7] - 0.5 * y[9] + 0.5 * y[10] + y[13] - y[0] / R) / C;
    dy[1] = (y[8] - 0.5 * y[11] + 0.5 * y[12] + y[14] - y[1] / R) / C;
    dy[2] = (y[9] - q1 + q4) / Cs;
    dy[3] = (-y[10] + q2 - q3) / Cs;
    dy[4] = (y[11] + q1 - q3) / Cs;
    dy[5] = (-y[12] - q2 + q4) / Cs;
    dy[6] = (-y[6] / Rp + q1 + q2 - q3 - q4) / Cp;
    dy[7] = -y[0] / Lh;
    dy[8] = -y[1] / Lh;
    dy[9] = (0.5 * y[0] - y[2] - Rg2 * y[9]) / Ls2;
    dy[10] = (-0.5 * y[0] + y[3] - Rg3 * y[10]) / Ls3;
    dy[11] = (0.5 * y[1] - y[4] - Rg2 * y[11]) / Ls2;
    dy[12] = (-0.5 * y[1] + y[5] - Rg3 * y[12]) / Ls3;
    dy[13] = (-y[0] + in1 - (Ri + Rg1) * y[13]) / Ls1;
    dy[14] = (-y[1] - (Rc + Rg1) * y[14]) / Ls1;
}

struct Reaction {  // at rate · Π of the species that it takes, which are numbered from 1; 0: none
    double rate;
    std::array<int, 2> takes;
    std::array<int, 3> gives;
};
constexpr Reaction reactions[] = {
    {0.35, {1}, {2, 3}},       {26.6, {2, 4}, {1}},        {1.23e4, {5, 2}, {1, 6}},
    {8.6e-4, {7}, {5, 5, 8}},  {8.2e-4, {7}, {8}},         {1.5e4, {7, 6}, {5, 8}},
    {1.3e-4, {9}, {5, 8, 10}}, {2.4e4, {9, 6}, {11}},      {1.65e4, {11, 2}, {1, 10, 12}},
    {9e3, {11, 1}, {13}},      {0.022, {13}, {11, 1}},     {1.2e4, {10, 2}, {14, 1}},
    {1.88, {14}, {7, 5}},      {1.63e4, {1, 6}, {15}},     {4.8e6, {3}, {4}},
    {3.5e-4, {4}, {16}},       {0.0175, {4}, {3}},         {1e8, {16}, {6, 6}},
    {4.44e11, {16}, {3}},      {1.24e3, {17, 6}, {18, 5}}, {2.1, {19}, {2}},
    {5.78, {19}, {1, 3}},      {0.0474, {1, 4}, {19}},     {1.78e3, {19, 1}, {20}},
    {3.12, {20}, {19, 1}},
};
void pollution(double, In y, Out dy) {
    std::ranges::fill(dy, 0);
    for (const Reaction& r : reactions) {
        double turnover = r.rate;
        for (const int i : r.takes) turnover *= i > 0 ? y[i - 1] : 1;
        for (const int i : r.takes)
            if (i > 0) dy[i - 1] -= turnover;
        for (const int i : r.gives)
            if (i > 0) dy[i - 1] += turnover;
    }
}

const StiffProblem dirty_air{
    "POLLUTION",
    pollution,
    {0, 0.2, 0, 0.04, 0, 0, 0.1, 0.3, 0.01, 0, 0, 0, 0, 0, 0, 0, 0.007, 0, 0, 0},
    60,
    1e-10,
    {0.5646255480022769e-1, 0.1342484130422339,    0.4139734331099427e-8, 0.5523140207484359e-2,
     0.2018977262302196e-6, 0.1464541863493966e-6, 0.7784249118997964e-1, 0.3245075353396018,
     0.7494013383880406e-2, 0.1622293157301561e-7, 0.1135863833257075e-7, 0.2230505975721359e-2,
     0.2087162882798630e-3, 0.1396921016840158e-4, 0.8964884856898295e-2, 0.4352846369330103e-17,
     0.6899219696263405e-2, 0.1007803037365946e-3, 0.1772146513969984e-5, 0.5682943292316392e-4}};

}  // namespace

struct Ended {
    double off;  // in units of the tolerance
    long asked;  // but for J by differences
};
template <class Solved>
Ended ended(const Solved& s, double rtol, double atol, const std::vector<double>& end, std::size_t differences) {
    double worst = 0;
    for (std::size_t i = 0; i < end.size(); ++i)
        worst = std::max(worst, std::abs(s.end()[i] - end[i]) / (atol + rtol * std::abs(end[i])));
    return {worst, s.statistics().evaluations - s.statistics().jacobians * long(differences)};
}
Ended by(const Method& m, const StiffProblem& p, double rtol = 1e-6) {
    const SolveOptions options{.method = m, .rtol = rtol, .atol = p.atol, .max_steps = 400'000};
    return ended(solve(p.f, p.y0, {0, p.t1}, options), rtol, p.atol, p.end, p.y0.size());
}
Ended by_bdf(const StiffProblem& p, double rtol = 1e-6) {
    const NordsieckOptions options{.method = bdf, .rtol = rtol, .atol = p.atol, .max_steps = 400'000};
    return ended(solve_nordsieck(p.f, p.y0, {0, p.t1}, options), rtol, p.atol, p.end, p.y0.size());
}

TEST_SUITE("ode") {
    TEST_CASE("stiff set: end values to a hundred tolerances, for at most twice the evaluations of SciPy's Radau") {
        for (const auto& of :
             {std::pair{stiff_problems[0], 2 * 1652}, {stiff_problems[1], 2 * 8649}, {dirty_air, 2 * 640}})
            for (const Method& m : {kvaerno5, kencarp5, kencarp4, radau5, rodas4}) {
                const StiffProblem& p = of.first;
                CAPTURE(std::string(p.name));
                CAPTURE(std::string(m.name));
                const Ended e = by(m, p);
                CHECK(e.off < 100);
                CHECK(e.asked < of.second);
            }
    }

    TEST_CASE("stiff set: by BDF to a thousand tolerances, for no more evaluations than SciPy's") {
        for (const auto& of : {std::pair{stiff_problems[0], 795}, {stiff_problems[1], 3946}, {dirty_air, 404}}) {
            const StiffProblem& p = of.first;
            CAPTURE(std::string(p.name));
            const Ended e = by_bdf(p);
            CHECK(e.off < 1000);
            CHECK(e.asked < of.second);
        }
    }

    TEST_CASE("stiff set: all species of the pollution problem to six digits, the rarest of 4e-18 among them") {
        const StiffProblem& p = dirty_air;
        for (const Method& m : {kvaerno5, kencarp5, radau5}) {
            CAPTURE(std::string(m.name));
            const auto s = solve(p.f, p.y0, {0, p.t1}, {.method = m, .rtol = 1e-9, .atol = 1e-20});
            for (std::size_t i = 0; i < p.end.size(); ++i)
                CHECK(s.end()[i] == doctest::Approx(p.end[i]).epsilon(1e-6).scale(0));
        }
    }

    TEST_CASE(
        "stiff set: the ring modulator, whose fast oscillation kvaerno5 and kencarp5 follow a thousand tolerances "
        "off") {
        const StiffProblem p{"RING", ring, std::vector<double>(15, 0),
                             1e-3,   1e-7, {-0.2339057358486745e-1, -0.7367485485540825e-2, 0.2582956709291169}};
        for (const Method& m : {kencarp4, radau5}) {
            CAPTURE(std::string(m.name));
            const Ended e = by(m, p, 1e-5);
            CHECK(e.off < 100);
            CHECK(e.asked < 915'506);
        }
        const Ended e = by_bdf(p, 1e-5);
        CHECK(e.off < 1000);
        CHECK(e.asked < 316'922);
    }

    TEST_CASE("stiff set: E5 to t = 1e13, as far as the rounding of a conserved sum of 1e-3 lets 1e-22 be known") {
        const auto check = [](const auto& s, long most) {
            CHECK(s.end()[1] == doctest::Approx(0.8867655517642120e-22).epsilon(5e-3).scale(1e-24));
            CHECK(s.end()[2] == doctest::Approx(0.8854814626268838e-22).epsilon(5e-3).scale(1e-24));
            CHECK(s.statistics().evaluations < most);
        };
        const std::array y0{1.76e-3, 0., 0., 0.};
        const std::vector<double> end{0, 0.8867655517642120e-22, 0.8854814626268838e-22, 0};
        for (const Method& m : {kvaerno5, kencarp5, kencarp4, radau5, rodas4}) {
            CAPTURE(std::string(m.name));
            const SolveOptions options{.method = m, .rtol = 1e-6, .atol = 1e-24, .max_steps = 100'000};
            const auto s = solve(E5(), y0, {0, 1e13}, options);
            CHECK(ended(s, 1e-6, 1e-24, end, 0).off < 100);
            if (m != rodas4) check(s, 2 * 5348);  // which has no digit of 1e-22, and takes 12,000
        }
        check(solve_nordsieck(E5(), y0, {0, 1e13}, {.method = bdf, .rtol = 1e-6, .atol = 1e-24}), 2574);
    }
}
