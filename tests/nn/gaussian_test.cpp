// tests/nn/gaussian_test.cpp — the divergence of normal distributions, and likelihoods of what was seen alone
#include <doctest/doctest.h>

#include <cmath>

#include "autodiff/derivatives/grad.hpp"
#include "autodiff/operators.hpp"
#include "core/random.hpp"
#include "nn/losses.hpp"
#include "tests/support/error_of.hpp"

using namespace costate;
using doctest::Approx;
using test::contains;
using test::error_of;

namespace {

const double rounding = sizeof(Real) == 8 ? 1e-14 : 1e-6;  // a few roundings

struct Numbers {
    Tape tape;
    Var mean = tape.variable(Tensor({2, 2}, {.3, -1.2, 0, 2})), s = tape.variable(Tensor({2, 2}, {-.5, .25, 0, 1}));
    Var from_mean = tape.variable(Tensor({2, 2}, {-.4, .8, .5, 1.5}));
    Var from_s = tape.variable(Tensor({2, 2}, {.3, -.2, .1, .6}));
};

}  // namespace

TEST_SUITE_BEGIN("nn");

TEST_CASE("gaussian_kl: PyTorch 2.15's kl_divergence of Normals, summed over the last axis") {
    Numbers n;
    const Tensor from_standard(nn::gaussian_kl(n.mean, n.s).value());
    CHECK(double(from_standard[0]) == Approx(1.023300355935785).epsilon(rounding));
    CHECK(double(from_standard[1]) == Approx(4.194528049465324).epsilon(rounding));
    const Tensor of_two(nn::gaussian_kl(n.mean, n.s, n.from_mean, n.from_s).value());
    CHECK(double(of_two[0]) == Approx(3.7988580607013795).epsilon(rounding));
    CHECK(double(of_two[1]) == Approx(0.3621264614089978).epsilon(rounding));
}

TEST_CASE("gaussian_kl: laws: 0 from itself, N(0, 1) is a case of two, both may be moved and scaled alike") {
    Numbers n;
    const Tensor itself(nn::gaussian_kl(n.mean, n.s, n.mean, n.s).value());
    CHECK(itself == Tensor({2}, {0, 0}));
    const Tensor zeros({2, 2});
    CHECK(Tensor(nn::gaussian_kl(n.mean, n.s, zeros, zeros).value()) == Tensor(nn::gaussian_kl(n.mean, n.s).value()));
    const Tensor before(nn::gaussian_kl(n.mean, n.s, n.from_mean, n.from_s).value());
    const Tensor after(
        nn::gaussian_kl(3 * n.mean + 1, n.s + std::log(3.0), 3 * n.from_mean + 1, n.from_s + std::log(3.0)).value());
    for (Index i = 0; i < 2; ++i) CHECK(double(after[i]) == Approx(double(before[i])).epsilon(10 * rounding));
    const Tensor g(grad(sum(nn::gaussian_kl(n.mean, n.s)), n.mean).value());  // by μ: μ; by ln σ: σ² − 1
    CHECK(g == Tensor(n.mean.value()));
    const Tensor h(grad(sum(nn::gaussian_kl(n.mean, n.s)), n.s).value());
    for (Index i = 0; i < 4; ++i)
        CHECK(double(h[i]) == Approx(std::exp(2 * double(n.s.value()[i])) - 1).epsilon(10 * rounding));
}

TEST_CASE("gaussian_kl: near 0 its digits stay: ½ (e^2d − 1 − 2d) = d² + ...") {
    Tape tape;
    const double d = sizeof(Real) == 8 ? 1e-5 : 1e-2;
    const Var s = tape.constant(Tensor({1}, {d}));
    CHECK(double(nn::gaussian_kl(tape.constant(Tensor({1})), s).item()) ==
          Approx(d * d * (1 + 2 * d / 3)).epsilon(sizeof(Real) == 8 ? 1e-5 : 1e-3));
}

TEST_CASE("gaussian_kl: the mean of ln q/p over draws of q") {
    Numbers n;
    Rng rng(0);
    const Index draws = 20000;
    Tensor x({draws, 2});
    for (Index i = 0; i < draws; ++i)
        for (Index j = 0; j < 2; ++j)
            x(i, j) = static_cast<Real>(double(n.mean.value()[j]) + std::exp(double(n.s.value()[j])) * rng.normal());
    const auto row = [](Var v) { return broadcast_to(v[0], {20000, 2}); };
    const Var ratio = nn::gaussian_log_likelihood(x, row(n.mean), row(n.s)) -
                      nn::gaussian_log_likelihood(x, row(n.from_mean), row(n.from_s));
    const double mean_of_draws = double(mean(ratio).item());
    const double error = std::sqrt(double(mean(square(ratio - mean_of_draws)).item()) / double(draws));
    CHECK(std::abs(mean_of_draws - 3.7988580607013795) < 4 * error);
}

TEST_CASE("gaussian_kl: shapes that do not fit are an error") {
    Numbers n;
    CHECK(contains(error_of([&] { nn::gaussian_kl(n.mean, 0); }), "a mean [2,2], beside it []"));
    CHECK(contains(error_of([&] { nn::gaussian_kl(n.mean, n.s, n.mean[0], n.s); }), "beside it [2]"));
    CHECK(contains(error_of([&] { nn::gaussian_kl(n.tape.constant(1.0), 0); }), "gaussian_kl: the shapes do not fit"));
}

TEST_CASE("gaussian_log_likelihood, masked: what was not seen adds nothing, be it a nan") {
    Numbers n;
    const Tensor x({2, 2}, {1, std::nan(""), -1, 3}), seen({2, 2}, {1, 0, 1, 1}), rows({2, 1}, {0, 1});
    const auto density = [&](Index i) {
        const double u = (double(x[i]) - double(n.mean.value()[i])) / std::exp(double(n.s.value()[i]));
        return -u * u / 2 - double(n.s.value()[i]) - 0.918938533204672741780329736406;
    };
    const Var l = nn::gaussian_log_likelihood(x, n.mean, n.s, seen);
    CHECK(double(l.value()[0]) == Approx(density(0)).epsilon(rounding));
    CHECK(double(l.value()[1]) == Approx(density(2) + density(3)).epsilon(rounding));
    CHECK(Tensor(grad(sum(l), n.mean).value())[1] == 0);
    CHECK(Tensor(grad(sum(l), n.s).value())[1] == 0);
    CHECK(nn::gaussian_log_likelihood(x, n.mean, n.s, rows).value()[0] == 0);
    CHECK(nn::gaussian_log_likelihood(n.mean, n.from_mean, n.s, 1).value()[1] ==
          nn::gaussian_log_likelihood(n.mean, n.from_mean, n.s).value()[1]);
    CHECK(contains(error_of([&] { nn::gaussian_log_likelihood(x, n.mean, n.s, 0.5); }),
                   "an entry says neither yes nor no"));
    CHECK(contains(error_of([&] {
                       nn::gaussian_log_likelihood(x, n.mean, n.s, Tensor({3}, {1, 1, 1}));
                   }),
                   "gaussian_log_likelihood: the mask does not fit"));
}

TEST_SUITE_END();
