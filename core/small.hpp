// core/small.hpp — one switch for machines with little memory: -DCOSTATE_SMALL, in every file of a program
//   numbers   the same to the last bit as by BITS=same, which it brings along, on every machine
//   matmul    a loop in place of register tiles: core/kernels/gemm_small.cpp
//   errors    "law.cpp:31" to the handler of core/error.hpp, without a text; no stdio. The default handler stops the machine.
//             An axis that a shape does not have has no line of its own: it is that of the call around it, or "?"
//   memory    what is rounded up or set aside is so for a few numbers, not for cache lines and pages; an extent is below 2^16
//   programs  run with as many rows as they were recorded with, and count no flops
//   solves    explicit methods alone; steps that are chosen keep the error of the state alone: ForwardNorm::state
//   threads   one: what others have for each thread is there once
// see       examples/chip/ (a Cortex-M4F that learns), make arm
#pragma once
#include <cstddef>

#if defined(COSTATE_SMALL)
#if defined(COSTATE_THREADS)
#error "COSTATE_SMALL is for one thread: build without COSTATE_THREADS"
#endif
#if !defined(COSTATE_SAME_BITS)
#define COSTATE_SAME_BITS
#endif
#define COSTATE_THREAD_LOCAL
#else
#define COSTATE_THREAD_LOCAL thread_local
#endif

namespace costate {

#if defined(COSTATE_SMALL)
inline constexpr bool small_machine = true;
#else
inline constexpr bool small_machine = false;
#endif

inline constexpr std::size_t line_bytes =
    small_machine ? 8 : 64;  // where a value's numbers begin: on a cache line, if there is one

}  // namespace costate
