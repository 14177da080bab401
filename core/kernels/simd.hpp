// core/kernels/simd.hpp — how does one write for every vector unit at once?
//   Vector   as many Real as one register holds: lanes of them, 64 bytes (AVX-512), 32 (AVX) or 16 (SSE, NEON, wasm,
//            and plain scalar machines, where the compiler takes the vector apart). + and * work lane by lane, and
//            Real * Vector repeats the number in every lane. A product that feeds a sum is a multiply_add.
//   load, store   at any address: only the alignment of a Real is asked for.
//   BITS=same, that is -DCOSTATE_SAME_BITS, makes a trained model the same to the last bit on every processor, by every
//            compiler: a multiply_add rounds twice everywhere, and no sum's order asks how wide a register is.
//   A transpose is log2(lanes) rounds of one exchange; at distance s the pair (x_i, x_{i+s}) swaps half its blocks:
//            x_i      a0 a1 a2 a3                       a0 a1 b0 b1   even_blocks<2>
//            x_{i+2}  b0 b1 b2 b3    -- distance 2 -->  a2 a3 b2 b3   odd_blocks<2>
// why      GCC's vector extensions are read by g++ and clang alike and need no intrinsic of one machine. A vector wider
//          than the machine's registers is lowered badly, hence the width by macro.
// see      core/kernels/transpose.cpp · core/kernels/gemm.cpp
#pragma once
#include <type_traits>  // brings: std::conditional_t
#include <utility>      // brings: std::index_sequence, make_index_sequence

#include "core/real.hpp"   // brings: Real, Index
#include "core/width.hpp"  // brings: COSTATE_WIDTH

namespace costate::simd::inline COSTATE_WIDTH {

#if defined(COSTATE_SMALL)
inline constexpr int vector_bytes = sizeof(Real);  // taken apart, a vector is as many times the code
#elif defined(__AVX512F__)
inline constexpr int vector_bytes = 64;
#elif defined(__AVX__)
inline constexpr int vector_bytes = 32;
#else
inline constexpr int vector_bytes = 16;
#endif
inline constexpr int lanes = vector_bytes / sizeof(Real);

using LaneIndex = std::conditional_t<sizeof(Real) == 8, long long, int>;
typedef Real Vector __attribute__((vector_size(vector_bytes)));
typedef Vector UnalignedVector __attribute__((aligned(alignof(Real)), may_alias));
typedef LaneIndex Mask __attribute__((vector_size(vector_bytes)));  // per lane: -1 for yes, 0 for no

inline Vector load(const Real* from) { return *reinterpret_cast<const UnalignedVector*>(from); }
inline void store(Real* to, Vector x) { *reinterpret_cast<UnalignedVector*>(to) = x; }

// a b + c with one rounding, wherever the machine has such an instruction; with two elsewhere. In so many words, not
// left to -ffp-contract=fast: that fuses only what the optimiser leaves side by side, and the bits would follow suit.
inline Real multiply_add(Real a, Real b, Real c) {
#if defined(COSTATE_SAME_BITS)
    return a * b + c;
#elif defined(__clang__)
#pragma clang fp contract(on)
    return a * b + c;
#elif defined(__FP_FAST_FMA) && defined(__FP_FAST_FMAF)
    if constexpr (sizeof(Real) == 4) return __builtin_fmaf(a, b, c);
    return static_cast<Real>(__builtin_fma(a, b, c));
#else
    return a * b + c;
#endif
}
inline Vector multiply_add(Vector a, Vector b, Vector c) {
#if defined(COSTATE_SAME_BITS)
    return a * b + c;
#elif defined(__clang__)
#pragma clang fp contract(on)
    return a * b + c;
#else
#pragma GCC unroll 16
    for (int l = 0; l < lanes; ++l) c[l] = multiply_add(a[l], b[l], c[l]);  // g++ makes one instruction of it
    return c;
#endif
}
inline Vector broadcast(Real x) { return x - Vector{}; }  // x - 0 is x and costs nothing; 0 + x would turn -0 into 0
// One of several neighbours, each of which is read by itself: g++ would load them all as one vector, and have a shuffle for
// each, which takes its turn at the multipliers' ports (8 shuffles among 24 multiply-adds: two thirds of their speed).
inline Real alone(const Real* from) {
#if !defined(__clang__)
    asm("" : "+r"(from));  // wherever that may be
#endif
    return *from;
}
// What several products read is read from memory once. g++ and clang would let each of them read it by itself: 4 rows of 3
// vectors then wait for 16 readings a column, two a cycle, where their multiply-adds take 6 cycles.
inline Vector once(Vector x) {
#if defined(__x86_64__)
    if constexpr (vector_bytes == 32) asm("" : "+x"(x));  // is in a register from here on
#endif
    return x;
}
inline Vector repeat(const Real* from) { return broadcast(alone(from)); }

template <std::size_t... l>
constexpr Mask count_lanes(std::index_sequence<l...>) {
    return Mask{static_cast<LaneIndex>(l)...};
}
inline constexpr Mask lane_numbers = count_lanes(std::make_index_sequence<lanes>{});  // 0, 1, 2, ...
inline Vector keep(Mask where, Vector x) { return where ? x : Vector{}; }             // x or 0, lane by lane

// Lane l of the result is lane first(l) of a, or, beyond the lanes of a, of b.
template <class First, std::size_t... l>
inline Vector shuffle(Vector a, Vector b, First, std::index_sequence<l...>) {
#if defined(__clang__)
    return __builtin_shufflevector(a, b, First{}(static_cast<int>(l))...);
#else
    return __builtin_shuffle(a, b, Mask{First{}(static_cast<int>(l))...});
#endif
}

template <int s>
inline Vector even_blocks(Vector a, Vector b) {
    constexpr auto first = [](int l) { return l & s ? lanes + l - s : l; };
    return shuffle(a, b, first, std::make_index_sequence<lanes>{});
}

template <int s>
inline Vector odd_blocks(Vector a, Vector b) {
    constexpr auto first = [](int l) { return l & s ? lanes + l : l + s; };
    return shuffle(a, b, first, std::make_index_sequence<lanes>{});
}

// x[i] lane j <-> x[j] lane i
template <int s = lanes / 2>
inline void transpose_lanes(Vector* x) {
#pragma GCC unroll 16
    for (int i = 0; i < lanes; ++i) {
        if (i & s) continue;
        const Vector a = x[i], b = x[i + s];
        x[i] = even_blocks<s>(a, b);
        x[i + s] = odd_blocks<s>(a, b);
    }
    if constexpr (s > 1) transpose_lanes<s / 2>(x);
}

// Lane i of the result is the sum over the lanes of x[i], added as a tree: l with l + lanes/2, then + lanes/4, ...
template <int s = lanes / 2>
inline Vector lane_sums(Vector* x) {
#pragma GCC unroll 16
    for (int i = 0; i < s; ++i) x[i] = even_blocks<s>(x[i], x[i + s]) + odd_blocks<s>(x[i], x[i + s]);
    if constexpr (s > 1) return lane_sums<s / 2>(x);
    return x[0];
}

}  // namespace costate::simd::inline COSTATE_WIDTH
