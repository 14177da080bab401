// examples/chip/chip.hpp — what a board without an operating system needs to say something, and to be measured
// The boards are QEMU's mps2-an386, a Cortex-M4F, and microbit, a Cortex-M0; semihosting is their way out. cortex_m.cpp is the
// code in front of main; host.cpp stands in for it on a computer, web.cpp in WebAssembly. What a program in C calls is
// declared where it does.
#pragma once
#include <cstddef>

namespace chip {

void say(const char* what, long a);
void say(const char* what, long a, long b);
[[noreturn]] void stop(int status);
long instructions();       // since the start; 0 where nobody counts
std::size_t stack_used();  // bytes, at most

}  // namespace chip

extern "C" {
void chip_say(const char* what, long a, long b);
long chip_instructions(void);
long chip_stack_used(void);
}
