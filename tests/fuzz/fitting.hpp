// tests/fuzz/fitting.hpp — any operator of the one list (tests/autodiff/operators.hpp) on any values of shape [R,D]
//   fitted(v, shared, shape, ...)   v as an operand of some shape, in the interval that the operator wants
//   widened(y, ...)                 a result of any shape as [R,D] again, so that it fits the next operator
#pragma once
#include <map>

#include "core/error.hpp"
#include "tests/autodiff/cases.hpp"

namespace costate::test {

inline Shape result_with(const Case& op, Index rows) {
    Tape tape;
    std::vector<Var> x;
    for (std::size_t i = 0; i < op.shapes.size(); ++i) {
        const bool has_rows = (op.rows | op.aligned) >> i & 1u;
        x.push_back(tape.variable(Tensor(has_rows ? op.shapes[i].with(0, rows) : op.shapes[i], Real(op.from.high))));
    }
    return op.build(x).shape();
}

inline bool makes_rows(const Case& op) {  // is axis 0 of its result the rows? Not guessed from an extent
    static std::map<const Case*, bool> known;
    const auto found = known.find(&op);
    if (found != known.end()) return found->second;
    const Shape four = result_with(op, 4);
    return known[&op] = op.rows != 0 && four.rank() > 0 && four[0] == 4 && result_with(op, 5) == four.with(0, 5);
}

inline bool takes_rows(const Case& op, Index rows) {  // some operators have places that need so many
    static std::map<std::pair<const Case*, Index>, bool> known;
    const auto found = known.find({&op, rows});
    if (found != known.end()) return found->second;
    try {
        result_with(op, rows);
        return known[{&op, rows}] = true;
    } catch (const Error&) {
        return known[{&op, rows}] = false;
    }
}

inline Var columns(Var v, Index count) {  // [R,w] as [R,count], its columns in turn
    std::vector<double> list;
    for (Index j = 0; j < count; ++j) list.push_back(double(j % v.shape()[1]));
    return gather(v, v.tape().constant(Tensor::vector(list)), 1);
}

// A value [R,D] or the shared [D] as an operand of some shape, in the interval that the operator wants.
inline Var fitted(Var wide, Var shared, const Shape& shape, bool has_rows, Interval from) {
    const Var in =
        affine(sigmoid(has_rows ? wide : reshape(shared, {1, shared.size()})), from.high - from.low, from.low);
    if (!has_rows) return reshape(columns(in, shape.size()), shape);
    const Index rows = wide.shape()[0];
    return reshape(columns(in, shape.row_size()), shape.with(0, rows));
}

inline Var widened(Var y, bool has_rows, Var x) {  // any result as [R,D], x's shape
    if (y.is_zero() || y.size() == 0) return x * 0.5;
    if (has_rows) return columns(reshape(y, {x.shape()[0], y.shape().row_size()}), x.shape()[1]);
    return x + mean(y);
}

}  // namespace costate::test
