// autodiff/tape/living.hpp — is the tape of a Var still there?
//   Var y;  { Tape tape;  y = exp(tape.variable(2)); }  y.item();      an error that says so, and not somebody else's memory
// Every tape has a number n of its own, with which the eras of its Vars begin. While it lives, place n mod `places` of one
// table holds n. So a Var asks one number of a table that never goes away, and leaves alone the tape that it points at.
// again    On a small machine n comes again some 4000 tapes later, so the table has addresses, too. A Var that was kept
//          for so long is stale, but for one case: a tape of its number has come to lie where its own lay, with as many rewinds
//          behind it. Then it is that tape's value of its index, or stale where there is none: perhaps a wrong number, never
//          memory that is not the tape's. The same holds of one kept over 2^20 rewinds of a living tape, to the rewind.
#pragma once
#include <atomic>
#include <cstdint>
#include <type_traits>

#include "core/real.hpp"

namespace costate::inline COSTATE_PRECISION {

using Era = std::conditional_t<small_machine, std::uint32_t, std::uint64_t>;

class Tape;

class LivingTapes {
public:
    // So many tapes at a time, less one: place 0 is that of no tape.
    static constexpr std::uint32_t places = 1 << (small_machine ? 5 : 16);

    // An era is a tape's number and, in the last bits, a count.
    static constexpr int era_bits = small_machine ? 20 : 32;
    static constexpr std::uint64_t numbers = 1ull << (8 * sizeof(Era) - era_bits);

    static std::uint32_t enter(const Tape* tape);  // a number that no living tape has; all places taken: an error
    static void leave(std::uint32_t number) { at_[number % places].store(0, std::memory_order_relaxed); }
    static bool hold(Era era, const Tape* tape) {  // is this the tape of that era, and alive?
        const std::uint32_t number = static_cast<std::uint32_t>(era >> era_bits);
        if (at_[number % places].load(std::memory_order_relaxed) != number) return false;
        return !small_machine || tape_at_[number % places] == tape;
    }

private:
    static std::atomic<std::uint32_t> at_[places];
    static const Tape* tape_at_[small_machine ? places : 1];
};

}  // namespace costate
