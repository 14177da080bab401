#include "nn/toy_densities.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <string>
#include <vector>

#include "core/elementary/elementary.hpp"  // brings: elementary::exp, log, sin, cos

namespace costate::nn::inline COSTATE_PRECISION {

namespace {

constexpr double pi = std::numbers::pi, nowhere = -std::numeric_limits<double>::infinity();
using PlanePoint = std::array<double, 2>;

PlanePoint on_circle(double radius, double angle) {
    return {radius * elementary::cos(angle), radius * elementary::sin(angle)};
}

// x = c_k(s) + box (v − ½) + σ ε    k one of the curves, s = u^(1/power); u, v uniform on [0, 1], ε normal
struct NoisyCurves {
    int curves;
    PlanePoint (*centre)(int k, double s);
    double sigma;
    int panels;  // of s, each no longer than about 1.5 σ on the curve; 0: the curves are points
    double box = 0;
    int power = 1;  // the density of s is power · s^(power − 1)

    void draw(Rng& rng, double* x) const {
        const int k = static_cast<int>(rng.below(curves));
        const double u = rng.uniform();
        const PlanePoint c = centre(k, power == 2 ? std::sqrt(u) : u);
        for (std::size_t i = 0; i < 2; ++i) {
            const double v = rng.uniform();
            x[i] = c[i] + box * (v - 0.5) + sigma * rng.normal();
        }
    }
};

// The same as a sum: p(x) = Σ w_j mean over the box of N(x; c_j + .., σ²), at Gauss's four nodes of every panel of s.
constexpr double gauss_node[4] = {-0.8611363115940526, -0.3399810435848563, 0.3399810435848563, 0.8611363115940526};
constexpr double gauss_share[4] = {0.1739274225687269, 0.3260725774312731, 0.3260725774312731, 0.1739274225687269};

struct CurveSum {
    std::vector<double> x, y, weight, squares;

    explicit CurveSum(const NoisyCurves& of) {
        const double panels = std::max(of.panels, 1);
        const int count = of.panels > 0 ? 4 * of.panels : 1;
        for (int i = 0; i < of.curves * count; ++i) {
            const int n = i % count;
            const int panel = n / 4;
            const double s = (panel + (1 + gauss_node[n % 4]) / 2) / panels;
            const PlanePoint c = of.centre(i / count, s);
            x.push_back(c[0]), y.push_back(c[1]);
            weight.push_back((of.panels > 0 ? gauss_share[n % 4] : 1) * (of.power == 2 ? 2 * s : 1) /
                             (panels * of.curves));
        }
        squares.resize(weight.size());
    }

    // Σ relative to the nearest c_j, so that nothing underflows; what adds less than e^−40 of it is left out.
    double log_at(const NoisyCurves& of, double x0, double x1) {
        for (std::size_t j = 0; j < squares.size(); ++j) {
            const double dx = x0 - x[j], dy = x1 - y[j];
            squares[j] = dx * dx + dy * dy;
        }
        const double variance = of.sigma * of.sigma, side = of.box / 2, corner = side * std::numbers::sqrt2;
        const double nearest = *std::min_element(squares.begin(), squares.end());
        const double far = corner + elementary::hypot(std::sqrt(nearest) + corner, std::sqrt(80 * variance));
        double sum = 0;
        for (std::size_t j = 0; j < squares.size(); ++j) {
            if (squares[j] > far * far) continue;
            double mean = 0;  // over the box
            for (int i = 0; i < (of.box > 0 ? 16 : 1); ++i) {
                const double u = side * gauss_node[i / 4], v = side * gauss_node[i % 4];
                const double square = squares[j] + u * (u - 2 * (x0 - x[j])) + v * (v - 2 * (x1 - y[j]));
                mean += (of.box > 0 ? gauss_share[i / 4] * gauss_share[i % 4] : 1) *
                        elementary::exp((square - nearest) / (-2 * variance));
            }
            sum += weight[j] * mean;
        }
        return nearest / (-2 * variance) + elementary::log(sum / (2 * pi * variance));
    }
};

template <class LogDensity>
void at_points(View x, Real* out, LogDensity log_density) {
    for (Index b = 0; b < x.shape[0]; ++b)
        out[b] = static_cast<Real>(log_density(static_cast<double>(x[2 * b]), static_cast<double>(x[2 * b + 1])));
}

PlanePoint eight_points(int k, double) { return on_circle(4 / 1.414, k * pi / 4); }
PlanePoint half_circles(int k, double s) {
    const PlanePoint c = on_circle(2, pi * s);
    return k == 0 ? PlanePoint{c[0] - 1, c[1] - 0.2} : PlanePoint{1 - c[0], 0.8 - c[1]};
}
PlanePoint circles(int k, double s) { return on_circle(k == 0 ? 3 : 1.5, 2 * pi * s); }
PlanePoint rings(int k, double s) { return on_circle(0.75 * (k + 1), 2 * pi * s); }
PlanePoint spirals(int k, double s) {  // the corner of the box lies on the curve
    const PlanePoint c = on_circle(pi * s, 3 * pi * s);
    return k == 0 ? PlanePoint{0.25 / 3 - c[0], 0.25 / 3 + c[1]} : PlanePoint{c[0] - 0.25 / 3, -0.25 / 3 - c[1]};
}
PlanePoint roll(int, double s) { return on_circle(0.3 * pi * (1 + 2 * s), 1.5 * pi * (1 + 2 * s)); }

constexpr NoisyCurves eight_gaussians{8, eight_points, 0.5 / 1.414, 0}, two_moons{2, half_circles, 0.2, 32},
    two_circles{2, circles, 0.24, 80}, four_rings{4, rings, 0.08, 240}, two_spirals{2, spirals, 0.1, 200, 0.5 / 3, 2},
    swiss_roll{1, roll, 0.2, 140};

template <const NoisyCurves& of>
void draw_from(Rng& rng, double* x) {
    of.draw(rng, x);
}
template <const NoisyCurves& of>
void log_density_of(View x, Real* out) {
    CurveSum sum(of);
    at_points(x, out, [&](double x0, double x1) { return sum.log_at(of, x0, x1); });
}

// x = 2 R(−α) f,  f = (1 + .3 ε₁, .1 ε₂),  α = 2π k / 5 + ¼ e^f₁:  five arms, bent the more the farther out
constexpr double arm_angle = 2 * pi / 5, arm_length = 0.3, arm_width = 0.1;

void draw_pinwheel(Rng& rng, double* x) {
    const double k = static_cast<double>(rng.below(5)), f0 = 1 + arm_length * rng.normal(),
                 f1 = arm_width * rng.normal();
    const PlanePoint r = on_circle(2, arm_angle * k + 0.25 * elementary::exp(f0));
    x[0] = r[0] * f0 + r[1] * f1;
    x[1] = r[0] * f1 - r[1] * f0;
}

// f has x's radius r (of x / 2), and an angle ψ with  ψ − ¼ e^(r cos ψ) ≡ φ  modulo 2π / 5, where φ is x's angle. Each solution
// adds N(f) / |dφ/dψ|, dφ/dψ = 1 + ¼ f₂ e^f₁;  1/20: one arm of five, and x twice as long as f.
double log_pinwheel_at(double x0, double x1) {
    const double r = elementary::hypot(x0, x1) / 2, phi = elementary::atan2(x1, x0);
    if (r > 4) return nowhere;  // f₁ is ten deviations away
    const auto turns = [&](double psi) {
        return (psi - 0.25 * elementary::exp(r * elementary::cos(psi)) - phi) / arm_angle;
    };
    constexpr int cells = 512;
    double p = 0, before = turns(-pi);
    for (int i = 0; i < cells; ++i) {
        const double left = -pi + 2 * pi * i / cells, after = turns(left + 2 * pi / cells);
        for (double n = std::ceil(std::min(before, after)); n < std::max(before, after); ++n) {
            double a = left, b = left + 2 * pi / cells, psi = left + (b - a) * (n - before) / (after - before);
            for (int step = 0; step < 4; ++step) {  // Newton, within the cell
                const double slope =
                    (1 + 0.25 * r * elementary::sin(psi) * elementary::exp(r * elementary::cos(psi))) / arm_angle;
                psi = std::clamp(psi - (turns(psi) - n) / slope, a, b);
            }
            const PlanePoint f = on_circle(r, psi);
            const double e0 = (f[0] - 1) / arm_length, e1 = f[1] / arm_width;
            p += elementary::exp(-0.5 * (e0 * e0 + e1 * e1)) / std::fabs(1 + 0.25 * f[1] * elementary::exp(f[0]));
        }
        before = after;
    }
    return elementary::log(p / (20 * 2 * pi * arm_length * arm_width));
}

void log_pinwheel(View x, Real* out) { at_points(x, out, log_pinwheel_at); }

// Eight of sixteen squares of side 2, those of one colour.
void draw_checkerboard(Rng& rng, double* x) {
    const double column = 4 * rng.uniform() - 2, row = rng.uniform() - 2 * static_cast<double>(rng.below(2));
    x[0] = 2 * column;
    x[1] = 2 * (row + std::fabs(std::fmod(std::floor(column), 2)));
}

void log_checkerboard(View x, Real* out) {
    at_points(x, out, [](double x0, double x1) {
        const double column = std::floor(x0 / 2), row = std::floor(x1 / 2);
        const bool inside = column >= -2 && column < 2 && row >= -2 && row < 2 && std::fmod(column + row, 2) == 0;
        return inside ? -elementary::log(32.0) : nowhere;
    });
}

}  // namespace

std::span<const ToyDensity> all_toy_densities() {
    static constexpr ToyDensity list[] = {
        {"8gaussians", 2.83188, draw_from<eight_gaussians>, log_density_of<eight_gaussians>},
        {"moons", 2.39388, draw_from<two_moons>, log_density_of<two_moons>},
        {"circles", 3.26814, draw_from<two_circles>, log_density_of<two_circles>},
        {"pinwheel", 2.31779, draw_pinwheel, log_pinwheel},
        {"rings", 2.62318, draw_from<four_rings>, log_density_of<four_rings>},
        {"2spirals", 2.64545, draw_from<two_spirals>, log_density_of<two_spirals>},
        {"swissroll", 2.66965, draw_from<swiss_roll>, log_density_of<swiss_roll>},
        {"checkerboard", 3.4657359027997265, draw_checkerboard, log_checkerboard},  // ln 32
    };
    return list;
}

const ToyDensity& toy_density(std::string_view name, Where at) {
    std::string known;
    for (const ToyDensity& density : all_toy_densities()) {
        if (name == density.name) return density;
        known.append(known.empty() ? "" : ", ").append(density.name);
    }
    fail(at, {.what = "toy_density: there is none of that name",
              .got = text("\"", name, "\""),
              .expected = text("one of ", known)});
}

Tensor ToyDensity::sample(Index n, Rng& rng, Where at) const {
    Tensor x(Shape({n, 2}, at), 0, at);
    for (Index i = 0; i < n; ++i) {
        double point[2];
        draw(rng, point);
        for (Index j = 0; j < 2; ++j) x[2 * i + j] = static_cast<Real>(point[j]);
    }
    return x;
}

Tensor ToyDensity::log_density(View x, Where at) const {
    if (x.shape.rank() != 2 || x.shape[1] != 2)
        fail(at, {.what = "log_density: these are densities in the plane",
                  .got = text("points ", x.shape),
                  .expected = "[N,2]"});
    Tensor out(Shape({x.shape[0]}, at), 0, at);
    log_densities(x, out.data());
    return out;
}

}  // namespace costate::nn
