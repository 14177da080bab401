// examples/course/mine/check.hpp — what the nine steps share: is a step done, and if not, what is the first difference?
//   int main() { return mine::run(3, "exp", mine::step_3); }         void step_3(Check& check) { check.near(...); }
// What is expected comes from closed forms, never from somebody's code. TAPE is the header that is looked at: yours, or
// another one; with -DCOSTATE the library takes the place of its steps 1 to 8.
#pragma once
#include <algorithm>
#include <cstdio>
#include <exception>
#include <string>
#include <utility>

#ifdef COSTATE
#include "examples/course/mine/adapter.hpp"  // brings: the library under the names of mine.hpp
#endif
#ifndef TAPE
#define TAPE "examples/course/mine/mine.hpp"
#endif
#include TAPE  // brings: Tape, Var, Vars, grad, solve, adjoint, Adam, lotka_volterra, fit

namespace mine {

class Check {
public:
    struct Known {  // a wrong number that a well-known mistake gives
        double wrong;
        const char* likely;
    };

    // Within the tolerance, of the expected number's own size where that is beyond 1.
    void near(const std::string& of, double got, double expected, const std::string& look,
              std::initializer_list<Known> known = {}, double tolerance = 1e-9) {
        if (!difference_.empty() || close(got, expected, tolerance)) return;
        for (const Known& mistake : known)
            if (close(got, mistake.wrong, 1e-4)) return explain(of, text(got), text(expected), mistake.likely, look);
        explain(of, text(got), text(expected), std::isnan(got) ? "0/0, or steps uphill until exp overflowed" : "",
                look);
    }
    void that(const std::string& of, bool right, const std::string& got, const std::string& expected,
              const std::string& look) {
        if (difference_.empty() && !right) explain(of, got, expected, "", look);
    }
    const std::string& difference() const { return difference_; }

    static std::string text(double x) {
        char buffer[32];
        std::snprintf(buffer, sizeof buffer, "%.9g", x);
        return buffer;
    }

private:
    static bool close(double a, double b, double tolerance) {
        return std::abs(a - b) <= tolerance * std::max(1.0, std::abs(b));
    }
    void explain(const std::string& of, const std::string& got, const std::string& expected, const std::string& likely,
                 const std::string& look) {
        difference_ = "  of        " + of + "\n  got       " + got + "\n  expected  " + expected + "\n";
        if (!likely.empty()) difference_ += "  likely    " + likely + "\n";
        difference_ += "  look      " + look + "\n";
    }
    std::string difference_;
};

inline int run(int number, const char* what, void (*step)(Check&)) {
    Check check;
    try {
        step(check);
    } catch (const std::exception& error) {
        check.that("the whole step", false, std::string("an exception: ") + error.what(), "none", "where it is thrown");
    }
    const bool done = check.difference().empty();
    std::printf("step %d  %-27s %s\n%s", number, what, done ? "done" : "not yet", check.difference().c_str());
    return done ? 0 : 1;
}

// Growth with a limit, the example of chapter adjoint, z' = θ z (1 − z) with z(0) = z0, and what is known of it:
// z = 1 / (1 + (1/z0 − 1) e^−θt),  ∂z/∂z0 = e^−θt z²/z0²,  ∂z/∂θ = t z (1 − z),  ∂²z/∂θ² = t² z (1 − z) (1 − 2z).
struct Growth {
    auto operator()(const auto& /*t*/, const auto& z, const auto& theta) const {
        return std::vector{theta[0] * z[0] * (1 - z[0])};
    }
};
struct GrowthAt {
    double t, z0 = 0.1, theta = 1;
    double z() const { return 1 / (1 + (1 / z0 - 1) * std::exp(-theta * t)); }
    double by_z0() const { return std::exp(-theta * t) * z() * z() / (z0 * z0); }
    double by_theta() const { return t * z() * (1 - z()); }
    double by_theta_twice() const { return t * t * z() * (1 - z()) * (1 - 2 * z()); }
};

}  // namespace mine
