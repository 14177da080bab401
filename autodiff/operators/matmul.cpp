#include "autodiff/operators/matmul.hpp"

#include <algorithm>

#include "autodiff/operators/compiled.hpp"
#include "autodiff/operators/elementwise.hpp"
#include "autodiff/operators/folding.hpp"
#include "autodiff/operators/printed.hpp"
#include "autodiff/operators/shaping.hpp"
#include "core/kernels/gemm.hpp"
#include "core/rows.hpp"

namespace costate::inline COSTATE_PRECISION {

namespace {

// Of op(A) with N columns.
inline GemmShape product_of(const MatMul& op, const Shape& A, Index N) {
    const int r = A.rank();
    return {.M = A[op.transpose_a ? r - 1 : r - 2],
            .K = A[op.transpose_a ? r - 2 : r - 1],
            .N = N,
            .transpose_a = op.transpose_a,
            .transpose_b = op.transpose_b,
            .packed_b = op.packed_b};
}

Index products(const Shape& A) {  // in a stack
    Index n = 1;
    for (int axis = 0; axis < A.rank() - 2; ++axis) n *= A[axis];
    return n;
}

}  // namespace

Shape MatMul::shape(const Shape& A, const Shape& B, Where at) const {
    const auto wrong = [&](const char* what, const std::string& expected, const char* fix) {
        fail(at,
             {.what = text("matmul: ", what),
              .got = text("A ", A, transpose_a ? " transposed" : "", " times B ", B, transpose_b ? " transposed" : ""),
              .expected = expected,
              .fix = fix});
    };
    if (A.rank() < 2 || A.rank() != B.rank())
        wrong("the ranks do not fit", "two matrices, or two stacks of matrices of the same rank",
              "reshape(x, {1, n}) makes a row of a vector");
    for (int axis = 0; axis < A.rank() - 2; ++axis)
        if (A[axis] != B[axis]) wrong("the leading axes differ", "equal leading axes: one product for each", "");
    const GemmShape g = product_of(*this, A, B[transpose_b ? B.rank() - 2 : B.rank() - 1]);
    const Index k_of_b = B[transpose_b ? B.rank() - 1 : B.rank() - 2];
    if (g.K != k_of_b)
        wrong("the inner sizes differ", text("A [m,k] times B [k,n]: k is ", g.K, " in A but ", k_of_b, " in B"),
              "matmul(A, transpose(B)) if B is stored row by row");
    return A.with(A.rank() - 2, 1).with(A.rank() - 1, g.N, at).with(A.rank() - 2, g.M, at);
}

void MatMul::eval(const View& A, const View& B, const MutableView& C) const {
    const GemmShape one = product_of(*this, A.shape, C.shape[-1]);
    if (A.shape.rank() > 2) {
        const Index batch = products(A.shape), a = one.M * one.K, b = one.K * one.N, c = one.M * one.N;
        for (Index i = 0; i < batch; ++i) gemm(one, A.data + i * a, B.data + i * b, C.data + i * c);
    } else if (transpose_a && !transpose_b) {      // a sum over the rows of A and B: range by range, so that
        const Index length = range_length(one.K);  // a replay in tiles gives the same bits
        for (Index first = 0; first == 0 || first < one.K; first += length) {
            GemmShape range = one;
            range.K = std::min(length, one.K - first);
            gemm(range, A.data + first * one.M, B.data + first * one.N, C.data, first == 0 ? Into::assign : Into::add);
        }
    } else {
        gemm(one, A.data, B.data, C.data);
    }
}

namespace {

struct ChosenProduct {  // a product of this shape, and how it is done
    GemmShape shape;
    Gemm run;
};
ChosenProduct chosen(const GemmShape& shape) { return {shape, gemm_for(shape, false)}; }

}  // namespace

bool MatMul::bind(const View& A, const View&, const MutableView& C, Kernel& kernel) const {
    if (A.shape.rank() > 2 || (transpose_a && !transpose_b)) return false;
    kernel.set_sizes(chosen(product_of(*this, A.shape, C.shape[-1])));
    kernel.run = [](const Kernel& k, const Places& at, Index, Index) {
        const auto product = k.sizes_as<ChosenProduct>();
        product.run(product.shape, at.x[0], at.x[1], at.y, Into::assign, nullptr, nullptr);
    };
    return true;
}

void MatMul::eval_sum(const View& A, const View& B, const MutableView& C, Into into, const Real* weights) const {
    gemm(product_of(*this, A.shape, C.shape[-1]), A.data, B.data, C.data, into, weights);
}

Var MatMul::jvp(Var A, Var B, Var, Var dA, Var dB) const {
    return matmul(dA, B, transpose_a, transpose_b) + matmul(A, dB, transpose_a, transpose_b);
}

std::array<Var, 2> MatMul::vjp(Var A, Var B, Var, Var gC, Needs wanted) const {
    Var gA, gB;
    if (needs(wanted, 0))  // Ā = C̄ op(B)ᵀ, transposed when A was
        gA = transpose_a ? matmul(B, gC, transpose_b, true) : matmul(gC, B, false, !transpose_b);
    if (needs(wanted, 1))  // B̄ = op(A)ᵀ C̄, transposed when B was
        gB = transpose_b ? matmul(gC, A, true, transpose_a) : matmul(A, gC, !transpose_a, false);
    return {gA, gB};
}

Rows MatMul::rows(std::span<RowOperand> in, const Shape& C) const {
    const bool row_a = in[0].rows == Rows::row, row_b = in[1].rows == Rows::row;
    const bool stacked = C.rank() > 2, sums_rows = transpose_a && !transpose_b && (row_a || row_b);
    if (stacked || sums_rows) {  // each product of a stack is a row;  Σ over rows of aᵀ b
        for (RowOperand& x : in) x.aligned = x.rows == Rows::shared;
        return stacked ? Rows::row : Rows::row_sum;
    }
    if (row_b) return Rows::coupled;
    if (!transpose_a) return within_rows(in, C);
    return row_a ? Rows::coupled : Rows::shared;  // the rows of C are the columns of A
}

namespace {

// A product of numbers that begin elsewhere: the operands are called as they always are.
void print_product_at(CCode& c, const GemmShape& s, std::string_view a, std::string_view b, std::string_view y) {
    c.begin();
    c.line(spelled("const real *a_n = a + ", a, ", *b_n = b + ", b, ";"));
    c.line(spelled("real *y_n = y + ", y, ";"));
    c.begin();
    c.line("const real *a = a_n, *b = b_n;");
    c.line("real *y = y_n;");
    print_product(c, s, false);
    c.end();
    c.end();
}

}  // namespace

void MatMul::print(CCode& c) const {
    const GemmShape one = product_of(*this, c.in[0], c.out[-1]);
    const Index length = range_length(one.K);
    if (c.in[0].rank() > 2) {
        c.each("n", products(c.in[0]), [&] {
            print_product_at(c, one, spelled("n * ", one.M * one.K), spelled("n * ", one.K * one.N),
                             spelled("n * ", one.M * one.N));
        });
    } else if (transpose_a && !transpose_b && c.into == Into::assign && one.K > length) {  // range by range, as eval
        for (Index first = 0; first < one.K; first += length, c.into = Into::add) {
            GemmShape range = one;
            range.K = std::min(length, one.K - first);
            print_product_at(c, range, CCode::number(first * one.M), CCode::number(first * one.N), "0");
        }
    } else {
        print_product(c, one, false);
    }
}

void MatMulAdd::print(CCode& c) const { print_product(c, product_of(product, c.in[0], c.out[-1]), true); }

Number MatMul::flops(std::span<const View> in, const Shape& C) const {
    const GemmShape one = product_of(*this, in[0].shape, C[-1]);
    return 2.0 * static_cast<Number>(products(in[0].shape) * one.M * one.N * one.K);
}

void MatMulAdd::eval(const View& A, const View& B, const View& row, const MutableView& C) const {
    gemm(product_of(product, A.shape, C.shape[-1]), A.data, B.data, C.data, Into::assign, nullptr, row.data);
}

bool MatMulAdd::bind(const View& A, const View&, const View&, const MutableView& C, Kernel& kernel) const {
    kernel.set_sizes(chosen(product_of(product, A.shape, C.shape[-1])));
    kernel.run = [](const Kernel& k, const Places& at, Index, Index) {
        const auto sum = k.sizes_as<ChosenProduct>();
        sum.run(sum.shape, at.x[0], at.x[1], at.y, Into::assign, nullptr, at.x[2]);
    };
    return true;
}

Number MatMulAdd::flops(std::span<const View> in, const Shape& C) const {
    return product.flops(in, C) + static_cast<Number>(C.size());
}

Var matmul(const Operand& A, const Operand& B, bool transpose_a, bool transpose_b) {
    if (A.is_zero() || B.is_zero()) return {};
    const Operand a = folded_transpose(A, transpose_a), b = folded_transpose(B, transpose_b);
    const Var row = transpose_a ? Var{} : repeated_row(a);
    if (row.is_zero()) return record(MatMul{transpose_a, transpose_b}, a, b);
    const Var product = matmul(Operand(row, A.at()), b, false, transpose_b);
    return broadcast_to(Operand(product, A.at()), product.shape().with(0, a.var().shape()[0]));
}

COSTATE_EVALUATOR(MatMul)
COSTATE_EVALUATOR(MatMulAdd)
COSTATE_EVALUATOR(TransposeOnce)
COSTATE_EVALUATOR(PackOnce)
COSTATE_EVALUATOR(Copy)

}  // namespace costate
