#include "examples/support/laws.hpp"

#include <algorithm>

#include "examples/support/cells.hpp"  // brings: joined

namespace costate::support {

namespace {

using Thetas = std::span<const Var>;
using Sizes = std::span<const double>;
using List = std::vector<double>;

List speed(Sizes x, double T) { return {x[0] / T}; }

Law linear(Index n) {  // row i of A, then b_i
    Law law{.name = "linear", .equations = "z' = A z + b", .observed = n, .states = n};
    for (Index i = 0; i < n; ++i)
        for (Index j = 0; j <= n; ++j)
            law.parameters.push_back(j == n ? text("b", i + 1) : text("A", i + 1, ",", j + 1));
    law.either_sign.assign(law.parameters.size(), true);
    law.rates = [n](Thetas theta, Var y) {
        std::vector<Var> rates;
        for (Index i = 0; i < n; ++i) {
            const auto row = theta.subspan(static_cast<std::size_t>(i * (n + 1)));
            Var sum = row[static_cast<std::size_t>(n)] + row[0] * column(y, 0);
            for (Index j = 1; j < n; ++j) sum = sum + row[static_cast<std::size_t>(j)] * column(y, j);
            rates.push_back(sum);
        }
        return concatenate(rates, 1);
    };
    law.sizes = [n](Sizes x, double T) {
        List sizes;
        for (std::size_t i = 0; i < static_cast<std::size_t>(n); ++i)
            for (std::size_t j = 0; j <= static_cast<std::size_t>(n); ++j)
                sizes.push_back(j == static_cast<std::size_t>(n) ? x[i] / T : x[i] / x[j] / T);
        return sizes;
    };
    return law;
}

const std::vector<Law>& fixed_laws() {
    static const std::vector<Law> laws = {
        {.name = "exponential",
         .equations = "x' = r x",
         .parameters = {"r"},
         .either_sign = {true},
         .rates = [](Thetas p, Var x) { return p[0] * x; },
         .sizes = [](Sizes, double T) -> List { return {1 / T}; }},
        {.name = "logistic",
         .equations = "x' = r x (1 - x/K)",
         .positive = true,
         .parameters = {"r", "K"},
         .either_sign = {false, false},
         .rates = [](Thetas p, Var x) { return p[0] * x * (1 - x / p[1]); },
         .sizes = [](Sizes x, double T) -> List {
             return {1 / T, x[0]};
         }},
        {.name = "cooling",
         .equations = "x' = k (a - x)",
         .parameters = {"k", "a"},
         .either_sign = {false, true},
         .rates = [](Thetas p, Var x) { return p[0] * (p[1] - x); },
         .sizes = [](Sizes x, double T) -> List {
             return {1 / T, x[0]};
         }},
        {.name = "lotka_volterra",
         .equations = "x' = alpha x - beta x y, y' = delta x y - gamma y",
         .observed = 2,
         .states = 2,
         .positive = true,
         .parameters = {"alpha", "beta", "delta", "gamma"},
         .either_sign = {false, false, false, false},
         .rates =
             [](Thetas p, Var z) {
                 const Var x = column(z, 0), y = column(z, 1);
                 return concatenate({x * (p[0] - p[1] * y), y * (p[2] * x - p[3])}, 1);
             },
         .sizes = [](Sizes x, double T) -> List {
             return {1 / T, 1 / (x[1] * T), 1 / (x[0] * T), 1 / T};
         }},
        {.name = "sir",
         .equations = "I' = b S I - gamma I, S' = -b S I",
         .observed = 1,
         .states = 2,
         .positive = true,
         .parameters = {"b", "gamma"},
         .either_sign = {false, false},
         .rates =
             [](Thetas p, Var z) {
                 const Var I = column(z, 0), caught = p[0] * column(z, 1) * I;
                 return concatenate({caught - p[1] * I, -caught}, 1);
             },
         .sizes = [](Sizes x, double T) -> List {
             return {1 / (x[1] * T), 1 / T};
         },
         .hidden_sizes = [](Sizes x, double) -> List { return {4 * x[0]}; }},
        {.name = "pendulum",
         .equations = "x' = v, v' = -a sin x - c v",
         .observed = 1,
         .states = 2,
         .parameters = {"a", "c"},
         .either_sign = {false, true},
         .rates =
             [](Thetas p, Var z) {
                 const Var v = column(z, 1);
                 return concatenate({v, -p[0] * sin(column(z, 0)) - p[1] * v}, 1);
             },
         .sizes = [](Sizes, double T) -> List {
             return {1 / (T * T), 1 / T};
         },
         .hidden_sizes = speed},
        {.name = "oscillator",
         .equations = "x' = v, v' = -k (x - m) - c v",
         .observed = 1,
         .states = 2,
         .parameters = {"k", "c", "m"},
         .either_sign = {false, true, true},
         .rates =
             [](Thetas p, Var z) {
                 const Var v = column(z, 1);
                 return concatenate({v, -p[0] * (column(z, 0) - p[2]) - p[1] * v}, 1);
             },
         .sizes = [](Sizes x, double T) -> List {
             return {1 / (T * T), 1 / T, x[0]};
         },
         .hidden_sizes = speed}};
    return laws;
}

}  // namespace

std::vector<std::string> law_names() {
    std::vector<std::string> names;
    for (const Law& law : fixed_laws()) names.push_back(law.name);
    names.push_back("linear");
    return names;
}

Law law_named(const std::string& name, Index columns, Where at) {
    if (name == "linear") return linear(columns);
    for (const Law& law : fixed_laws()) {
        if (law.name != name) continue;
        if (columns < law.observed || columns > law.states)
            fail(at, {.what = "the law " + name + " has no use for these columns",
                      .got = std::to_string(columns) + " columns",
                      .expected = (law.observed < law.states ? std::to_string(law.observed) + " or " : "") +
                                  std::to_string(law.states) + ": " + law.equations,
                      .fix = "--without a,b leaves columns out"});
        return law;
    }
    fail(at, {.what = "there is no law of this name", .got = name, .expected = "one of " + joined(law_names())});
}

}  // namespace costate::support
