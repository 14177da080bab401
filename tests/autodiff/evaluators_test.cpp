// tests/autodiff/evaluators_test.cpp — has every operator of the library the row that printed tables name it by?
// An operator without its COSTATE_EVALUATOR is a link error here, of EvaluatorOf<its place in library_operators>::row; without
// this file it would be one in a program of a user's, who had printed tables with that operator in it.
#include <doctest/doctest.h>
#include <utility>
#include <vector>

#include "autodiff/tape/evaluator.hpp"
#include "autodiff/tape/numbers.hpp"
#include "autodiff/tape/registry.hpp"

#if defined(__clang__)  // the rows stand in the operators' files, and are declared nowhere
#pragma clang diagnostic ignored "-Wundefined-var-template"
#endif

using namespace costate;

namespace {

template <std::size_t... number>
std::vector<const Evaluator*> rows_of(std::index_sequence<number...>) {
    return {&EvaluatorOf<number>::row...};
}

}  // namespace

TEST_SUITE_BEGIN("autodiff");

TEST_CASE("evaluators: every operator of the library has its row, with the functions that a tape calls") {
    const auto rows = rows_of(std::make_index_sequence<library_operators.size()>());
    for (std::uint32_t number = 0; number < rows.size(); ++number) {
        CAPTURE(library_operators[number]);
        CHECK((rows[number]->eval != nullptr));
        if (!is_registered(number)) continue;  // mentioned by nothing that this program is linked with
        CHECK((rows[number]->eval == operator_of(number).eval));
        CHECK((rows[number]->eval_sum == operator_of(number).eval_sum));
    }
}

TEST_SUITE_END();
