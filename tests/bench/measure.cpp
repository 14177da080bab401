#include "tests/bench/measure.hpp"

#include <sys/resource.h>  // brings: getrusage

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>  // brings: getloadavg
#include <ctime>    // brings: clock_gettime
#include <limits>

#include "core/denormals.hpp"    // brings: FlushDenormals
#include "tests/bench/data.hpp"  // brings: probe_vector

namespace costate::bench {

// ---- JSON ----

Row& Row::raw(std::string_view key, std::string_view value) {
    if (!fields_.empty()) fields_ += ", ";
    fields_.append("\"").append(key).append("\": ").append(value);
    return *this;
}

Row& Row::text(std::string_view key, std::string_view value) {
    std::string quoted = "\"";
    for (char c : value) {
        if (c == '"' || c == '\\') quoted += '\\';
        quoted += static_cast<unsigned char>(c) < ' ' ? ' ' : c;  // a line break would end the row
    }
    return raw(key, quoted + '"');
}

Row& Row::number(std::string_view key, double value) {
    char digits[32] = "null";
    if (std::isfinite(value)) std::snprintf(digits, sizeof digits, "%.17g", value);
    return raw(key, digits);
}

Row& Row::count(std::string_view key, std::optional<long> value) {
    return raw(key, value ? std::to_string(*value) : "null");
}

// ---- clocks and memory ----

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

double now(clockid_t clock) {
    timespec t{};
    clock_gettime(clock, &t);
    return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

double peak_rss_mb() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
#ifdef __APPLE__
    constexpr double units_per_mb = 1 << 20;  // bytes
#else
    constexpr double units_per_mb = 1 << 10;  // KiB
#endif
    return static_cast<double>(usage.ru_maxrss) / units_per_mb;
}

// All iterations count towards min and mean, the last 65536 towards the median.
class Samples {
public:
    void add(double seconds) {
        recent_[static_cast<std::size_t>(count_++) % recent_.size()] = seconds;
        min_ = std::min(min_, seconds);
        sum_ += seconds;
    }
    long count() const { return count_; }
    double min() const { return count_ ? min_ : nan; }
    double mean() const { return count_ ? sum_ / static_cast<double>(count_) : nan; }
    double median() {  // reorders the samples
        if (count_ == 0) return nan;
        const std::size_t n = std::min(static_cast<std::size_t>(count_), recent_.size());
        const auto last = recent_.begin() + static_cast<std::ptrdiff_t>(n);
        const auto upper = recent_.begin() + static_cast<std::ptrdiff_t>(n / 2);
        std::nth_element(recent_.begin(), upper, last);
        return n % 2 ? *upper : 0.5 * (*std::max_element(recent_.begin(), upper) + *upper);
    }

private:
    std::vector<double> recent_ = std::vector<double>(1 << 16, 0.0);
    long count_ = 0;
    double min_ = std::numeric_limits<double>::infinity(), sum_ = 0;
};

double dot(const std::vector<double>& a, const std::vector<double>& b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
    return sum;
}

}  // namespace

double monotonic_seconds() { return now(CLOCK_MONOTONIC); }

double shortest_seconds(const std::function<void()>& work) {
    work();  // memory grows
    double best = HUGE_VAL;
    for (double begin = monotonic_seconds(), spent = 0; spent < 0.15; spent = monotonic_seconds() - begin) {
        const double start = monotonic_seconds();
        work();
        best = std::min(best, monotonic_seconds() - start);
    }
    return best;
}

void measure(Row& row, Problem& problem, Schedule schedule, double seconds, double since) {
    const FlushDenormals flush;  // as XLA does by itself
    Samples wall, cpu;
    double loadavg = nan;
    getloadavg(&loadavg, 1);
    const double base = peak_rss_mb();
    double grad_norm = nan, grad_proj = nan, to_gradient = nan, to_100 = nan;
    {
        const std::vector<double> gradient = problem.first_gradient();
        to_gradient = now(CLOCK_MONOTONIC) - since;
        grad_norm = std::sqrt(dot(gradient, gradient));
        grad_proj = dot(gradient, probe_vector(gradient.size()));
    }

    double loss = nan, loss_first = nan, loss_check = nan, timed_since = nan;
    Evaluations first;
    for (int k = 0; k == 0 || std::isfinite(loss); ++k) {
        const double wall0 = now(CLOCK_MONOTONIC), cpu0 = now(CLOCK_PROCESS_CPUTIME_ID);
        if (k == schedule.warmup) timed_since = wall0;
        loss = problem.step(k);
        const double cpu1 = now(CLOCK_PROCESS_CPUTIME_ID), wall1 = now(CLOCK_MONOTONIC);
        if (k == 0) {
            loss_first = loss;
            first = problem.evaluations();
        }
        if (k + 1 == schedule.check) loss_check = loss;
        if (k + 1 == 100) to_100 = wall1 - since;
        if (k < schedule.warmup || !std::isfinite(loss)) continue;
        wall.add(wall1 - wall0);
        cpu.add(cpu1 - cpu0);
        if (wall1 - timed_since >= seconds && k + 1 >= schedule.check) break;
    }

    const Evaluations last = problem.evaluations();
    row.count("iterations", wall.count())
        .number("seconds_per_iteration", wall.median())
        .number("min", wall.min())
        .number("mean", wall.mean())
        .number("cpu_seconds_per_iteration", cpu.median())
        .count("nfe_forward", first.forward)
        .count("nfe_backward", first.backward)
        .count("nfe_forward_last", last.forward)
        .count("nfe_backward_last", last.backward)
        .number("loss_first", loss_first)
        .number("loss_check", loss_check)
        .count("check_iteration", schedule.check)
        .number("loss_last", loss)
        .number("grad_norm_first", grad_norm)
        .number("grad_proj_first", grad_proj)
        .number("peak_rss_mb", peak_rss_mb())
        .number("base_rss_mb", base)
        .null("compile_seconds")
        .number("seconds_to_first_gradient", to_gradient)
        .number("seconds_to_iteration_100", to_100)
        .number("loadavg", loadavg)
        .text("status", std::isfinite(loss) ? "ok" : "loss became non-finite");
}

}  // namespace costate::bench
