// ode/steps/complaint.hpp — options and times that cannot be meant, whichever interface was asked (internal to ode/)
// To find one takes no memory and throws nothing: only a public entry makes an error of it.
#pragma once
#include "core/error.hpp"         // brings: Failure
#include "ode/solve_options.hpp"  // brings: SolveOptions
#include "ode/times.hpp"          // brings: Times

namespace costate::ode {

struct Complaint {
    const char* option;  // null: all is well
    Number value;
    const char* expected;
    std::size_t place = 0;       // of one of the times
    const char* what = nullptr;  // where "an option makes no sense" is not all that there is to say; and what helps
    const char* fix = nullptr;

    constexpr Complaint(const char* option_ = nullptr, Number value_ = 0, const char* expected_ = nullptr,
                        std::size_t place_ = 0)
        : option(told(option_)), value(value_), expected(told(expected_)), place(place_) {}
    constexpr Complaint(const char* option_, Number value_, const char* expected_, const char* what_, const char* fix_)
        : option(told(option_)), value(value_), expected(told(expected_)), what(told(what_)), fix(told(fix_)) {}
    static constexpr const char* told(const char* text) {  // a small machine spells no texts
        return small_machine && text ? "" : text;
    }
};

Complaint first_complaint(const SolveOptions& options);
Complaint first_complaint(const Times& times,
                          const SolveOptions& options);  // of the times, numbers, and of options beside them
Complaint first_plain_complaint(const Times& times, const SolveOptions& options,
                                Index n);                                // all of them, for n numbers
Complaint first_complaint(const SolveOptions& options, const Shape& z);  // does a list of tolerances fit the state?

struct Asked {  // who cannot do it, and what its options are called
    const char* by = "solve";
    const char* options = "SolveOptions";
};
inline constexpr Asked asked_automatic{"solve_automatic"};
inline Asked asked_by(const SolveOptions& options) { return options.takes_turns() ? asked_automatic : Asked{}; }
Failure to_failure(const Complaint& complaint, const Times& times, const SolveOptions& options, const Asked& asked);
inline Failure to_failure(const Complaint& complaint, const Times& times, const SolveOptions& options) {
    return to_failure(complaint, times, options, asked_by(options));
}

}  // namespace costate::ode
