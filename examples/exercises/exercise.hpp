// examples/exercises/exercise.hpp — what the programs of exercises share: is one done, and if not, what is the difference?
//   adjoint                    a line for each exercise: "done", or "not yet" with what it gave and what it should
//   adjoint --seed 7           the same with other numbers, those of `make sheet SEED=7`; 0: the chapter's own
// Each program is an array of exercises and a main: return report("adjoint", exercises, argc, argv);
#pragma once
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <initializer_list>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "costate.hpp"  // brings: the library, Error and text among it

#ifndef COSTATE_SHEET
#define COSTATE_SHEET 0  // the sheet that these sources were written for
#endif

namespace costate {

// Tells the first thing that is not as expected; what is held against it after that is not told.
class Check {
public:
    explicit Check(std::uint64_t seed) : seed_(seed), rng_(seed) {}

    // One number of the exercise: the chapter's own is the first of the list, a sheet has any of them.
    double given(const std::string& name, std::initializer_list<double> choices) {
        const Index place = seed_ == 0 ? 0 : rng_.below(static_cast<Index>(choices.size()));
        const double value = std::data(choices)[place];
        given_ += text(given_.empty() ? "" : ", ", name, " = ", value);
        return value;
    }
    void that(const std::string& of, bool right, const std::string& got, const std::string& expected) {
        if (difference_.empty() && !right)
            difference_ = text("  of        ", of, "\n  got       ", got, "\n  expected  ", expected, "\n");
    }
    template <class T>
    void equal(const std::string& of, const T& got, const T& expected) {
        that(of, got == expected, text(got), text(expected));
    }
    // The number is right, or it is said how far off it may be; what is right is not told.
    void near(const std::string& of, double got, double expected, double tolerance) {
        that(of, std::abs(got - expected) <= tolerance, text(got), text(expected));
    }
    // A number to be derived: to so many of its own size. The message does not give it away.
    void derived(const std::string& of, double got, double expected, double relative = 1e-5) {
        that(of, std::abs(got - expected) <= relative * std::abs(expected), text(got),
             "another number: the one that a run gives");
    }
    void error(const Error& error) {
        difference_ = text("  got       an error: ", error.what(), "\n  expected  none\n");
    }
    bool done() const { return difference_.empty(); }
    std::string difference() const {
        return given_.empty() || done() ? difference_ : text("  given     ", given_, "\n", difference_);
    }
    const std::string& numbers() const { return given_; }

private:
    std::uint64_t seed_;
    Rng rng_;
    std::string given_, difference_;
};

struct Exercise {
    int number, points;
    const char* what;
    void (*check)(Check&);
};

// --seed N: the numbers of that sheet; --given: the numbers alone, of all exercises.
inline int report(std::string_view chapter, std::span<const Exercise> exercises, int argc, char** argv) {
    const std::vector<std::string> words(argv + 1, argv + argc);
    std::uint64_t seed = COSTATE_SHEET;
    bool numbers_only = false;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (words[i] == "--seed" && i + 1 < words.size())
            seed = std::strtoull(words[++i].c_str(), nullptr, 10);
        else if (words[i] == "--given")
            numbers_only = true;
        else
            return std::fprintf(stderr, "usage: %s [--seed N] [--given]\n", argv[0]), 1;
    }
    int points = 0, of = 0;
    for (const Exercise& e : exercises) {
        Check check(seed);
        try {
            e.check(check);
        } catch (const Error& error) {
            check.error(error);
        }
        const std::string name = text(chapter, "-", e.number);
        if (numbers_only) {
            if (!check.numbers().empty()) std::printf("%-13s %s\n", name.c_str(), check.numbers().c_str());
            continue;
        }
        std::printf("%-13s %-8s %s\n%s", name.c_str(), check.done() ? "done" : "not yet", e.what,
                    check.difference().c_str());
        of += e.points;
        points += check.done() ? e.points : 0;
    }
    if (!numbers_only)
        std::printf("%.*s: %d of %d points\n", static_cast<int>(chapter.size()), chapter.data(), points, of);
    return 0;
}

}  // namespace costate
