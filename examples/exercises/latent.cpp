// examples/exercises/latent.cpp — the exercises of ode/latent.md: each piece is wrong until you have written it
//   make exercises CHAPTER=latent         "not yet", with what it gives and what it should, then "done"
// Yours goes between an exercise's comment and its check, in place of what stands there. make hint EX=latent-1 helps.
#include <numbers>

#include "examples/exercises/exercise.hpp"  // brings: costate.hpp; Check, Exercise, report

using namespace costate;

namespace {

// A curve with z0 ~ N(0, 1): x_i = a_i z0 + an error of the deviation s. What is right comes from sums over a grid of z0.
struct Curve {
    std::vector<double> a, x;
    double s;
    double joint(double z) const {  // p(x, z0)
        double log_p = -z * z / 2 - std::log(2 * std::numbers::pi) / 2;
        for (std::size_t i = 0; i < a.size(); ++i)
            log_p -= std::pow((x[i] - a[i] * z) / s, 2) / 2 + std::log(s) + std::log(2 * std::numbers::pi) / 2;
        return std::exp(log_p);
    }
    double moment(int power) const {  // ∫ z^power p(x, z) dz
        double sum = 0;
        for (int i = -8000; i <= 8000; ++i) sum += std::pow(i / 1000.0, power) * joint(i / 1000.0) / 1000;
        return sum;
    }
};
Curve curve(Check& check) { return {{1, 0.8, 0.5}, {check.given("x1", {1.3, -0.6, 0.9}), 0.7, 0.6}, 0.5}; }

// latent 1: KL(N(m, s²) ‖ N(n, r²)). (derive)
double divergence(double m, double s, double n, double r) { return ((m - n) * (m - n) + s * s - r * r) / 2; }
void latent_1(Check& check) {
    const double m = check.given("m", {0.7, -0.4, 1.2}), s = check.given("s", {0.5, 0.8, 1.5}), n = 0.2, r = 1.3;
    Tape tape;
    const auto number = [&](double v) { return tape.constant(Tensor({1}, {v})); };
    const Var right = nn::gaussian_kl(number(m), number(std::log(s)), number(n), number(std::log(r)));
    check.derived("divergence", divergence(m, s, n, r), static_cast<double>(right.item()));
}

// latent 2: the posterior of z0 ~ N(0, 1), if x_i = a_i z0 + an error of the deviation s was seen. (write)
struct Normal {
    double mean, deviation;
};
Normal posterior(const std::vector<double>& a, const std::vector<double>& x, double s) {
    double mean = 0;
    for (std::size_t i = 0; i < a.size(); ++i) mean += x[i] / a[i] / double(a.size());
    return {mean, s};
}
void latent_2(Check& check) {
    const Curve c = curve(check);
    const double mean = c.moment(1) / c.moment(0);
    const Normal got = posterior(c.a, c.x, c.s);
    check.near("posterior, mean", got.mean, mean, 1e-6);
    check.near("posterior, deviation", got.deviation, std::sqrt(c.moment(2) / c.moment(0) - mean * mean), 1e-6);
}

// latent 3: the ELBO of q = N(m, d²), by the two draws of ε that suffice here. It comes out too large: two mistakes.
// (find the bug)
double bound(const std::vector<double>& a, const std::vector<double>& x, double s, double m, double d) {
    double fit = 0;
    for (const double epsilon : {-1, 1}) {
        const double z0 = m + d * d * epsilon;
        for (std::size_t i = 0; i < a.size(); ++i)
            fit -= (std::pow((x[i] - a[i] * z0) / s, 2) / 2 + std::log(s) + std::log(2 * std::numbers::pi) / 2) / 2;
    }
    return fit + (d * d + m * m - 1) / 2 - std::log(d);
}
void latent_3(Check& check) {
    const Curve c = curve(check);
    const double m = 0.4, d = check.given("d", {0.6, 0.4, 1.4});
    double right = 0;
    for (int i = -8000; i <= 8000; ++i) {
        const double y = i / 1000.0, q = std::exp(-y * y / 2) / std::sqrt(2 * std::numbers::pi);
        right +=
            q * (std::log(c.joint(m + d * y)) + y * y / 2 + std::log(d) + std::log(2 * std::numbers::pi) / 2) / 1000;
    }
    check.near("bound", bound(c.a, c.x, c.s, m, d), right, 1e-6);
}

// latent 4: ln p(x) − ELBO for q = the prior, N(0, 1), if the posterior is N(m, d²): predict it. (predict, then run)
double lost(double m, double d) { return (d * d + m * m - 1) / 2 - std::log(d); }
void latent_4(Check& check) {
    const Curve c = curve(check);
    const double m = c.moment(1) / c.moment(0), d = std::sqrt(c.moment(2) / c.moment(0) - m * m);
    double elbo = 0;
    for (int i = -8000; i <= 8000; ++i) {
        const double z = i / 1000.0, prior = std::exp(-z * z / 2) / std::sqrt(2 * std::numbers::pi);
        elbo += prior * (std::log(c.joint(z)) + z * z / 2 + std::log(2 * std::numbers::pi) / 2) / 1000;
    }
    check.derived("lost", lost(m, d), std::log(c.moment(0)) - elbo);
}

}  // namespace

int main(int argc, char** argv) {
    const Exercise exercises[] = {
        {1, 2, "the distance of two normals", latent_1},
        {2, 2, "a posterior", latent_2},
        {3, 2, "a bound that is none", latent_3},
        {4, 2, "what the prior loses", latent_4},
    };
    return report("latent", exercises, argc, argv);
}
