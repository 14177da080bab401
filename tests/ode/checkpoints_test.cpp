// tests/ode/checkpoints_test.cpp — the schedules by themselves: played on the numbers of steps, and counted
#include "ode/gradients/checkpoints.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace costate::ode;

namespace {

// States that are only the number of the step that starts from them; an action that cannot be done is counted as wrong.
struct Played {
    std::vector<std::size_t> slots = {};
    std::size_t at = 0, left, again = 0, wrong = 0;

    void load(std::size_t slot) { at = slot < slots.size() ? slots[slot] : ++wrong; }
    void advance(std::size_t step) {
        wrong += step != at;
        ++at;
        ++again;
    }
    void keep(std::size_t slot) {
        wrong += slot > slots.size();
        if (slot == slots.size()) slots.push_back(at);
        slots[slot] = at;
    }
    void reverse(std::size_t step) { wrong += step != at || step != --left; }
    bool right(std::size_t most) const { return wrong == 0 && left == 0 && slots.size() <= most; }
};

// A solve of so many steps, which it knows beforehand or not.
Played solved(Checkpoints& kept, std::size_t most, std::size_t steps, bool known) {
    kept.begin(most, known ? steps : 0);
    Played p{.left = steps};
    for (; p.at < steps; ++p.at)
        if (const std::size_t slot = kept.slot_for(p.at); slot != Checkpoints::none) p.keep(slot);
    return p;
}

constexpr std::size_t rooms[] = {1, 2, 3, 4, 5, 8, 13, 40};
long fewest(std::size_t steps, std::size_t states) { return long(fewest_steps(long(steps), long(states))); }

}  // namespace

TEST_SUITE("ode") {
    TEST_CASE("checkpoints: the binomial formula is the smallest sum that splitting can reach") {
        constexpr int l = 80, s = 9;
        long t[l + 1][s + 1] = {};
        for (int steps = 2; steps <= l; ++steps)
            for (int states = 1; states <= s; ++states) {
                t[steps][states] = steps * (steps - 1) / 2;
                for (int m = 1; m < steps && states > 1; ++m)
                    t[steps][states] = std::min(t[steps][states], m + t[steps - m][states - 1] + t[m][states]);
                if (t[steps][states] == fewest_steps(steps, states)) continue;
                FAIL(steps << " steps from " << states << " states: " << t[steps][states]);
            }
        CHECK(fewest(10, 3) == 15);  // by hand: two runs of all ten, less β(4, 1)
    }

    TEST_CASE("checkpoints: steps that are known are run again as seldom as can be") {
        Checkpoints kept;
        for (const std::size_t c : rooms)
            for (std::size_t n = 1; n <= 200; ++n) {
                Played p = solved(kept, c, n, true);
                kept.reverse(n, p);
                if (!p.right(c)) FAIL(n << " steps from " << c << " states cannot be played");
                if (long(p.again) != fewest(n + 1, c) - long(n)) FAIL(n << " steps, " << c << " states: " << p.again);

                kept.forget_all_but_first();
                p = {.slots = p.slots, .left = n};
                p.slots[0] = 0;
                kept.reverse(n, p);
                if (!p.right(c)) FAIL(n << " steps from the first state cannot be played");
                if (long(p.again) != fewest(n, c)) FAIL(n << " steps from the first state: " << p.again);
            }
    }

    TEST_CASE(
        "checkpoints: steps that are not known, within the binomial bound and close to the fewest at each number") {
        Checkpoints kept;
        for (const std::size_t c : rooms) {
            double most = 0;
            for (std::size_t n = 1; n <= 400; n += n < 100 ? 1 : 7) {
                Played p = solved(kept, c, n, false);
                kept.reverse(n, p);
                if (!p.right(c)) FAIL(n << " steps from " << c << " states cannot be played");
                if (long(p.again) > fewest(n, c)) FAIL(n << " steps, " << c << " states: " << p.again);
                most = std::max(most, double(n + p.again) / double(fewest(n + 1, c)));
            }
            CAPTURE(c);
            CHECK(most <= 1.15 + 1e-9);
            if (c > 3) CHECK(most < 1.07);
        }
    }

    TEST_CASE("checkpoints: room for all, and nothing is run again") {
        Checkpoints kept;
        for (const bool known : {false, true})
            for (const std::size_t c : {7, 8, 1000}) {
                Played p = solved(kept, c, 7, known);
                kept.reverse(7, p);
                CHECK(p.right(7));
                CHECK(p.again == 0);
            }
    }
}
