// examples/chip/cortex_m.cpp — a Cortex-M4F or M0 before main, and its way out: semihosting, as QEMU and debuggers know it
//   vectors    where the stack ends, and the first instruction
//   start      the FPU is switched on, numbers are copied to RAM, zeros are zeroed, the stack is painted; then main
//   abort ...  what the libraries would bring 2 KB for
// source   Arm Architecture Reference Manual for ARMv7-M, B1.5 (reset), B3.2.20 (CPACR), B3.3 (SysTick); Arm semihosting for
//          AArch32 and AArch64, SYS_WRITE0, SYS_EXIT_EXTENDED
#include "examples/chip/chip.hpp"

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>

extern "C" {
extern char flash_data[], data_begin[], data_end[], zeros_begin[], zeros_end[], stack_end[];  // chip.ld
int main();
[[noreturn]] void _exit(int status);
[[noreturn]] void start();
}

namespace {

volatile std::uint32_t& at(std::uintptr_t address) { return *reinterpret_cast<volatile std::uint32_t*>(address); }

std::uint32_t call_host(std::uint32_t what, const void* with) {
    register std::uint32_t r0 asm("r0") = what;
    register const void* r1 asm("r1") = with;
    asm volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
    return r0;
}

constexpr std::uint32_t paint = 0xc0ffee00;
constexpr std::uintptr_t systick_control = 0xe000e010, systick_reload = 0xe000e014, systick_value = 0xe000e018;
constexpr long ticks_at_most = 0xffffff;
#if defined(__ARM_FP)
constexpr long instructions_in_2_ticks = 80;  // 25 MHz; QEMU: an instruction takes a nanosecond
#else
constexpr long instructions_in_2_ticks = 125;  // 16 MHz
#endif

long rounds = 0;  // of the counter

}  // namespace

extern "C" {

void abort() { _exit(3); }            // newlib's sends a signal, through a table of handlers
int atexit(void (*)()) { return 0; }  // nobody leaves main behind: what is static stays

void count_round() { ++rounds; }
void stop() { _exit(3); }

}  // extern "C"

// Was an object made by make_shared? libstdc++ asks by an address and then, for programs that are linked while they run, by the
// name of a type. Here the address says it all, and no names are linked.
bool std::_Sp_make_shared_tag::_S_eq(const std::type_info&) noexcept { return false; }

union Vector {
    const void* stack;
    void (*code)();
};
[[gnu::section(".vectors"), gnu::used]] const Vector vectors[16] = {{.stack = stack_end},
                                                                    {.code = start},
                                                                    {.code = stop},
                                                                    {.code = stop},
                                                                    {.code = stop},
                                                                    {.code = stop},
                                                                    {.code = stop},
                                                                    {},
                                                                    {},
                                                                    {},
                                                                    {},
                                                                    {.code = stop},
                                                                    {.code = stop},
                                                                    {},
                                                                    {.code = stop},
                                                                    {.code = count_round}};

extern "C" {

void start() {
#if defined(__ARM_FP)
    at(0xe000ed88) |= 0xf << 20;  // CPACR: full access to the FPU
    asm volatile("dsb; isb");
#endif
    std::memcpy(data_begin, flash_data, data_end - data_begin);
    std::memset(zeros_begin, 0, zeros_end - zeros_begin);
    const std::uintptr_t here = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0)) - 256;
    for (std::uintptr_t word = reinterpret_cast<std::uintptr_t>(zeros_end); word < here; word += 4) at(word) = paint;
    at(systick_reload) = ticks_at_most;
    at(systick_value) = 0;
    at(systick_control) = 7;  // counts processor cycles, and calls count_round
    _exit(main());
}

void _exit(int status) {
    const std::uint32_t why[] = {0x20026, static_cast<std::uint32_t>(status)};
    call_host(0x20, why);
    for (;;) {
    }
}

}  // extern "C"

namespace chip {

void write(const char* text) { call_host(4, text); }

void write(long n) {
    char digits[24], *first = digits + sizeof digits - 1;
    *first = '\0';
    unsigned long rest = n < 0 ? 0ul - static_cast<unsigned long>(n) : static_cast<unsigned long>(n);
    do *--first = static_cast<char>('0' + rest % 10);
    while (rest /= 10);
    if (n < 0) *--first = '-';
    write(first);
}

void say(const char* what, long a) { write(what), write(": "), write(a), write("\n"); }
void say(const char* what, long a, long b) { write(what), write(": "), write(a), write(" "), write(b), write("\n"); }

void stop(int status) { _exit(status); }

long instructions() {
    const long ticks = rounds * ticks_at_most + (ticks_at_most - static_cast<long>(at(systick_value)));
    return ticks / 2 * instructions_in_2_ticks;
}

std::size_t stack_used() {
    std::uintptr_t word = reinterpret_cast<std::uintptr_t>(stack_end) - 4, lowest = word;
    for (; word > reinterpret_cast<std::uintptr_t>(zeros_end); word -= 4)
        if (at(word) != paint) lowest = word;
    return reinterpret_cast<std::uintptr_t>(stack_end) - lowest;
}

}  // namespace chip

extern "C" {
void chip_say(const char* what, long a, long b) { chip::say(what, a, b); }
long chip_instructions() { return chip::instructions(); }
long chip_stack_used() { return static_cast<long>(chip::stack_used()); }
}
