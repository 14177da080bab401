// autodiff/tape/evaluator.hpp — what it takes to compute an operation, apart from its rules
// The row of an operator (autodiff/tape/operator.hpp) begins with it. Rules record operations, so they link the tape; whoever
// replays a Program that is there already needs none of them, and takes the Evaluator alone: by the operator's number,
//   EvaluatorOf<number_of("tanh")>::row
// which stands in the operator's file, COSTATE_EVALUATOR(Tanh).
#pragma once
#include <array>
#include <cstddef>
#include <cstring>
#include <span>
#include <type_traits>
#include <utility>

#include "autodiff/tape/evaluation.hpp"  // brings: Evaluation
#include "autodiff/tape/numbers.hpp"     // brings: number_of
#include "core/kernels/into.hpp"         // brings: Into
#include "core/tensor.hpp"               // brings: View, MutableView

namespace costate::inline COSTATE_PRECISION {

// The bytes of an operator's struct, as tapes and programs store them. Tables of them are printed on one machine and read on
// another: what counts is a Whole there, a shape Extents.
struct Attributes {
    alignas(8) std::array<std::byte, 40> bytes{};
};

// A count among the attributes: an Index, as wide on every machine.
struct Whole {
    std::int64_t value = 0;
    Whole() = default;
    Whole(Index number) : value(number) {}
    operator Index() const { return static_cast<Index>(value); }
};
inline std::string to_text(Whole number) { return std::to_string(number.value); }
// And a shape.
struct Extents {
    std::array<int, Shape::max_rank> extents{};
    int rank = 0;
    Extents() = default;
    Extents(const Shape& shape) : rank(shape.rank()) {
        for (int a = 0; a < rank; ++a) extents[static_cast<std::size_t>(a)] = static_cast<int>(shape[a]);
    }
    operator Shape() const { return Shape::stated(rank, extents); }
    bool operator==(const Extents&) const = default;
};
inline std::string to_text(const Extents& shape) { return to_text(Shape(shape)); }

template <class Op>
Op attributes_as(const Attributes& attributes) {
    static_assert(std::is_trivially_copyable_v<Op> && sizeof(Op) <= sizeof(Attributes), "attributes are plain bytes");
    if constexpr (std::is_empty_v<Op>) {
        return Op{};
    } else {
        Op op{};
        std::memcpy(&op, attributes.bytes.data(), sizeof op);
        return op;
    }
}

template <class Op>
Attributes attributes_of(const Op& op) {
    Attributes attributes;
    if constexpr (!std::is_empty_v<Op>) std::memcpy(attributes.bytes.data(), &op, sizeof op);
    return attributes;
}

struct Evaluator {
    void (*eval)(const Attributes&, std::span<const View>, std::span<const MutableView>, const Evaluation&);
    // or null: added into the result
    void (*eval_sum)(const Attributes&, std::span<const View>, const MutableView&, Into, const Real* weights);
};

template <class Op>
concept GeneralOperator = requires {
    Op::general;
};

namespace detail {

template <class Op>
struct Arity;  // the number of inputs, read from the signature of shape(...)
template <class Op, class... S>
struct Arity<Shape (Op::*)(S...) const> {
    static constexpr std::size_t value = sizeof...(S) - 1;  // the last one is Where
};
template <class Op>
inline constexpr std::size_t arity = Arity<decltype(&Op::shape)>::value;

template <class Op, std::size_t... I>
constexpr Evaluator evaluator_of_fixed(std::index_sequence<I...>) {
    Evaluator row{};
    row.eval = [](const Attributes& a, std::span<const View> in, std::span<const MutableView> out, const Evaluation&) {
        attributes_as<Op>(a).eval(in[I]..., out[0]);
    };
    if constexpr (requires { &Op::eval_sum; })
        row.eval_sum = [](const Attributes& a, std::span<const View> in, const MutableView& out, Into into,
                          const Real* weights) { attributes_as<Op>(a).eval_sum(in[I]..., out, into, weights); };
    return row;
}

template <class Op>
constexpr Evaluator make_evaluator() {
    if constexpr (GeneralOperator<Op>)
        return {.eval = [](const Attributes& a, std::span<const View> in, std::span<const MutableView> out,
                           const Evaluation& e) { attributes_as<Op>(a).eval(in, out, e); },
                .eval_sum = nullptr};
    else
        return evaluator_of_fixed<Op>(std::make_index_sequence<arity<Op>>());
}

}  // namespace detail

template <std::uint32_t number>
struct EvaluatorOf {
    static const Evaluator row;
};
// In the operator's file, where nothing surrounds it but the library's namespace.
#define COSTATE_EVALUATOR(...) \
    template <>                \
    constinit const Evaluator EvaluatorOf<__VA_ARGS__::number>::row = detail::make_evaluator<__VA_ARGS__>();

}  // namespace costate
