// core/kernels/chosen.cpp — which width of vectors runs: asked of the processor once, looked up at every call
// Only in a portable build (core/width.hpp). A kernel that is compiled for several widths has a row here: what it returns, its
// name, its parameters, and what is handed on. A row that is forgotten, or has other parameters, is an error of the linker.
#include "core/width.hpp"
#if defined(COSTATE_PORTABLE)
#include <atomic>

#include "core/kernels/combine.hpp"
#include "core/kernels/conv.hpp"
#include "core/kernels/gemm.hpp"
#include "core/kernels/reduce.hpp"
#include "core/kernels/spans.hpp"
#include "core/kernels/sum_rows.hpp"
#include "core/kernels/transpose.hpp"

namespace costate {

namespace {

// What the kernels of a width were compiled for: the same flags as in the Makefile.
bool has_width(int bits) {
    __builtin_cpu_init();
    const bool has_256 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    if (bits == 256) return has_256;
    if (bits != 512) return bits == 128;
    return has_256 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
}

std::atomic<int> bits_in_use = 0;  // 0: nobody has asked yet. Two threads that ask at once find the same.

}  // namespace

int vector_bits() {
    const int bits = bits_in_use.load(std::memory_order_relaxed);
    if (bits != 0) return bits;
    set_vector_bits(has_width(512) ? 512 : has_width(256) ? 256 : 128);
    return vector_bits();
}

bool set_vector_bits(int bits) {
    int present = 0;
    return has_width(bits) && (bits_in_use.compare_exchange_strong(present, bits) || present == bits);
}

#define COSTATE_KERNEL(Result, name, parameters, arguments) \
    namespace width_128 {                                   \
    Result name parameters;                                 \
    }                                                       \
    namespace width_256 {                                   \
    Result name parameters;                                 \
    }                                                       \
    namespace width_512 {                                   \
    Result name parameters;                                 \
    }                                                       \
    inline namespace chosen {                               \
    Result name parameters {                                \
        const int bits = vector_bits();                     \
        if (bits == 512) return width_512::name arguments;  \
        if (bits == 256) return width_256::name arguments;  \
        return width_128::name arguments;                   \
    }                                                       \
    }

// clang-format off
COSTATE_KERNEL(void, gemm, (const GemmShape& s, const Real* A, const Real* B, Real* C, Into into, const Real* weights,
                            const Real* row),
               (s, A, B, C, into, weights, row))
COSTATE_KERNEL(Gemm, gemm_for, (const GemmShape& s, bool weighted), (s, weighted))
COSTATE_KERNEL(bool, suits_packing, (Index K, Index N), (K, N))
COSTATE_KERNEL(Index, packed_size, (Index K, Index N), (K, N))
COSTATE_KERNEL(void, pack_b, (const GemmShape& s, const Real* B, Real* packed), (s, B, packed))
COSTATE_KERNEL(void, transpose, (const Real* A, Real* At, Index rows, Index columns), (A, At, rows, columns))
COSTATE_KERNEL(void, transpose, (const Real* A, Index a_stride, Real* At, Index at_stride, Index rows, Index columns),
               (A, a_stride, At, at_stride, rows, columns))
COSTATE_KERNEL(void, conv, (const ConvShape& s, Index images, const Real* x, const Real* w, Real* y), (s, images, x, w, y))
COSTATE_KERNEL(void, conv_back_x, (const ConvShape& s, Index images, const Real* g, const Real* w, Real* x),
               (s, images, g, w, x))
COSTATE_KERNEL(void, conv_back_w, (const ConvShape& s, Index images, const Real* x, const Real* g, Real* w, Into into,
                                   const Real* by),
               (s, images, x, g, w, into, by))
COSTATE_KERNEL(void, sum, (const View& x, unsigned axes, const MutableView& y, Into into, const Real* weights),
               (x, axes, y, into, weights))
COSTATE_KERNEL(void, sum_ranged, (const View& x, unsigned axes, const MutableView& y), (x, axes, y))
COSTATE_KERNEL(void, max_over, (const View& x, unsigned axes, const MutableView& y), (x, axes, y))
COSTATE_KERNEL(void, logsumexp, (const View& x, unsigned axes, const MutableView& y), (x, axes, y))
COSTATE_KERNEL(void, sum_rows, (const View& x, Real* y, Into into, const Real* weights), (x, y, into, weights))
COSTATE_KERNEL(void, extend_column_sums, (const Real* x, Index rows, Index length, const Real* weights, Real* y, Index apart),
               (x, rows, length, weights, y, apart))
COSTATE_KERNEL(void, combine, (Real* out, const Real* y, const Real* const* k, const Number* a, Number h, int terms, Index n),
               (out, y, k, a, h, terms, n))
COSTATE_KERNEL(void, combine_rows, (Real* out, const Real* y, const Real* const* k, const Number* a, const Number* h, int terms,
                                    Index rows, Index width),
               (out, y, k, a, h, terms, rows, width))
COSTATE_KERNEL(void, scale_add, (Real* y, Real s, const Real* x, Index n), (y, s, x, n))
COSTATE_KERNEL(Number, scaled_square_sum, (const Real* e, const Real* y0, const Real* y1, Number rtol, Number atol, Index n),
               (e, y0, y1, rtol, atol, n))
COSTATE_KERNEL(bool, scale_floor_acts, (const Real* y0, const Real* y1, Number rtol, Number atol, Index n),
               (y0, y1, rtol, atol, n))
COSTATE_KERNEL(bool, all_finite, (const Real* x, Index n), (x, n))

namespace spans {
#define COSTATE_SPAN(name) COSTATE_KERNEL(void, name, (const Real* x, Real* y, Index n), (x, y, n))
COSTATE_SPAN(exp)
COSTATE_SPAN(expm1)
COSTATE_SPAN(log)
COSTATE_SPAN(log1p)
COSTATE_SPAN(tanh)
COSTATE_SPAN(sigmoid)
COSTATE_SPAN(softplus)
COSTATE_SPAN(sin)
COSTATE_SPAN(cos)
COSTATE_SPAN(tan)
COSTATE_SPAN(atan)
COSTATE_SPAN(erf)
COSTATE_SPAN(normal_share)
#undef COSTATE_SPAN
}  // namespace spans
// clang-format on

#undef COSTATE_KERNEL

}  // namespace costate
#endif
