// examples/chip/web.cpp — chip.hpp in WebAssembly, without a system behind it: a module that asks for nothing from outside
//   said       what the program says is kept as lines of a text and two numbers; who runs the module reads them
//   stack      lies below everything else (--stack-first), so that one too deep leaves the memory and stops the module
//   abort ...  what the libraries would bring stdio for, and three questions to a system
// What a local variable of WebAssembly holds is not in the memory: it is the engine's, and not counted here.
// see        examples/chip/web.sh (how it is linked), examples/chip/web.mjs (who runs it)
#include "examples/chip/chip.hpp"

#include <cstdlib>
#include <cstring>
#include <iterator>

extern "C" char __global_base;  // the linker's: behind the stack

namespace {

struct Line {
    const char* what;  // null: behind the last line
    long first, second;
    int numbers;
};
Line said[16];
Line* next_line = said;

void say(const Line& line) {
    if (next_line == said + std::size(said) - 1) chip::stop(4);
    *next_line++ = line;
}

}  // namespace

extern "C" {

const Line* chip_said() { return said; }

void abort() { chip::stop(3); }
void __cxa_pure_virtual() { chip::stop(3); }
void* memcpy(void* to, const void* from, std::size_t bytes) { return __builtin_memcpy(to, from, bytes); }
void* memmove(void* to, const void* from, std::size_t bytes) { return __builtin_memmove(to, from, bytes); }
void* memset(void* to, int byte, std::size_t bytes) { return __builtin_memset(to, byte, bytes); }

}  // extern "C"

_LIBCPP_BEGIN_NAMESPACE_STD
void __libcpp_verbose_abort(const char*, ...) { chip::stop(3); }
_LIBCPP_END_NAMESPACE_STD

namespace chip {

void say(const char* what, long a) { ::say({what, a, 0, 1}); }
void say(const char* what, long a, long b) { ::say({what, a, b, 2}); }
void stop(int) { __builtin_trap(); }  // whoever runs the module gets an exception
long instructions() { return 0; }

std::size_t
stack_used() {  // all of it was zero before main: from the address 0, where it would be full, to its beginning
    const auto* deepest = reinterpret_cast<const long*>(sizeof(long));
    while (*deepest == 0) ++deepest;
    return static_cast<std::size_t>(&__global_base - reinterpret_cast<const char*>(deepest));
}

}  // namespace chip
