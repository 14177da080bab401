// core/width.hpp — kernels that are compiled once for each width of vectors, and run as wide as the processor is
//   make ARCH=portable    one library for every x86-64: of core/kernels/ what loops over numbers (WIDE in the Makefile) is
//                         compiled three times, for registers of 128 bits (SSE2), 256 (AVX2, FMA) and 512 (AVX-512)
// A compilation for one width has COSTATE_WIDTH=width_256, say, which is part of all its names. All others see the functions of
// `chosen` (core/kernels/chosen.cpp), which ask the processor once and call those of its width. Built for one processor, as by
// default, there is one width, and a call is a call.
// why      An inline function that two compilations share is kept once by the linker, whichever it finds first: one of 512 bits
//          would then run on a processor without them. With the width in its name it is two. `make portable-check` looks at the
//          objects that no shared name is left.
// bits     Registers of 256 and 512 bits come with fused multiply-adds, so results differ from those of 128 in the last digits,
//          as between any two builds for other processors. With BITS=same they do not.
#pragma once

#if defined(COSTATE_WIDTH) && !defined(__OPTIMIZE__)
#error "ARCH=portable wants OPT=-O1 or more: of what is not inlined, the standard library's, objects would share names"
#endif
#if !defined(COSTATE_WIDTH)
#if defined(COSTATE_PORTABLE)
#define COSTATE_WIDTH chosen
#else
#define COSTATE_WIDTH as_compiled
#endif
#endif

#if defined(COSTATE_PORTABLE)
namespace costate {

int vector_bits();  // of the registers that kernels use: 128, 256 or 512, at first as many as the processor has
// Another width, to compare, before anything else is asked: a program that was compiled for one is read by no other. False, and
// nothing changes: the processor has none so wide, or there is a width already.
bool set_vector_bits(int bits);

}  // namespace costate
#endif
