// tests/optim/nist_test.cpp — eight nonlinear regressions with certified results, from both published starts
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "autodiff/operators.hpp"
#include "optim/least_squares.hpp"

using namespace costate;

namespace {

struct Regression {
    std::vector<double> starts[2], values, deviations;
    double sum_of_squares = 0, residual_sd = 0;
    std::vector<std::vector<double>> table;  // y, x, ...: a row each

    explicit Regression(const std::string& name) {
        std::ifstream file("tests/data/nist/" + name + ".dat");
        bool in_data = false;
        for (std::string line; std::getline(file, line);) {
            int number = 0, end = 0;
            double v[4] = {};
            if (std::sscanf(line.c_str(), " b%d = %lf %lf %lf %lf", &number, &v[0], &v[1], &v[2], &v[3]) == 5) {
                for (int s = 0; s < 2; ++s) starts[s].push_back(v[s]);
                values.push_back(v[2]);
                deviations.push_back(v[3]);
            } else if (std::sscanf(line.c_str(), "Residual Sum of Squares: %lf", &v[0]) == 1) {
                sum_of_squares = v[0];
            } else if (std::sscanf(line.c_str(), "Residual Standard Deviation: %lf", &v[0]) == 1) {
                residual_sd = v[0];
            } else if (line.rfind("Data:", 0) == 0) {
                in_data = !values.empty();  // the first such line only says what was measured
            } else if (in_data) {
                const int count = std::sscanf(line.c_str(), "%lf %lf %lf %n", &v[0], &v[1], &v[2], &end);
                if (count >= 2) table.emplace_back(v, v + count);
            }
        }
    }
    Tensor column(std::size_t j) const {
        std::vector<double> list;
        for (const auto& row : table) list.push_back(row[j]);
        return Tensor(list);
    }
};

double digits(double got, double certified) { return -std::log10(std::abs(got / certified - 1) + 1e-16); }

using Model = std::function<Var(Var b, Var x)>;

// The least number of digits that agree with a certified one: of the values, of the deviations.
void check(const std::string& name, std::size_t observations, const Model& model, const Model& response = {}) {
    if (sizeof(Real) == 4) return;  // certified digits, and data of more digits than a float has: only in double
    const Regression r(name);
    REQUIRE(r.table.size() == observations);
    for (int s = 0; s < 2; ++s) {
        const auto residuals = [&](Var b) {
            Tape& tape = b.tape();
            if (response) return response(b, tape.constant(r.column(0)));
            return model(b, tape.constant(r.column(1))) - r.column(0);
        };
        const optim::Fit fit = optim::least_squares(Tensor(r.starts[s]), residuals, {.iterations = 10'000});
        double values = 16, deviations = digits(fit.residual_sd, r.residual_sd);
        for (std::size_t i = 0; i < r.values.size(); ++i) {
            const Index k = static_cast<Index>(i);
            values = std::min(values, digits(static_cast<double>(fit.estimates[k]), r.values[i]));
            deviations = std::min(deviations, digits(static_cast<double>(fit.standard_errors[k]), r.deviations[i]));
        }
        CAPTURE(name);
        CAPTURE(s);
        CAPTURE(fit.iterations);
        CHECK(values >= 6);
        CHECK(deviations >= 5);
        CHECK(digits(fit.sum_of_squares, r.sum_of_squares) >= 6);
        CHECK((fit.stop == optim::Stop::small_gradient || fit.stop == optim::Stop::small_change));
    }
}

}  // namespace

TEST_SUITE_BEGIN("optim");

TEST_CASE("least squares: NIST's Misra1a, DanWood, Kirby2") {
    check("Misra1a", 14, [](Var b, Var x) { return b[0] * (1 - exp(-b[1] * x)); });
    check("DanWood", 6, [](Var b, Var x) { return b[0] * exp(b[1] * log(x)); });
    check("Kirby2", 151,
          [](Var b, Var x) { return (b[0] + b[1] * x + b[2] * square(x)) / (1 + b[3] * x + b[4] * square(x)); });
}

TEST_CASE("least squares: NIST's Lanczos3, Nelson, Thurber") {
    check("Lanczos3", 24,
          [](Var b, Var x) { return b[0] * exp(-b[1] * x) + b[2] * exp(-b[3] * x) + b[4] * exp(-b[5] * x); });
    const Regression nelson("Nelson");
    check("Nelson", 128, {},
          [&](Var b, Var y) { return b[0] - b[1] * nelson.column(1) * exp(-b[2] * nelson.column(2)) - log(y); });
    check("Thurber", 37, [](Var b, Var x) {
        Var x2 = square(x), x3 = x * x2;
        return (b[0] + b[1] * x + b[2] * x2 + b[3] * x3) / (1 + b[4] * x + b[5] * x2 + b[6] * x3);
    });
}

TEST_CASE("least squares: NIST's MGH10 and Bennett5, found difficult for some very good algorithms") {
    check("MGH10", 16, [](Var b, Var x) { return b[0] * exp(b[1] / (x + b[2])); });
    check("Bennett5", 154, [](Var b, Var x) { return b[0] * exp(-log(b[1] + x) / b[2]); });
}

TEST_SUITE_END();
