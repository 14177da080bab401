// core/loops.hpp — what a loop may tell the compiler
#pragma once

// Before a loop: its passes do not depend on each other, so that vectors need no test for overlap.
#if defined(__clang__)
#define COSTATE_INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
#else
#define COSTATE_INDEPENDENT _Pragma("GCC ivdep")
#endif
