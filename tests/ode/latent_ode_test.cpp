// tests/ode/latent_ode_test.cpp — the bound of a latent ODE against an evidence in closed form; its make; its memory
#include "ode/models/latent_ode.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <numbers>

#include "autodiff/derivatives/grad.hpp"
#include "core/linspace.hpp"
#include "nn/mlp.hpp"
#include "optim/adam.hpp"
#include "tests/ode/solving.hpp"
#include "tests/support/allocations.hpp"
#include "tests/support/error_of.hpp"

using namespace costate;
using namespace costate::ode;
using namespace costate::test;
using doctest::Approx;

namespace {

struct Itself : nn::Module {
    Var operator()(Var x) const { return x; }
};
struct StillField : nn::Module {
    Var operator()(Var, Var z) const { return 0.0 * z; }
};

auto small_model(Rng& rng) {
    return LatentODE(nn::GRU(2, 6, rng), nn::MLP({3, 8, 3}, nn::elu, rng), nn::MLP({3, 8, 2}, nn::elu, rng), rng,
                     {.latent = 3, .noise = 0.2, .solve = {.method = rk4_classic, .steps = 4}});
}

}  // namespace

TEST_SUITE("ode") {
    // x_i = z + s · noise, z ~ N(0, 1): the posterior is N(Σx / (T + s²), s² / (T + s²)), and x ~ N(0, 11ᵀ + s² 1).
    TEST_CASE("LatentODE: with the posterior for q, the bound is the evidence, and with another q it is less") {
        const double s = 0.5, x[] = {0.4, 1.1, -0.2}, T = 3, total = 1.3, squares = 0.16 + 1.21 + 0.04;
        const double precision = T + s * s, log_deviation = 0.5 * std::log(s * s / precision);
        const double evidence = -0.5 * (squares - total * total / precision) / (s * s) - (T - 1) * std::log(s) -
                                0.5 * std::log(precision) - 0.5 * T * std::log(2 * std::numbers::pi);
        Rng rng(0);
        const LatentODE model(nn::RNN(1, 1, rng), StillField(), Itself(), rng, {.latent = 1, .noise = s});
        model.parameter("head.weight").edit().assign(Tensor({2, 1}));
        const Parameter bias = model.parameter("head.bias");
        const auto bound = [&](double mu, double log_sigma) {
            bias.edit().assign(Tensor({2}, {mu, log_sigma}));
            Tape tape;  // what is quadratic in ε has its mean over N(0, 1) at ε = 1 and −1
            const Tensor seen({3, 2, 1}, {x[0], x[0], x[1], x[1], x[2], x[2]}), epsilon({2, 1}, {1, -1});
            return double(mean(model.elbo(tape.constant(seen), {0, 1, 2}, seen, 1, epsilon)).item());
        };
        CHECK(bound(total / precision, log_deviation) == Approx(evidence).epsilon(either(1e-12, 1e-5)));
        // By how much: KL(q ‖ posterior) = ½ (Δμ / σ)²; with another σ, ½ (e^2d − 1 − 2d)
        const double away = bound(total / precision + 0.1, log_deviation),
                     wide = bound(total / precision, log_deviation + 0.3);
        CHECK(evidence - away == Approx(0.5 * 0.01 * precision / (s * s)).epsilon(either(1e-10, 1e-3)));
        CHECK(evidence - wide == Approx(0.5 * (std::exp(0.6) - 1.6)).epsilon(either(1e-10, 1e-3)));
    }

    TEST_CASE("LatentODE: its parts are called by their names, and decode is solve and decoder") {
        Rng rng(1);
        const auto model = small_model(rng);
        CHECK(model.names().front() == "encoder.weight_ir");
        CHECK(model.parameter("head.weight").shape() == Shape{6, 6});
        CHECK(model.parameter("decoder.layer1.weight").shape() == Shape{2, 8});
        Tape tape;
        const Var z0 = tape.constant(waves({5, 3}, 1));
        const auto times = linspace(0, 1, 7);
        const Tensor curves(model.decode(z0, times).value());
        CHECK(curves.shape() == Shape{7, 5, 2});
        CHECK(model.decode(waves({5, 3}, 1), times) == curves);
        const auto copy = nn::clone(model);
        CHECK(copy.decode(waves({5, 3}, 1), times) == curves);
        const Var path = ode::solve(model.field(), z0, times, model.options().solve).z;
        CHECK(path.shape() == Shape{7, 5, 3});
        const Gaussian q = model.encode(tape.constant(waves({4, 5, 2}, 1)));
        CHECK(q.mean.shape() == Shape{5, 3});
        CHECK(Tensor(q.sample(0).value()) == Tensor(q.mean.value()));
    }

    TEST_CASE("LatentODE: what was not observed changes neither the bound nor its gradient") {
        Rng rng(2);
        const auto model = small_model(rng);
        const auto times = linspace(0, 1, 4);
        Tensor mask({4, 5, 1}, 1), x = waves({4, 5, 2}, 1);
        mask[7] = 0;
        const auto of = [&](const Tensor& data) {
            Tape tape;
            const Var loss =
                -sum(model.elbo(tape.constant(waves({3, 5, 2}, 1)), times, data, mask, waves({5, 3}, 0.5)));
            std::vector<Tensor> all{Tensor(tape.view(loss))};
            for (const Var& g : grad(loss, model)) all.emplace_back(tape.view(g));
            return all;
        };
        const auto before = of(x);
        x[14] = std::numeric_limits<Real>::quiet_NaN(), x[15] = 1000;
        CHECK(of(x) == before);
        for (const Tensor& g : before) CHECK(largest(g) > 0);
    }

    TEST_CASE("LatentODE: warm updates allocate nothing, however much of a sequence is read") {
        Rng rng(3);
        const auto model = small_model(rng);
        optim::Adam adam(model, {.lr = 1e-2});
        const auto times = linspace(0, 1, 4);
        const Tensor x = waves({4, 5, 2}, 1), epsilon = waves({5, 3}, 0.5);
        Tape tape;
        double first = 0, last = 0;
        for (int update = 0; update < 40; ++update) {
            const long asked = test::allocations_in([&] {
                tape.rewind();
                const Var read = tape.constant(x.rows(0, 2 + (update + 2) % 3));
                const Var loss = -mean(model.elbo(read, times, x, 1, epsilon));
                last = double(tape.view(loss)[0]);
                adam.minimise(loss);
            });
            if (update == 0) first = last;
            if (update >= 3) CHECK(asked == 0);
        }
        CHECK(last < first);
    }
}
