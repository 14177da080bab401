// ode/steps/outcome.hpp — how a plain solve ended
// A solve that cannot go on passes a Status up, with what is needed to say where and why; only the public entry turns
// it into an error. Whatever the status, the state is the last good one: finite, and right up to Outcome::t.
// see      ode/plain.hpp (who asks) · tests/ode/plain_test.cpp (the texts)
#pragma once
#include "core/error.hpp"           // brings: Failure
#include "ode/statistics.hpp"       // brings: Status, Statistics
#include "ode/steps/complaint.hpp"  // brings: Complaint, SolveOptions, Times

namespace costate::ode {

struct Outcome {
    Status status = Status::ok;
    double t = 0;  // how far the solve came: the last time if all is well
    Statistics statistics = {};
    double h = 0;                // of the step that failed
    double error = 0;            // its scaled error, the worst component's
    long worst = 0;              // which component that is
    double slope = 0;            // max |f| at t
    long rejected_in_a_row = 0;  //
    Complaint complaint = {};
};

Complaint first_plain_complaint(const Times& times, const SolveOptions& options);
Failure to_failure(const Outcome& outcome, const Times& times, const SolveOptions& options);

}  // namespace costate::ode
