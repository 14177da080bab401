// tests/support/problems.hpp — the right-hand sides of the files in tests/reference, as plain fields
//   for (const Problem& p : problems()) { ode::solve(p.f, p.z0, p.t, options); ... p.z[i] ... }
// source   DETEST: Hull, Enright, Fellen & Sedgwick 1972 · Arenstorf, Brusselator: Hairer, Nørsett & Wanner I, §II.0, §I.16 ·
//          constant, exp, harmonic, linear: torchdiffeq's test problems · each file's "equation"
#pragma once
#include <cmath>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "tests/support/difference.hpp"
#include "tests/support/laws.hpp"
#include "tests/support/plain_law.hpp"
#include "tests/support/reference.hpp"

namespace costate::test {

struct Problem {
    std::string name;
    std::function<void(double, In, Out)> f;
    std::vector<double> t = {}, z0 = {};
    std::vector<std::vector<double>> z = {};  // at each time, with the inputs that a double holds
    std::vector<double> amplification = {};   // of relative changes of the inputs
};

inline std::function<void(double, In, Out)> matrix_field(const Json& file) {
    std::vector<std::vector<double>> A;
    for (const Json& row : file["matrix"].entries) A.push_back(row.numbers());
    return [A](double, In y, Out dy) {
        for (std::size_t i = 0; i < A.size(); ++i) {
            dy[i] = 0;
            for (std::size_t j = 0; j < A.size(); ++j) dy[i] += A[i][j] * y[j];
        }
    };
}

inline void heat(In y, Out dy) {  // tridiag(1, −2, 1)
    for (std::size_t i = 0, n = y.size(); i < n; ++i)
        dy[i] = (i > 0 ? y[i - 1] : 0) - 2 * y[i] + (i + 1 < n ? y[i + 1] : 0);
}

inline void decay_chain(bool faster_along, In y, Out dy) {  // y_i turns into y_{i+1} at rate 1, or at rate i
    const auto rate = [&](std::size_t i) { return faster_along ? static_cast<double>(i) : 1.; };
    dy[0] = -y[0];
    for (std::size_t i = 1; i < 9; ++i) dy[i] = rate(i) * y[i - 1] - rate(i + 1) * y[i];
    dy[9] = rate(9) * y[8];
}

inline std::function<void(double, In, Out)> outer_planets(const Json& params) {
    const double k2 = params["k2"].number(), sun = params["m0"].number();
    std::vector<double> m;
    for (const char* name : {"m1", "m2", "m3", "m4", "m5"}) m.push_back(params[name].number());
    return [=](double, In y, Out dy) {
        const auto cube = [](double x, double y_, double z) { return std::pow(x * x + y_ * y_ + z * z, 1.5); };
        for (std::size_t i = 0; i < 15; ++i) dy[i] = y[15 + i];
        for (std::size_t j = 0; j < 5; ++j)
            for (std::size_t x = 0; x < 3; ++x) {
                const In q = y.subspan(3 * j, 3);
                double pull = -(sun + m[j]) * q[x] / cube(q[0], q[1], q[2]);
                for (std::size_t k = 0; k < 5; ++k) {
                    if (k == j) continue;
                    const In p = y.subspan(3 * k, 3);
                    pull += m[k] * ((p[x] - q[x]) / cube(p[0] - q[0], p[1] - q[1], p[2] - q[2]) -
                                    p[x] / cube(p[0], p[1], p[2]));
                }
                dy[15 + 3 * j + x] = k2 * pull;
            }
    };
}

inline void arenstorf(double mu, In y, Out dy) {
    const double of_earth = (1 - mu) / std::pow((y[0] + mu) * (y[0] + mu) + y[1] * y[1], 1.5);
    const double of_moon = mu / std::pow((y[0] - 1 + mu) * (y[0] - 1 + mu) + y[1] * y[1], 1.5);
    dy[0] = y[2];
    dy[1] = y[3];
    dy[2] = y[0] + 2 * y[3] - of_earth * (y[0] + mu) - of_moon * (y[0] - 1 + mu);
    dy[3] = y[1] - 2 * y[2] - of_earth * y[1] - of_moon * y[1];
}

inline std::function<void(double, In, Out)> field_of(const std::string& name, const Json& file) {
    const Json& p = file["params"];
    const auto param = [&](const char* of) { return p[of].number(); };
    if (file.has("matrix")) return matrix_field(file);
    if (name == "arenstorf") return [mu = param("mu")](double, In y, Out dy) { arenstorf(mu, y, dy); };
    if (name == "brusselator")
        return [](double, In y, Out dy) {
            dy[0] = 1 + y[0] * y[0] * y[1] - 4 * y[0];
            dy[1] = 3 * y[0] - y[0] * y[0] * y[1];
        };
    if (name == "detest_A1") return decay;
    if (name == "detest_A2") return [](double, In y, Out dy) { dy[0] = -y[0] * y[0] * y[0] / 2; };
    if (name == "detest_A3") return [](double t, In y, Out dy) { dy[0] = y[0] * std::cos(t); };
    if (name == "detest_A4") return [](double, In y, Out dy) { dy[0] = y[0] / 4 * (1 - y[0] / 20); };
    if (name == "detest_A5") return [](double t, In y, Out dy) { dy[0] = (y[0] - t) / (y[0] + t); };
    if (name == "detest_C1") return [](double, In y, Out dy) { decay_chain(false, y, dy); };
    if (name == "detest_C2") return [](double, In y, Out dy) { decay_chain(true, y, dy); };
    if (name == "detest_C3" || name == "detest_C4") return [](double, In y, Out dy) { heat(y, dy); };
    if (name == "detest_C5") return outer_planets(p);
    if (name == "lorenz") return Lorenz{param("sigma"), param("rho"), param("beta")};
    if (name == "lotka_volterra") return LotkaVolterra{param("alpha"), param("beta"), param("delta"), param("gamma")};
    if (name == "spiral_cubic")
        return [c = param("c"), w = param("w")](double, In y, Out dy) {
            const double x = y[0] * y[0] * y[0], z = y[1] * y[1] * y[1];
            dy[0] = -c * x - w * z;
            dy[1] = w * x - c * z;
        };
    if (name == "torchdiffeq_constant")
        return
            [a = param("a"), b = param("b")](double t, In y, Out dy) { dy[0] = a + std::pow(y[0] - (a * t + b), 5); };
    if (name == "torchdiffeq_constant_symplectic")
        return [a = param("a")](double, In y, Out dy) {
            dy[0] = y[1];
            dy[1] = a;
        };
    if (name == "torchdiffeq_exp") return [k = param("k")](double t, In, Out dy) { dy[0] = -k * std::exp(-k * t); };
    return VanDerPol{param("mu")};
}

inline Problem problem_named(const std::string& name) {
    const Json file = reference(name);
    Problem p{name, field_of(name, file)};
    p.t = file["t"].numbers();
    p.amplification = file["amplification"].numbers();
    for (const Json& state : reference_states(file).entries) p.z.push_back(state.numbers());
    p.z0 = p.z.front();
    return p;
}

// The largest scaled difference at any of its times.
inline double error_on(const Problem& p, const std::vector<std::vector<double>>& z) {
    REQUIRE(z.size() == p.z.size());
    double largest = 0;
    for (std::size_t i = 0; i < z.size(); ++i) largest = std::max(largest, scaled_difference(z[i], p.z[i]));
    return largest;
}

// All that are not stiff.
inline std::vector<Problem> problems() {
    std::vector<Problem> all;
    const Json baselines = reference("baselines");
    for (const std::string& name : baselines["problems"].names) all.push_back(problem_named(name));
    return all;
}

}  // namespace costate::test
