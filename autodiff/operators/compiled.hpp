// autodiff/operators/compiled.hpp — what compiling a program makes of its operations (internal to autodiff/)
// Derivatives have been taken by then, so these have no rules.
// see      autodiff/program/lower.cpp · autodiff/program/fuse.cpp
#pragma once
#include <algorithm>

#include "autodiff/operators/matmul.hpp"   // brings: MatMul, Rows
#include "autodiff/operators/printed.hpp"  // brings: print_blocks, print_transposed
#include "core/kernels/gemm.hpp"           // brings: pack_b, packed_size
#include "core/kernels/transpose.hpp"      // brings: transpose

namespace costate::inline COSTATE_PRECISION {

// y = x: gives a result memory of its own when it is an input, a constant, or wanted twice.
struct Copy {
    static constexpr const char* name = "copy";
    static constexpr std::uint32_t number = number_of("copy");
    static constexpr bool compiled = true;
    static constexpr auto rows = elementwise_rows;
    bool operator==(const Copy&) const = default;
    Shape shape(const Shape& x, Where) const { return x; }
    void eval(const View& x, const MutableView& y) const { std::copy_n(x.data, x.size(), y.data); }
    void print(CCode& c) const { c.map("x"); }
};

// A matrix that is fixed during a run, turned once for all products with it.
struct TransposeOnce {
    static constexpr const char* name = "transpose";
    static constexpr std::uint32_t number = number_of("transpose");
    static constexpr bool compiled = true;
    bool operator==(const TransposeOnce&) const = default;
    Shape shape(const Shape& x, Where) const { return {x[1], x[0]}; }
    void eval(const View& x, const MutableView& y) const { costate::transpose(x.data, y.data, x.shape[0], x.shape[1]); }
    Rows rows(std::span<RowOperand> in, const Shape&) const {
        return in[0].rows == Rows::row ? Rows::coupled : Rows::shared;
    }
    void print(CCode& c) const { print_transposed(c, c.in[0][0], c.in[0][1]); }
};

// The same, laid out panel by panel as the product reads it.
struct PackOnce {
    bool transpose_b;
    static constexpr const char* name = "pack";
    static constexpr std::uint32_t number = number_of("pack");
    static constexpr bool compiled = true;
    bool operator==(const PackOnce&) const = default;
    GemmShape product(const Shape& B) const {
        return {.M = 1, .K = B[transpose_b ? 1 : 0], .N = B[transpose_b ? 0 : 1], .transpose_b = transpose_b};
    }
    Shape shape(const Shape& B, Where) const { return {packed_size(product(B).K, product(B).N)}; }
    void eval(const View& B, const MutableView& packed) const { pack_b(product(B.shape), B.data, packed.data); }
    void print(CCode& c) const {  // in C it is [K,N]
        if (transpose_b) return print_transposed(c, c.in[0][0], c.in[0][1]);
        print_blocks(c, {1, c.in[0].size(), 0, 0, 0, 0});
    }
};

// C = A op(B) + row, with one rounding for the sum and one for what is added: the bits of matmul and add. A layer.
struct MatMulAdd {
    MatMul product;
    static constexpr const char* name = "matmul_add";
    static constexpr std::uint32_t number = number_of("matmul_add");
    static constexpr bool compiled = true;
    bool operator==(const MatMulAdd&) const = default;
    Shape shape(const Shape& A, const Shape& B, const Shape&, Where at) const { return product.shape(A, B, at); }
    void eval(const View& A, const View& B, const View& row, const MutableView& C) const;
    bool bind(const View& A, const View& B, const View& row, const MutableView& C, Kernel& kernel) const;
    void print(CCode& c) const;
    Number flops(std::span<const View> in, const Shape& C) const;
};

}  // namespace costate
