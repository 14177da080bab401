// ode/plain_outcome.hpp — what a solve is asked for, and how it ended
// A solve that cannot go on passes a Status up, with what is needed to say where and why; only the public entry turns
// it into an error. Whatever the status, the state is the last good one: finite, and right up to PlainOutcome::t.
// see      ode/plain.hpp (who asks) · tests/ode/plain_test.cpp (the texts)
#pragma once
#include <functional>
#include <limits>
#include <span>

#include "core/error.hpp"   // brings: Failure
#include "ode/clock.hpp"    // brings: Status, Control, pi_control
#include "ode/methods.hpp"  // brings: Method, tsit5

namespace costate::ode {

struct StepReport {  // one attempted step
    double t, h;     // from t to t + h
    double error;    // scaled: at most 1 in an accepted step; 0 on a fixed grid
    bool accepted;
};
using StepObserver = std::function<void(const StepReport&)>;

struct PlainOptions {
    double t0 = 0, t1 = 1;  // in either order
    Method method = tsit5;
    double rtol = 1e-6, atol = 1e-9;  // a step is kept when |e| ≤ atol + rtol·|y|, root mean square over the components
    int steps = 0;                    // more than 0: that many equal steps, whatever the error
    double first_step = 0;            // a length; 0: Hairer's guess, which costs one evaluation
    double max_step = std::numeric_limits<double>::infinity();
    Control control = pi_control;
    int max_steps = 10'000;                // kept or not; a fixed grid is not counted
    std::span<const double> save_at = {};  // from t0 to t1 in this order; empty: only t1
    StepObserver on_step = {};
};

struct PlainStatistics {
    long evaluations = 0;  // of f
    long accepted = 0, rejected = 0;
    bool floor_acted = false;  // the tolerance was finer than rounding somewhere: it was taken as 2ε|y| there
};

struct Complaint {
    const char* option = nullptr;  // null: all is well
    double value = 0;
    const char* expected = nullptr;
};
Complaint first_complaint(const PlainOptions& options);

struct PlainOutcome {
    Status status = Status::ok;
    double t = 0;  // how far the solve came: t1 if all is well
    PlainStatistics statistics = {};
    double h = 0;                // of the step that failed
    double error = 0;            // its scaled error, the worst component's
    long worst = 0;              // which component that is
    double slope = 0;            // max |f| at t
    long rejected_in_a_row = 0;  //
    Complaint complaint = {};
};

Failure to_failure(const Complaint& complaint, const Method& method, const char* options);
Failure to_failure(const PlainOutcome& outcome, const PlainOptions& options);

}  // namespace costate::ode
