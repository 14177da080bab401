// tests/bench_check/measure_test.cpp — does a row say what happened?   (Never how long it took.)
#include "tests/bench/measure.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstdlib>

#include "tests/bench/data.hpp"  // brings: probe_vector

using namespace costate::bench;
using doctest::Approx;

namespace {

// Gradient descent on |x|^2 / 2 with rate 0.1: the loss of iteration k = 0, 1, ... is 0.81^k |x|^2 / 2.
class Bowl : public Problem {
public:
    explicit Bowl(int breaks_at = -1) : breaks_at_(breaks_at) {}
    std::vector<double> first_gradient() override { return x_; }
    double step(int k) override {
        calls_ = {.forward = 10 + k, .backward = {}};
        if (k == breaks_at_) return NAN;
        double loss = 0;
        for (double& x : x_) {
            loss += 0.5 * x * x;
            x *= 0.9;
        }
        return loss;
    }
    Evaluations evaluations() const override { return calls_; }

private:
    int breaks_at_;
    Doubles x_{3, 4};
    Evaluations calls_;
};

// The text behind "key": in a line of JSON.
std::string field(const std::string& line, const std::string& key) {
    const std::size_t found = line.find("\"" + key + "\": ");
    REQUIRE_MESSAGE(found != std::string::npos, key << " in " << line);
    const std::size_t from = found + key.size() + 4;
    return line.substr(from, line.find_first_of(",}", from) - from);
}

double number(const std::string& line, const std::string& key) {
    return std::strtod(field(line, key).c_str(), nullptr);
}

// With next to no time to spend, exactly the iterations up to `check` run.
std::string shortest_run(Problem& problem, Schedule schedule) {
    Row row;
    measure(row, problem, schedule, 1e-12, monotonic_seconds());
    return row.line();
}

}  // namespace

TEST_SUITE("bench") {
    TEST_CASE("row: a number comes back bit for bit") {
        const double third = 1.0 / 3;
        CHECK(number(Row().number("x", third).line(), "x") == third);
    }

    TEST_CASE("row: what is not finite, or not counted, is null") {
        CHECK(Row().number("a", NAN).number("b", -INFINITY).count("c", {}).line() ==
              R"({"a": null, "b": null, "c": null})");
    }

    TEST_CASE("row: text is quoted and stays on one line") {
        CHECK(Row().text("a", "say \"x\"\n\\ y").line() == R"({"a": "say \"x\" \\ y"})");
    }

    TEST_CASE("measure: the time since the start, to the first gradient and to the 100th iteration, if there is one") {
        struct Instant : Problem {
            std::vector<double> first_gradient() override { return {1}; }
            double step(int) override { return 1; }
        } problem;
        const std::string few = shortest_run(problem, {.warmup = 0, .check = 99});
        CHECK(field(few, "seconds_to_iteration_100") == "null");
        CHECK(number(few, "seconds_to_first_gradient") > 0);
        const std::string many = shortest_run(problem, {.warmup = 0, .check = 100});
        CHECK(number(many, "seconds_to_iteration_100") > number(many, "seconds_to_first_gradient"));
        Row row;
        measure(row, problem, {.warmup = 0, .check = 1}, 1e-12, monotonic_seconds() - 7);
        CHECK(number(row.line(), "seconds_to_first_gradient") >= 7);
    }

    TEST_CASE("measure: loss_check is the loss after check - 1 updates") {
        Bowl bowl;
        const std::string line = shortest_run(bowl, {.warmup = 2, .check = 5});
        CHECK(number(line, "loss_first") == 12.5);
        CHECK(number(line, "loss_check") == Approx(12.5 * std::pow(0.81, 4)).epsilon(1e-14));
        CHECK(field(line, "loss_last") == field(line, "loss_check"));
        CHECK(field(line, "check_iteration") == "5");
    }

    TEST_CASE("measure: warm-up iterations train but do not count") {
        Bowl bowl, same;
        CHECK(field(shortest_run(bowl, {.warmup = 2, .check = 5}), "iterations") == "3");
        CHECK(field(shortest_run(same, {.warmup = 0, .check = 5}), "iterations") == "5");
    }

    TEST_CASE("measure: the gradient's norm and its product with the probe vector") {
        Bowl bowl;
        const std::string line = shortest_run(bowl, {.warmup = 0, .check = 1});
        const Doubles probe = probe_vector(2);
        CHECK(number(line, "grad_norm_first") == 5);
        CHECK(number(line, "grad_proj_first") == Approx(3 * probe[0] + 4 * probe[1]).epsilon(1e-15));
    }

    TEST_CASE("measure: evaluations of the first and of the last iteration") {
        Bowl bowl;
        const std::string line = shortest_run(bowl, {.warmup = 1, .check = 4});
        CHECK(field(line, "nfe_forward") == "10");
        CHECK(field(line, "nfe_forward_last") == "13");
        CHECK(field(line, "nfe_backward") == "null");
    }

    TEST_CASE("measure: a loss that is not finite ends the run and is null") {
        Bowl bowl(/*breaks_at=*/3);
        const std::string line = shortest_run(bowl, {.warmup = 1, .check = 10});
        CHECK(field(line, "status") == "\"loss became non-finite\"");
        CHECK(field(line, "loss_last") == "null");
        CHECK(field(line, "loss_check") == "null");
        CHECK(field(line, "iterations") == "2");
    }

    TEST_CASE("measure: without a timed iteration the times are null") {
        Bowl bowl(/*breaks_at=*/0);
        const std::string line = shortest_run(bowl, {.warmup = 1, .check = 2});
        for (const char* key : {"seconds_per_iteration", "min", "mean", "cpu_seconds_per_iteration"})
            CHECK(field(line, key) == "null");
    }

    TEST_CASE("measure: the row has every field that the peers' rows have") {
        Bowl bowl;
        const std::string line = shortest_run(bowl, {.warmup = 0, .check = 1});
        for (const char* key : {"iterations",
                                "seconds_per_iteration",
                                "min",
                                "mean",
                                "cpu_seconds_per_iteration",
                                "nfe_forward",
                                "nfe_backward",
                                "nfe_forward_last",
                                "nfe_backward_last",
                                "loss_first",
                                "loss_check",
                                "check_iteration",
                                "loss_last",
                                "grad_norm_first",
                                "grad_proj_first",
                                "peak_rss_mb",
                                "base_rss_mb",
                                "compile_seconds",
                                "loadavg",
                                "status"})
            field(line, key);
        CHECK(number(line, "peak_rss_mb") >= number(line, "base_rss_mb"));
    }
}
