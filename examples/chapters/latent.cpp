// examples/chapters/latent.cpp — the numbers of ode/latent.md: a bound, its gap, and the distance of two normal distributions
#include <cmath>
#include <cstdio>
#include <numbers>
#include <vector>

#include "costate.hpp"

using namespace costate;

namespace {

constexpr double pi = std::numbers::pi, noise = 0.25;
double number(Var v) { return static_cast<double>(v.item()); }

// [data]
// One curve: dz/dt = −z/2 from a z0 ~ N(0, 1) that is not seen; x(t_i) = z(t_i) + noise is.
const std::vector<double> times{0, 0.4, 1.1, 1.5, 2.8, 4};
const std::vector<double> seen{1.31, 1.25, 0.52, 0.83, 0.12, 0.30};
// [/data]

struct Exact {  // all is normal, so Bayes' rule has a closed form
    double mean, deviation, log_evidence;
    Exact() {
        double precision = 1, projection = 0, squares = 0;
        for (std::size_t i = 0; i < times.size(); ++i) {
            const double share = std::exp(-times[i] / 2);
            precision += share * share / (noise * noise);
            projection += share * seen[i] / (noise * noise);
            squares += seen[i] * seen[i] / (noise * noise);
        }
        mean = projection / precision, deviation = 1 / std::sqrt(precision);
        const auto n = static_cast<double>(times.size());
        log_evidence = -n / 2 * std::log(2 * pi) - n * std::log(noise) - std::log(precision) / 2 -
                       (squares - projection * projection / precision) / 2;
    }
};

// [elbo]
struct Guess : nn::Module {  // q(z0), for this one curve; a network that reads the curve would put it out
    Parameter mean = add("mean", Tensor({1, 1}, {0})), log_sigma = add("log_sigma", Tensor({1, 1}, {0}));
};

Var elbo(Tape& tape, const Var& mean_of_q, const Var& log_sigma) {
    const Var epsilon = tape.constant(Tensor({2, 1}, {1, -1}));  // two draws, with the mean and variance of N(0, 1)
    const Var z0 = mean_of_q + exp(log_sigma) * epsilon;         // (2)
    const auto field = [](Var, Var z) { return -0.5 * z; };
    const Var z = ode::solve(field, z0, times, {.rtol = 1e-10, .atol = 1e-12}).z;  // (3): [6,2,1]
    Tensor x({6, 2, 1});
    for (Index i = 0; i < 12; ++i) x[i] = static_cast<Real>(seen[static_cast<std::size_t>(i / 2)]);
    const Var fit = sum(nn::gaussian_log_likelihood(x, z, std::log(noise)), 0);
    return mean(fit) - sum(nn::gaussian_kl(mean_of_q, log_sigma));  // (4)
}
// [/elbo]

void bound() {
    const Exact exact;
    Tape tape;
    const auto at = [&](double m, double log_s) {
        return number(elbo(tape, tape.constant(Tensor({1, 1}, {m})), tape.constant(Tensor({1, 1}, {log_s}))));
    };
    const auto gap = [&](double m, double log_s) {  // KL of q from the posterior
        return number(nn::gaussian_kl(tape.constant(Tensor({1}, {m})), tape.constant(Tensor({1}, {log_s})),
                                      tape.constant(Tensor({1}, {exact.mean})),
                                      tape.constant(Tensor({1}, {std::log(exact.deviation)}))));
    };
    std::printf("ln p(x) = %.8f\n", exact.log_evidence);
    for (const double m : {0.0, 1.0})
        std::printf("q = N(%.0f, 1)   ELBO %14.8f   KL from the posterior %12.8f   sum %.8f\n", m, at(m, 0), gap(m, 0),
                    at(m, 0) + gap(m, 0));
    const Guess q;
    const auto loss = [&](Tape& t) { return -elbo(t, t.use(q.mean), t.use(q.log_sigma)); };
    optim::LBFGS lbfgs(q);
    const double best = -lbfgs.minimise(loss, {.iterations = 100}).loss;
    std::printf("trained q      ELBO %.8f\n", best);
    std::printf("mean %.6f, deviation %.6f   by Bayes' rule %.6f, %.6f\n", double(q.mean.value()[0]),
                std::exp(double(q.log_sigma.value()[0])), exact.mean, exact.deviation);
}

void divergence_of_normals() {
    const double m = 0.7, s = 0.4;
    double sum = 0;  // of q ln q/p, by the trapezoidal rule, which is exact to all digits for such a bell
    for (int i = -4000; i <= 4000; ++i) {
        const double y = i / 400.0, z = m + s * y;
        sum += std::exp(-y * y / 2) / std::sqrt(2 * pi) * (-y * y / 2 - std::log(s) + z * z / 2) / 400;
    }
    Tape tape;
    const double rule =
        number(nn::gaussian_kl(tape.constant(Tensor({1}, {m})), tape.constant(Tensor({1}, {std::log(s)}))));
    std::printf("\nKL(N(0.7, 0.4^2) | N(0, 1))   by (5) %.8f   integral %.8f\n", rule, sum);
}

}  // namespace

int main() {
    bound();
    divergence_of_normals();
}
