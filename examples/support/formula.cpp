#include "examples/support/formula.hpp"

#include <cmath>
#include <cstdio>

#include "core/error.hpp"  // brings: fail
#include "optim/qr.hpp"    // brings: triangulate, solve_upper

namespace costate::support {

namespace {

// The least squares of the terms whose bits are set, by reflections.
Formula fitted(unsigned chosen, const std::vector<std::string>& names, View terms, View y) {
    const Index rows = y.size(), all = terms.shape[1];
    std::vector<Index> used;
    for (Index k = 0; k < all; ++k)
        if ((chosen >> k) & 1) used.push_back(k);
    const auto count = static_cast<Index>(used.size());
    std::vector<double> table;  // column by column, y behind the terms
    for (const Index k : used)
        for (Index i = 0; i < rows; ++i) table.push_back(static_cast<double>(terms[i * all + k]));
    double size = 0;
    for (Index i = 0; i < rows; ++i) {
        table.push_back(static_cast<double>(y[i]));
        size += table.back() * table.back();
    }
    optim::triangulate(table, rows, count, count + 1);
    const auto right = std::span(table).subspan(static_cast<std::size_t>(count * rows));
    double rest = 0;
    for (const double r : right.subspan(static_cast<std::size_t>(count))) rest += r * r;
    optim::solve_upper(table, rows, right.first(static_cast<std::size_t>(count)));

    Formula formula{.coefficients = std::vector<double>(names.size(), 0.0),
                    .error = size > 0 ? std::sqrt(rest / size) : 0,
                    .terms = static_cast<int>(count)};
    std::string text;
    for (std::size_t j = 0; j < used.size(); ++j) {
        const auto k = static_cast<std::size_t>(used[j]);
        const double c = formula.coefficients[k] = right[j];
        char number[32];
        std::snprintf(number, sizeof number, "%.3g", std::fabs(c));
        text += std::string(j == 0  ? (c < 0 ? "−" : "")
                            : c < 0 ? " − "
                                    : " + ") +
                number + (names[k].empty() ? "" : " " + names[k]);
    }
    if (!text.empty()) formula.text = text;
    return formula;
}

}  // namespace

Formula shortest_formula(const std::vector<std::string>& names, View terms, View y, double slack, Where at) {
    const auto count = static_cast<Index>(names.size());
    if (terms.shape.rank() != 2 || terms.shape[0] != y.size() || terms.shape[1] != count || count > 16 ||
        y.size() <= count)
        fail(at, {.what = "shortest_formula: the table of terms does not fit",
                  .got = to_text(terms.shape) + " for " + std::to_string(count) + " names and " +
                         std::to_string(y.size()) + " values",
                  .expected = "[N,K] for K names, at most 16, and N > K values"});
    const unsigned everything = (1u << count) - 1;
    const double enough = fitted(everything, names, terms, y).error + slack;
    Formula best = fitted(0, names, terms, y);
    for (unsigned chosen = 1; chosen <= everything; ++chosen) {
        const Formula formula = fitted(chosen, names, terms, y);
        const bool good = formula.error <= enough, best_is_good = best.error <= enough;
        if (good && (!best_is_good || formula.terms < best.terms ||
                     (formula.terms == best.terms && formula.error < best.error)))
            best = formula;
    }
    return best;
}

}  // namespace costate::support
