// autodiff/operators/matmul.hpp — the matrix product
//   C = A B            A: [m,k]   B: [k,n]   C: [m,n]
//   jvp   Ċ = Ȧ B + A Ḃ                                                                                  autodiff (5)
//   vjp   Ā = C̄ Bᵀ     B̄ = Aᵀ C̄                     Giles 2008, "Collected matrix derivative results", §2.2
// A transpose is a flag of the product, not a copy: with op(X) = X or Xᵀ, C = op(A) op(B).
// With more axes than two, A [..,m,k] and B [..,k,n] must have equal leading axes: one product for each.
#pragma once
#include "autodiff/tape/tape.hpp"  // brings: Tape, Var, record

namespace costate::inline COSTATE_PRECISION {

struct MatMul {
    bool transpose_a = false, transpose_b = false;
    bool packed_b = false;  // B is a result of PackOnce (autodiff/operators/compiled.hpp)

    static constexpr const char* name = "matmul";
    static constexpr std::uint32_t number = number_of("matmul");
    bool operator==(const MatMul&) const = default;

    Shape shape(const Shape& A, const Shape& B, Where at) const;
    void eval(const View& A, const View& B, const MutableView& C) const;
    bool bind(const View& A, const View& B, const MutableView& C, Kernel& kernel) const;
    void eval_sum(const View& A, const View& B, const MutableView& C, Into into, const Real* weights) const;
    Var jvp(Var A, Var B, Var C, Var dA, Var dB) const;
    std::array<Var, 2> vjp(Var A, Var B, Var C, Var gC, Needs wanted) const;
    Rows rows(std::span<RowOperand> in, const Shape& C) const;
    void print(CCode& c) const;
    Number flops(std::span<const View> in, const Shape& C) const;
};

Var matmul(const Operand& A, const Operand& B, bool transpose_a = false, bool transpose_b = false);

}  // namespace costate
