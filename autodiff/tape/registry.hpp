// autodiff/tape/registry.hpp — the one registry of operators: a number for each, a row of functions for each number
// A row is made of an operator's struct: what it says itself (autodiff/tape/operator.hpp), and else what holds for most.
// Every operator that the program's code mentions is registered before main, whether it is used or not, so that threads
// only ever read the registry. (A static object that records earlier registers its operators itself.) A small machine has one
// thread, and registers what it uses.
#pragma once
#include <array>
#include <utility>

#include "autodiff/tape/operator.hpp"  // brings: Operator, Call, attributes_as

namespace costate::inline COSTATE_PRECISION {

std::uint32_t register_operator(const Operator& op);                        // which stays where it is,
std::uint32_t register_operator(const Operator&& row) = delete;             // so: static constexpr Operator row = ...
std::uint32_t register_operator(const Operator& op, std::uint32_t number);  // one of the library's, whose number it has
const Operator& operator_of(std::uint32_t number);
bool is_registered(std::uint32_t number);  // one that nobody mentions is not
std::uint32_t registered_operators();      // numbers are below this: the library's and those of others

namespace detail {

template <class Op, std::size_t... I>
constexpr void add_rules(Operator& row, std::index_sequence<I...>) {
    row.jvp = [](const Call& c) {
        c.d_out[0] = attributes_as<Op>(c.attributes).jvp(c.in[I]..., c.out[0], c.d_in[I]...);
    };
    row.vjp = [](const Call& c) {
        const auto g = attributes_as<Op>(c.attributes).vjp(c.in[I]..., c.out[0], c.d_out[0], c.wanted);
        if constexpr (sizeof...(I) == 1)
            c.d_in[0] = g;
        else
            ((c.d_in[I] = g[I]), ...);
    };
}

template <class Op, std::size_t... I>
constexpr Operator make_fixed(std::index_sequence<I...>) {
    Operator row{};
    row.shape = [](const Attributes& a, std::span<const Shape* const> in, Where at) {
        return attributes_as<Op>(a).shape(*in[I]..., at);
    };
    if constexpr (requires { &Op::eval_ranges; })
        row.eval_ranges = [](const Attributes& a, std::span<const View> in, const MutableView& out,
                             const Ranges& ranges, const Real* weights) {
            return attributes_as<Op>(a).eval_ranges(in[I]..., out, ranges, weights);
        };
    if constexpr (requires { &Op::bind; })
        row.bind = [](const Attributes& a, std::span<const View> in, std::span<const MutableView> out, Kernel& kernel) {
            kernel = {.attributes = &a};
            return attributes_as<Op>(a).bind(in[I]..., out[0], kernel);
        };
    if constexpr (!requires { Op::compiled; }) add_rules<Op>(row, std::index_sequence<I...>());
    return row;
}

template <class Op>
constexpr Operator make_general() {
    Operator row{};
    if constexpr (requires { &Op::bind; })
        row.bind = [](const Attributes& a, std::span<const View> in, std::span<const MutableView> out, Kernel& kernel) {
            if (in.size() > std::tuple_size_v<decltype(Places::x)>) return false;
            kernel = {.attributes = &a};
            return attributes_as<Op>(a).bind(in, out[0], kernel);
        };
    row.jvp = [](const Call& c) { attributes_as<Op>(c.attributes).jvp(c.in, c.out, c.d_in, c.d_out); };
    row.vjp = [](const Call& c) { attributes_as<Op>(c.attributes).vjp(c.in, c.out, c.d_out, c.wanted, c.d_in); };
    return row;
}

// What holds for most: one function for all of them.
inline Rows rows_are_coupled(const Attributes&, std::span<RowOperand>, const Shape&) { return Rows::coupled; }
inline Rows rows_are_elementwise(const Attributes&, std::span<RowOperand> in, const Shape& out) {
    return elementwise_rows(in, out);
}
inline bool nothing_differs(const Attributes&, const Attributes&) { return true; }
inline Number one_for_each_entry(const Attributes&, std::span<const View>, const Shape& out) {
    return static_cast<Number>(out.size());
}

template <auto rule>
struct RowRule {};  // two are one type if their rules are one function: g++ 11 compares no addresses while compiling

template <class Op>
constexpr auto rows_of() {
    if constexpr (!requires { &Op::rows; })
        return &rows_are_coupled;
    else if constexpr (requires { requires std::is_same_v<RowRule<Op::rows>, RowRule<&elementwise_rows>>; })
        return &rows_are_elementwise;
    else
        return [](const Attributes& a, std::span<RowOperand> in, const Shape& out) {
            return attributes_as<Op>(a).rows(in, out);
        };
}

template <class Op>
concept ComparesPlans = requires {
    requires std::is_member_function_pointer_v<decltype(&Op::same)>;
};
template <class Op>
concept MovesPlans = requires {
    requires std::is_member_function_pointer_v<decltype(&Op::moved)>;
};

template <class Op>
constexpr Operator make_operator() {
    Operator row{};
    if constexpr (GeneralOperator<Op>)
        row = make_general<Op>();
    else
        row = make_fixed<Op>(std::make_index_sequence<arity<Op>>());
    static_cast<Evaluator&>(row) = make_evaluator<Op>();
    row.name = Op::name;
    row.shape_only = requires { Op::shape_only; };
    row.passive = requires { Op::passive; };
    row.keeps_object = requires { Op::keeps_object; };
    row.rows = rows_of<Op>();
    if constexpr (requires { row.sum = Op::sum; }) row.sum = Op::sum;
    if constexpr (requires { row.times = Op::times; }) row.times = Op::times;
    if constexpr (!std::is_empty_v<Op> && std::has_unique_object_representations_v<Op> && !requires { &Op::where; })
        row.distinct = sizeof(Op);
    if constexpr (std::is_empty_v<Op>)
        row.equal = nothing_differs;
    else
        row.equal = [](const Attributes& a, const Attributes& b) {
            return attributes_as<Op>(a) == attributes_as<Op>(b);
        };
    if constexpr (ComparesPlans<Op> && MovesPlans<Op>) {
        row.same = [](const Attributes& a, const Plans& of_a, const Attributes& b, const Plans& of_b) {
            return attributes_as<Op>(a).same(of_a, attributes_as<Op>(b), of_b);
        };
        row.moved = [](const Attributes& a, const Plans& from, Tape& onto) {
            return attributes_of(attributes_as<Op>(a).moved(from, onto));
        };
    }
    if constexpr (small_machine)
        row.flops = nullptr;
    else if constexpr (requires { &Op::flops; })
        row.flops = [](const Attributes& a, std::span<const View> in, const Shape& out) {
            return attributes_as<Op>(a).flops(in, out);
        };
    else
        row.flops = one_for_each_entry;
    if constexpr (!small_machine && requires(CCode & c) { attributes_as<Op>(Attributes()).print(c); })
        row.print = [](const Attributes& a, CCode& c) { attributes_as<Op>(a).print(c); };
    if constexpr (!small_machine && requires { row.reads_in_c = Op::reads_in_c; }) row.reads_in_c = Op::reads_in_c;
    return row;
}

template <class Op>
struct Registered {
    static_assert(MovesPlans<Op> || !ComparesPlans<Op>, "an operator with `same`, for its plan, has `moved`, too");
    static_assert(ComparesPlans<Op> || !MovesPlans<Op>, "an operator with `moved`, for its plan, has `same`, too");
    static constexpr Operator row = make_operator<Op>();
    static std::uint32_t place;  // the number + 1, or 0: not yet registered
    static std::uint32_t number() {
        if constexpr (requires { Op::number; }) {
            if (place == 0) place = register_operator(row, Op::number) + 1;
            return Op::number;
        } else {
            if (place == 0) place = register_operator(row) + 1;
            return place - 1;
        }
    }
};
template <class Op>
std::uint32_t Registered<Op>::place = small_machine ? 0 : Registered<Op>::number() + 1;

}  // namespace detail

template <class Op>
std::uint32_t operator_number() {
    return detail::Registered<Op>::number();
}

}  // namespace costate
