// examples/chapters/exercise.hpp — what the programs of exercises share: is one done, and if not, what is the difference?
//   exercises ode              the lines of one chapter; without a word all of this program
#pragma once
#include <cmath>
#include <cstdio>
#include <span>
#include <string>
#include <string_view>

#include "core/error.hpp"  // brings: Error, text

namespace costate {

// Tells the first thing that is not as expected; what is held against it after that is not told.
class Check {
public:
    void that(const std::string& of, bool right, const std::string& got, const std::string& expected) {
        if (difference_.empty() && !right)
            difference_ = text("  of        ", of, "\n  got       ", got, "\n  expected  ", expected, "\n");
    }
    template <class T>
    void equal(const std::string& of, const T& got, const T& expected) {
        that(of, got == expected, text(got), text(expected));
    }
    void near(const std::string& of, double got, double expected, double tolerance) {
        that(of, std::abs(got - expected) <= tolerance, text(got), text(expected));
    }
    void error(const Error& error) {
        difference_ = text("  got       an error: ", error.what(), "\n  expected  none\n");
    }
    bool done() const { return difference_.empty(); }
    const std::string& difference() const { return difference_; }

private:
    std::string difference_;
};

struct Exercise {
    std::string_view chapter;
    int number;
    const char* what;
    void (*check)(Check&);
};

inline int report(std::span<const Exercise> exercises, int argc, char** argv) {
    const std::string_view chapter = argc > 1 ? argv[1] : "", all = "core autodiff programs nn optim ode adjoint";
    if (text(" ", all, " ").find(text(" ", chapter, " ")) == std::string::npos && !chapter.empty()) {
        std::printf("There are no exercises of \"%s\"; a chapter: %s\n", argv[1], text(all).c_str());
        return 1;
    }
    for (const Exercise& e : exercises) {
        if (!chapter.empty() && chapter != e.chapter) continue;
        Check check;
        try {
            e.check(check);
        } catch (const Error& error) {
            check.error(error);
        }
        const std::string name = text(e.chapter, " ", e.number);
        std::printf("%-11s %-8s %s\n%s", name.c_str(), check.done() ? "done" : "not yet", e.what,
                    check.difference().c_str());
    }
    return 0;
}

}  // namespace costate
