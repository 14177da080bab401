// autodiff/tape/operator.hpp — what an operator is: one struct, of which a row of the registry is made
//
//   struct Scale {                                            // y = s x
//       ExactNumber s;                                             // data members are the attributes: plain bytes, comparable
//       static constexpr const char* name = "scale";
//       bool operator==(const Scale&) const = default;
//       Shape shape(const Shape& x, Where) const { return x; }  // checks the operands; errors name the caller's line
//       void eval(const View& x, const MutableView& y) const; // the forward kernel
//       Var  jvp(Var x, Var y, Var dx) const;                 // ẏ   : inputs, output, tangents of the inputs
//       Var  vjp(Var x, Var y, Var gy, Needs) const;          // x̄   : inputs, output, cotangent; one Var for each input
//       static constexpr auto rows = elementwise_rows;        // optional: row_rules.hpp; without it: coupled
//   };                                                        // with two inputs vjp returns std::array<Var, 2>, and so on
//   Var y = record(Scale{3.0}, x);
//
// The two rules are each other's transpose, ⟨ȳ, jvp⟩ = ⟨vjp, ẋ⟩                                      operators (1)
// They are written in Vars, so applying one records new operations: that is all there is to derivatives of
// derivatives. A rule that is missing does not compile; only what programs are compiled to has none (`compiled`).
// Tangents may be zero Vars (a rule is asked when at least one is not); a rule gives an input's cotangent only where
// needs(wanted, i), and may return zero Vars.
// `rows` may be a function of the attributes, too: Rows rows(std::span<RowOperand>, const Shape& y) const.
// `name` is constexpr, for a row is made while compiling. The library's own have a `number`, too (autodiff/tape/numbers.hpp).
// An operator with any number of inputs or outputs, or one that keeps state (a solve), is `general`: the same functions
// over spans. One with a plan has `same` and `moved`, both: two recordings' plans compared, and taken along to another tape.
// `static Var sum(std::span<const Var> terms, Where)` is a sum of its results as one operation, where there is a shorter one;
// `static std::uint32_t times()`, of y = s(x), the number of the operator s(x) g, which programs make of both.
// eval may also accumulate: `eval_sum(inputs..., output, Into, weights)`, for sums over rows, and
// `eval_ranges(inputs..., output, Ranges, weights)`, for several ranges at once. What is short enough for looking at shapes to
// take longer has a kernel for given places, too: `bind(inputs..., output, Kernel&)`. All give the bits of eval.
// An operator with `print(CCode&)` can be part of a Program that is printed as C (autodiff/program/to_c.hpp).
// see      autodiff/tape/registry.hpp (how the row is made)
#pragma once
#include <array>
#include <bit>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <type_traits>
#include <vector>

#include "autodiff/tape/c_code.hpp"      // brings: CCode
#include "autodiff/tape/evaluation.hpp"  // brings: Evaluation, Plans
#include "autodiff/tape/evaluator.hpp"   // brings: Evaluator, Attributes, number_of
#include "autodiff/tape/row_rules.hpp"   // brings: Rows, RowOperand
#include "autodiff/tape/var.hpp"         // brings: Var
#include "core/kernels/into.hpp"         // brings: Into
#include "core/tensor.hpp"               // brings: View, MutableView

namespace costate::inline COSTATE_PRECISION {

// Which inputs' cotangents are wanted: a flag for each, as many as the operator has.
class Needs {
public:
    explicit Needs(std::span<const std::uint8_t> wanted) : wanted_(wanted) {}
    bool operator[](std::size_t input) const { return wanted_[input] != 0; }

private:
    std::span<const std::uint8_t> wanted_;
};
inline bool needs(Needs wanted, std::size_t input) { return wanted[input]; }

// A number among the attributes, compared by its bits: −0 is another number than 0, and a NaN is itself. (Two recordings
// are equal, and two operations the same, only if they would give the same bits.)
struct ExactNumber {
    std::array<std::byte, sizeof(Number)> bits{};
    ExactNumber() = default;
    ExactNumber(Number number) : bits(std::bit_cast<decltype(bits)>(number)) {}
    operator Number() const { return std::bit_cast<Number>(bits); }
    bool operator==(const ExactNumber&) const = default;
};

// Where an operation's result and its operands lie, as many of these as it has.
struct Places {
    Real* y;
    std::array<const Real*, 4> x;
};

// An operation whose operands' shapes are known for good: what is left to do, without a look at them. Programs run their
// operations so (autodiff/program/workspace.hpp): on states of two numbers, looking takes longer than doing. It may be done in
// pieces, rows `first` to first + count of the result at a time.
struct Kernel {
    // null: there is none, eval does it
    void (*run)(const Kernel&, const Places&, Index first, Index count) = nullptr;
    const Attributes* attributes = nullptr;
    Index rows = 1, width = 0;     // of the result: pieces, and the entries of one. One row: it is done as a whole.
    std::array<Index, 9> sizes{};  // whatever else `run` must know of the shapes

    void set_rows(const Shape& y_shape) {
        rows = y_shape.rows();
        width = y_shape.row_size();
    }
    template <class Sizes>
    void set_sizes(const Sizes& of) {
        static_assert(std::is_trivially_copyable_v<Sizes> && sizeof(Sizes) <= sizeof(sizes));
        std::memcpy(sizes.data(), &of, sizeof of);
    }
    template <class Sizes>
    Sizes sizes_as() const {
        Sizes of;
        std::memcpy(static_cast<void*>(&of), sizes.data(), sizeof of);
        return of;
    }
};

// Ranges of `length` rows, the last one perhaps shorter, and how far their results lie apart.
struct Ranges {
    Index length, apart;
};

// One operation, as its rules see it: operands and results, and the tangents or cotangents that belong to them.
struct Call {
    const Attributes& attributes;
    std::span<const Var> in, out;
    std::span<Var> d_in, d_out;
    Needs wanted;  // which of d_in, where a rule gives them
};

// One row of the registry. Everything that a tape or a program does with an operation goes through its number.
struct Operator : Evaluator {
    const char* name;
    bool shape_only;    // reads its inputs' shapes, never their entries
    bool passive;       // derivatives end here: its results count as constants
    bool keeps_object;  // its evaluation leaves an object behind (autodiff/tape/evaluation.hpp)
    // An equal operation is looked for by so many bytes of the attributes. 0: they have gaps or floating-point numbers, or say
    // where; then all of the operator's operations on the same operands are compared. (Of an operator whose == leaves out
    // what its bytes say, fewer equal ones are found.)
    std::uint8_t distinct;
    // of the result; or null, of a general operator
    Shape (*shape)(const Attributes&, std::span<const Shape* const>, Where);
    // or null: which kernel does the same; false: none for these shapes
    bool (*bind)(const Attributes&, std::span<const View>, std::span<const MutableView>, Kernel&);
    // or null: eval_sum for several ranges of rows at once, each into a result of its own
    bool (*eval_ranges)(const Attributes&, std::span<const View>, const MutableView&, const Ranges&,
                        const Real* weights);
    Var (*sum)(std::span<const Var> terms, Where);  // or null: a sum of its results, or a zero Var: terms are added
    std::uint32_t (*times)();  // or null, of y = s(x): the number of the operator s(x) g, which programs make of both
    void (*jvp)(const Call&);  // d_out from d_in
    void (*vjp)(const Call&);  // d_in from d_out
    Rows (*rows)(const Attributes&, std::span<RowOperand>, const Shape& out);
    bool (*equal)(const Attributes&, const Attributes&);  // within one list of plans
    // or null, of one without a plan: in two, as in one; and with the plans taken along
    bool (*same)(const Attributes&, const Plans&, const Attributes&, const Plans&);
    Attributes (*moved)(const Attributes&, const Plans& from, Tape& onto);
    Number (*flops)(const Attributes&, std::span<const View>, const Shape& out);
    void (*print)(const Attributes&, CCode&);  // or null: as C99 (autodiff/tape/c_code.hpp)
    // or null, of one whose C reads all its operands' numbers: does it read that one's, of so many?
    bool (*reads_in_c)(std::size_t operand, std::size_t operands);
};

// An error on behalf of the operation recorded at `where`, if its operands are finite and its results are not.
void require_finite(const Operator& op, std::span<const View> in, std::span<const MutableView> out, Where where);

}  // namespace costate
