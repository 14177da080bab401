// examples/chip/web.cpp — chip.hpp in WebAssembly, without a system behind it: a module that asks for nothing from outside
//   said       what the program says is kept as lines of a text and two numbers; who runs the module reads them
//   heap       blocks behind the constants, the free ones in a list by their place: the first that is large enough is taken
//   stack      lies below everything else (--stack-first), so that one too deep leaves the memory and stops the module
//   abort ...  what the libraries would bring stdio for, and three questions to a system
// What a local variable of WebAssembly holds is not in the memory: it is the engine's, and not counted here.
// source     Kernighan & Ritchie, The C Programming Language, 2nd ed., 8.7: the storage allocator
// see        examples/chip/web.sh (how it is linked), examples/chip/web.mjs (who runs it)
#include "examples/chip/chip.hpp"

#include <cstdlib>
#include <cstring>
#include <iterator>
#include <new>

extern "C" char __heap_base, __global_base;  // the linker's: behind the constants and zeros, behind the stack

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

struct Block {
    std::size_t bytes;  // with this
    Block* next;        // the next free one, further behind
    char* end() { return reinterpret_cast<char*>(this) + bytes; }
    void take_in_next() {
        if (end() != reinterpret_cast<char*>(next)) return;
        bytes += next->bytes;
        next = next->next;
    }
};
Block* first_free = nullptr;
char* heap_end = &__heap_base;

Block* behind_all(std::size_t bytes) {
    char* const block = heap_end;
    if (bytes > __builtin_wasm_memory_size(0) * 65536 - reinterpret_cast<std::size_t>(block)) chip::stop(5);
    heap_end += bytes;
    return reinterpret_cast<Block*>(block);
}

void* allocate(std::size_t bytes) {
    bytes = (sizeof(Block) + bytes + 7) / 8 * 8;
    Block** place = &first_free;
    while (*place && (*place)->bytes < bytes) place = &(*place)->next;
    Block* const block = *place ? *place : behind_all(bytes);
    if (*place && block->bytes > bytes) {  // what is left of it stays free
        auto* const rest = reinterpret_cast<Block*>(reinterpret_cast<char*>(block) + bytes);
        *rest = {block->bytes - bytes, block->next};
        *place = rest;
    } else if (*place)
        *place = block->next;
    block->bytes = bytes;
    return block + 1;
}

void give_back(void* memory) {
    if (!memory) return;
    Block* const block = static_cast<Block*>(memory) - 1;
    Block* before = nullptr;
    Block** place = &first_free;
    while (*place && *place < block) before = *place, place = &before->next;
    block->next = *place;
    *place = block;
    block->take_in_next();
    if (before) before->take_in_next();
}

}  // namespace

void* operator new(std::size_t bytes) { return allocate(bytes); }
void* operator new(std::size_t bytes, std::align_val_t) { return allocate(bytes); }  // to 8 bytes: core/small.hpp
void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept { return allocate(bytes); }
void operator delete(void* memory) noexcept { give_back(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { give_back(memory); }

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
std::size_t heap_used() { return static_cast<std::size_t>(heap_end - &__heap_base); }

std::size_t
stack_used() {  // all of it was zero before main: from the address 0, where it would be full, to its beginning
    const auto* deepest = reinterpret_cast<const long*>(sizeof(long));
    while (*deepest == 0) ++deepest;
    return static_cast<std::size_t>(&__global_base - reinterpret_cast<const char*>(deepest));
}

}  // namespace chip
