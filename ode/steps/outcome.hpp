// ode/steps/outcome.hpp — how a solve ended, and the text of it
// A solve that cannot go on passes a Status up, with what is needed to say where and why; only the public entry turns it into
// an error. Whatever the status, the state is the last good one: finite, and right up to Outcome::t.
// see      ode/plain.hpp, ode/stepper.hpp (who asks) · tests/ode/plain_test.cpp, tests/ode/solve_errors_test.cpp (the texts)
#pragma once
#include <algorithm>
#include <array>
#include <cmath>

#include "ode/steps/clock.hpp"      // brings: Clock, SolveOptions, Status
#include "ode/steps/complaint.hpp"  // brings: Complaint, Times, Failure
#include "ode/steps/mass.hpp"       // brings: Inconsistency

namespace costate::ode {

struct Outcome {
    Status status = Status::ok;
    Number t = 0;  // how far the solve came: the last time if all is well
    Statistics statistics = {};
    Number goal = 0;               // where it was to come
    Number h = 0;                  // of the step that failed
    long rejected_in_a_row = 0;    //
    long worst = -1;               // of numbers, the component at fault
    Number error = 0;              // its scaled error, or what it became
    Number rate = 0;               // max |f| at t
    std::array<Number, 4> z = {};  // the state at t: its first few numbers,
    long z_size = 0;               // of so many; 0: not told
    Complaint complaint = {};

    template <class T>
    void tell(const T* state, Index size) {
        z_size = size;
        std::copy_n(state, std::min<Index>(size, 4), z.begin());
    }
    // Names the largest of the values at fault, one that is no number before all others. f: unit times f, at t; null: unknown.
    template <class T>
    void blame(const T* values, Index size, const T* f, Number unit = 1) {
        worst = 0;
        for (Index i = 0; i < size && !std::isnan(error); ++i) {
            if (std::abs(Number(values[i])) <= std::abs(error)) continue;
            error = Number(values[i]);
            worst = i;
        }
        for (Index i = 0; i < size && f; ++i) rate = std::max(rate, std::abs(Number(f[i]) / unit));
    }
    void tell(const Inconsistency& of) {
        worst = of.component;
        error = of.left;
    }
};

inline Outcome outcome_of(const Clock& clock) {
    Outcome o{.status = clock.status(),
              .t = clock.t(),
              .goal = clock.goal(),
              .h = clock.length(),
              .rejected_in_a_row = clock.rejected_in_a_row()};
    clock.report(o.statistics);
    return o;
}

// Of a solve by equal steps whose length is asked for: it is one, and the times go with it. why: what is expected of it
void require_step(const Times& times, const SolveOptions& equal, const Asked& asked, const char* why, const char* fix,
                  Where at);

// what: who could not go on. Neither options nor memory are at fault.
Failure to_failure(const char* what, const Outcome& outcome, const SolveOptions& options);
Failure to_failure(const Outcome& outcome, const Times& times, const SolveOptions& options,
                   const Asked& asked = {});  // of a plain solve: or they are

}  // namespace costate::ode
