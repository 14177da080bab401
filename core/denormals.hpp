// core/denormals.hpp — numbers below the smallest normal one: kept, or flushed to 0
//   FlushDenormals flush;        // on this thread, for as long as it lives
// Between 0 and the smallest normal number, 1e-38 of a float and 2e-308 of a double, lie denormals, at equal distances: so that
// x - y is 0 for x = y alone. Many processors take a hundred cycles or more for an operation that meets one, in place of four.
// A double hardly gets there. A float does: a saturated sigmoid is 1e-40, and so are its slope and a tiny gradient's square.
// cost     Of a training iteration of W3 in float (tests/bench/README.md): 2.5 times as long as with a flush, on a Xeon.
// bits     Others than without it, where there were denormals, among results and among operands: log(1e-40) is -inf. What the
//          threads of a team compute for a thread, they compute in its mode: the same bits for every number of them.
// limits   x86-64 and AArch64; elsewhere, and built with BITS=same, whose bits every machine can give, it does nothing. It is
//          for calls of the library: a compiler may move arithmetic that stands beside it out of the scope. A std::thread that
//          is started within it keeps the mode of its birth.
#pragma once
#include <cstdint>

#include "core/small.hpp"  // brings: COSTATE_SAME_BITS of small machines

#if !defined(COSTATE_SAME_BITS) && (defined(__SSE2__) || defined(__aarch64__))
#define COSTATE_CAN_FLUSH
#endif

namespace costate {

// How this thread's processor rounds, and what it flushes: a register.
#if defined(COSTATE_CAN_FLUSH) && defined(__SSE2__)
inline std::uint64_t float_mode() { return __builtin_ia32_stmxcsr(); }
inline void set_float_mode(std::uint64_t mode) { __builtin_ia32_ldmxcsr(static_cast<unsigned>(mode)); }
inline constexpr std::uint64_t flushing = 0x8040;  // MXCSR: results (FTZ), and operands (DAZ)
#elif defined(COSTATE_CAN_FLUSH)
inline std::uint64_t float_mode() {
    std::uint64_t mode;
    asm volatile("mrs %0, fpcr" : "=r"(mode));
    return mode;
}
inline void set_float_mode(std::uint64_t mode) { asm volatile("msr fpcr, %0" : : "r"(mode)); }
inline constexpr std::uint64_t flushing = std::uint64_t(1) << 24;  // FPCR.FZ
#else
inline std::uint64_t float_mode() { return 0; }
inline void set_float_mode(std::uint64_t) {}
inline constexpr std::uint64_t flushing = 0;
#endif

class FlushDenormals {
public:
    [[nodiscard]] FlushDenormals() : before_(float_mode() & flushing) { set_float_mode(float_mode() | flushing); }
    ~FlushDenormals() { set_float_mode((float_mode() & ~flushing) | before_); }
    FlushDenormals(const FlushDenormals&) = delete;

private:
    std::uint64_t before_;
};

}  // namespace costate
