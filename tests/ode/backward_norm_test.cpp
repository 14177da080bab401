// tests/ode/backward_norm_test.cpp — what the continuous routes measure backwards, what they sum, and what they pay
#include <doctest/doctest.h>

#include "ode/plain.hpp"
#include "ode/solve.hpp"
#include "tests/ode/solving.hpp"
#include "tests/support/error_of.hpp"

using namespace costate;
using namespace costate::ode;
using namespace costate::test;

namespace {

constexpr Route continuous[] = {backsolve, interpolating};

struct Solved {
    Tensor z0, theta;
    Statistics statistics;
};

// z' = θ z cos t over 10, z = z0 e^{θ sin t}; the loss Σ_i w z(t_i), or of the end alone.
struct Wave {
    Parameter theta{"theta", Tensor({1}, {.7})};
    Solved operator()(const SolveOptions& options, const std::vector<double>& times, double w = 1,
                      bool all = true) const {
        Tape tape;
        const Var z0 = tape.variable(Tensor({1}, {1.5}));
        const Solution s = solve(
            tape, [&](Var t, Var z) { return z.tape().use(theta) * z * cos(t); }, z0, times, options);
        const Vars g = grad(w * sum(all ? s.z : s.end()), {z0, tape.use(theta)});
        return {Tensor(tape.view(g[0])), Tensor(tape.view(g[1])), s.statistics()};
    }
};

std::vector<double> equally(int parts) {
    std::vector<double> times;
    for (int i = 0; i <= parts; ++i) times.push_back(10. * i / parts);
    return times;
}

}  // namespace

TEST_SUITE("ode") {
    TEST_CASE("backward norms: beside an adjoint that is huge, the seminorm is the common mean at tolerance / √2") {
        // z's error is nothing: sqrt((0 + e²)/2) ≤ tol/√2 as max(0, e) ≤ tol
        if (!is_double) return;
        const Wave wave;
        const auto steps = [&](BackwardNorm norm, double atol) {
            const Statistics s =
                wave({.rtol = 0, .atol = atol, .gradient = backsolve, .first_step = 1e-3, .backward_norm = norm},
                     {0, 10}, 1e8, false)
                    .statistics;
            return s.backward_accepted;
        };
        for (const double atol : {1e-1, 1e-2, 1e-3}) {
            CHECK(steps(BackwardNorm::seminorm, atol) == steps(BackwardNorm::state_and_adjoint, atol / std::sqrt(2.)));
            CHECK(steps(BackwardNorm::seminorm, atol) > steps(BackwardNorm::state_and_adjoint, atol));
        }
    }

    TEST_CASE("backward norms: each is at least as strict as the one before, and all are right") {
        const Wave wave;
        const double s = std::sin(10.), wanted = 1.5 * s * std::exp(.7 * s);
        for (const Route& route : continuous) {
            CAPTURE(std::string(route.name));
            long before = 0;
            for (const BackwardNorm norm :
                 {BackwardNorm::state_and_adjoint, BackwardNorm::seminorm, BackwardNorm::full}) {
                const double tolerance = either(1e-8, 1e-5);
                const Solved solved =
                    wave({.rtol = tolerance, .atol = tolerance, .gradient = route, .backward_norm = norm}, {0, 10}, 1,
                         false);
                CHECK(double(solved.theta[0]) == doctest::Approx(wanted).epsilon(either(1e-6, 1e-3)));
                CHECK(solved.statistics.backward_accepted >= before);
                before = solved.statistics.backward_accepted;
            }
        }
    }

    TEST_CASE("parameter quadrature: Gauss nodes sum aᵀ∂f/∂θ half as often, in steps that are kept alone") {
        const Wave wave;
        double wanted = 0;
        for (const double t : equally(7)) wanted += 1.5 * std::sin(t) * std::exp(.7 * std::sin(t));
        for (const Method& method : {bosh3, dopri5, tsit5, vern6, dop853})
            for (const Route& route : continuous)
                for (const int steps : {0, 200}) {
                    CAPTURE(std::string(method.name));
                    CAPTURE(std::string(route.name));
                    CAPTURE(steps);
                    const double tolerance = either(1e-8, 1e-5);
                    SolveOptions options{
                        .method = method, .rtol = tolerance, .atol = tolerance, .gradient = route, .steps = steps};
                    const double most = either(steps > 0 && method.order < 5 ? 3e-5 : 1e-6, 1e-3);
                    const Solved by_stages = wave(options, equally(7));
                    options.parameter_quadrature = ParameterQuadrature::gauss;
                    const Solved by_gauss = wave(options, equally(7));
                    CHECK(double(by_stages.theta[0]) == doctest::Approx(wanted).epsilon(most));
                    CHECK(double(by_gauss.theta[0]) == doctest::Approx(wanted).epsilon(most));
                    CHECK(distance(by_gauss.z0, by_stages.z0) == 0);  // a is what it was
                    const Statistics &s = by_stages.statistics, &g = by_gauss.statistics;
                    CHECK(g.backward_accepted == s.backward_accepted);
                    CHECK(s.parameter_vjps == method.stages * (s.backward_accepted + s.backward_rejected));
                    CHECK(g.parameter_vjps == (method.order + 1) / 2 * g.backward_accepted);
                }
    }

    TEST_CASE("parameter quadrature: Gauss nodes show the method's order") {
        if (!is_double) return;
        const Wave wave;
        const double s = std::sin(10.), wanted = 1.5 * s * std::exp(.7 * s);
        for (const Method& method : {heun2, bosh3, rk4_classic, dopri5, vern6})
            for (const Route& route : continuous) {
                CAPTURE(std::string(method.name));
                CAPTURE(std::string(route.name));
                double errors[2];
                const int fewest = method.order <= 3 ? 400 : method.order < 6 ? 50 : 20;
                for (const int times : {1, 4})
                    errors[times > 1] = std::abs(double(wave({.method = method,
                                                              .gradient = route,
                                                              .steps = fewest * times,
                                                              .parameter_quadrature = ParameterQuadrature::gauss},
                                                             {0, 10}, 1, false)
                                                            .theta[0]) -
                                                 wanted);
                CAPTURE(errors[0]);
                CAPTURE(errors[1]);
                CHECK(std::log2(errors[0] / errors[1]) / 2 > method.order - .3);
            }
    }

    TEST_CASE("continuous adjoints: many observation times cost little more than one") {
        // Each is landed on, by a step that is cut short, and its first stage is made anew: where they lie as densely as the
        // steps, that may be two steps and a stage for every one.
        const Wave wave;
        for (const Route& route : continuous)
            for (const double tolerance : {1e-4, 1e-6, 1e-8})
                for (const double apart : {1., 1.5, 2., 3., 4., 10.}) {  // natural steps, in the mean
                    CAPTURE(std::string(route.name));
                    CAPTURE(tolerance);
                    CAPTURE(apart);
                    if (!is_double && tolerance < 1e-5) continue;
                    const SolveOptions options{
                        .method = dopri5, .rtol = tolerance, .atol = tolerance, .gradient = route};
                    const Statistics one = wave(options, {0, 10}, 1, false).statistics;
                    const int parts = int(double(one.backward_accepted) / apart);
                    const double many = double(wave(options, equally(parts)).statistics.backward_evaluations);
                    CHECK(many <= (apart < 3 ? 13. / 6 : either(1.3, 1.4)) * double(one.backward_evaluations));
                }
    }

    TEST_CASE_FIXTURE(Room, "backward norms: what does not go together is refused") {
        const auto by = [&](const SolveOptions& options) {
            return error_of([&] { solve(law(), start(), unit, options); });
        };
        const auto gauss = ParameterQuadrature::gauss;
        CHECK(contains(by({.gradient = backsolve, .backward_norm = BackwardNorm::full, .parameter_quadrature = gauss}),
                       "Gauss nodes say nothing about the parameter gradient's error"));
        CHECK(contains(by({.gradient = backsolve, .backward_norm = BackwardNorm::seminorm, .rows = independent}),
                       "BackwardNorm::state_and_adjoint, an error that each row has"));
        CHECK(contains(by({.gradient = backsolve, .parameter_quadrature = gauss, .rows = independent}),
                       "rows of their own have no step whose nodes they could share"));
        const auto numbers = [](double, std::span<const Real> y, std::span<Real> dy) { dy[0] = -y[0]; };
        CHECK(contains(error_of([&] {
                           solve(numbers, std::array{Real(1)}, {0, 1}, {.parameter_quadrature = gauss});
                       }),
                       ".parameter_quadrature in the options"));
    }
}
