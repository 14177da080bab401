// examples/chapters/exercise.hpp — what the programs of exercises share: which of them are done?
#pragma once
#include <cstdio>
#include <span>

#include "core/error.hpp"  // brings: Error

namespace costate {

struct Exercise {
    const char *name, *what;
    bool (*done)();
};

inline void report(std::span<const Exercise> exercises) {
    for (const Exercise& e : exercises) {
        bool done = false;
        try {
            done = e.done();
        } catch (const Error& error) {
            std::printf("%s\n", error.what());
        }
        std::printf("%-11s %-8s %s\n", e.name, done ? "done" : "not yet", e.what);
    }
}

}  // namespace costate
