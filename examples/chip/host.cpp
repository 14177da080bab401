// examples/chip/host.cpp — chip.hpp on a computer: it says the same and measures nothing
#include <cstdio>
#include <cstdlib>

#include "examples/chip/chip.hpp"

namespace chip {

void say(const char* what, long a) { std::printf("%s: %ld\n", what, a); }
void say(const char* what, long a, long b) { std::printf("%s: %ld %ld\n", what, a, b); }
void stop(int status) { std::exit(status); }
long instructions() { return 0; }
std::size_t stack_used() { return 0; }

}  // namespace chip

extern "C" {
void chip_say(const char* what, long a, long b) { chip::say(what, a, b); }
long chip_instructions() { return 0; }
long chip_stack_used() { return 0; }
}
