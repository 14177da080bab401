// examples/support/formula.hpp — a learned function, read as a short sum of terms
//   y ≈ Σ c_k term_k over a subset of the terms: the smallest one whose error is near that of all terms            (a)
//   error = |y − Σ c_k term_k| / |y|
//   const Formula law = shortest_formula({"w", "w |w|", "w³"}, terms, y, 0.01);      law.text: "0.1 w + 0.05 w |w|"
// shapes   terms [N,K], a column for each name; y [N]. K ≤ 16: every subset is tried, 2^K small least squares.
// why        A threshold for coefficients depends on units and fails where terms are nearly alike; an error does not.
// source     the idea: Brunton, Proctor & Kutz 2016 (SINDy), who threshold · best subsets: Furnival & Wilson 1974
#pragma once
#include <string>
#include <vector>

#include "core/tensor.hpp"  // brings: View, Where

namespace costate::support {

struct Formula {
    std::vector<double> coefficients;  // [K], 0 where a term is left out
    double error = 1;                  // (a)
    int terms = 0;
    std::string text = "0";
};

// `slack`: how much larger than the error of all terms together that of fewer may be.
Formula shortest_formula(const std::vector<std::string>& names, View terms, View y, double slack, Where at = {});

}  // namespace costate::support
