// autodiff/tape/living.hpp — is the tape of a Var still there?
//   Var y;  { Tape tape;  y = exp(tape.variable(2)); }  y.item();      an error that says so, and not somebody else's memory
// Every tape has a number n of its own, with which the eras of its Vars begin. While it lives, place n mod `places` of one
// table holds n. So a Var asks one number of a table that never goes away, and leaves alone the tape that it points at.
#pragma once
#include <atomic>
#include <cstdint>
#include <type_traits>

#include "core/real.hpp"

namespace costate::inline COSTATE_PRECISION {

using Era = std::conditional_t<small_machine, std::uint32_t, std::uint64_t>;

class LivingTapes {
public:
    // So many tapes at a time, less one: place 0 is that of no tape.
    static constexpr std::uint32_t places = 1 << (small_machine ? 5 : 16);

    // An era is a tape's number and, in the last bits, a count. On a small machine the number of a tape is used again after
    // 4095 others.
    static constexpr int era_bits = small_machine ? 20 : 32;
    static constexpr std::uint64_t numbers = 1ull << (8 * sizeof(Era) - era_bits);

    static std::uint32_t enter();  // a number that no living tape has; all places taken: an error
    static void leave(std::uint32_t number) { at_[number % places].store(0, std::memory_order_relaxed); }
    static bool hold(Era era) {
        const std::uint32_t number = static_cast<std::uint32_t>(era >> era_bits);
        return at_[number % places].load(std::memory_order_relaxed) == number;
    }

private:
    static std::atomic<std::uint32_t> at_[places];
};

}  // namespace costate
