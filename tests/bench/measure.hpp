// tests/bench/measure.hpp — what one row of the benchmark says, and how it is measured
//   One iteration is a whole training step: forward solve, loss, gradient, optimiser, and the loss as a number. The
//   first `warmup` iterations train untimed; timed ones follow until the seconds are spent and `check` are done.
// A workload derives from Problem; measure() trains it and returns the fields that every peer of the benchmark prints.
// units    seconds (wall: monotonic clock; cpu: user + system of the process), MiB = 2^20 bytes.
// why      peak memory only ever grows within a process: the caller starts one process for each row, and the samples of
//          the clock live in storage that is touched before base_rss_mb is read, so that timing costs no memory.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace costate::bench {

struct Evaluations {  // calls of the vector field in the latest iteration; empty: not counted, or there is no field
    std::optional<long> forward = {}, backward = {};
};

class Problem {
public:
    virtual ~Problem() = default;
    // The gradient at the initial parameters with the data of iteration 0, flat in parameter order: W1, b1, W2, b2, ...
    // with every W as [out, in], row by row. Called once, before the first step; must leave the parameters alone.
    virtual std::vector<double> first_gradient() = 0;
    virtual double step(int k) = 0;  // training iteration k = 0, 1, ...; returns its loss, from before its update
    virtual Evaluations evaluations() const { return {}; }
};

struct Schedule {
    int warmup;  // leading iterations that are not timed
    int check;   // the iteration, counted from 1, whose loss is the accuracy figure
};

class Row {  // one JSON object on one line
public:
    Row& text(std::string_view key, std::string_view value);
    Row& number(std::string_view key, double value);  // 17 digits; null when not finite: JSON knows no NaN
    Row& count(std::string_view key, std::optional<long> value);
    Row& null(std::string_view key) { return count(key, {}); }
    std::string line() const { return "{" + fields_ + "}"; }

private:
    Row& raw(std::string_view key, std::string_view value);
    std::string fields_;
};

// since: when the process was started, on the monotonic clock; how long it took from there to the first gradient and to the
// end of the 100th iteration (null: it did not get there) is told, too.
void measure(Row& row, Problem& problem, Schedule schedule, double seconds, double since);
double monotonic_seconds();
// The shortest of several times, after one that does not count: others only add what the machine did besides.
double shortest_seconds(const std::function<void()>& work);

}  // namespace costate::bench
