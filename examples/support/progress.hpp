// examples/support/progress.hpp — how far is the training, and how long will it take?
//   Progress progress(400, {.step = "epoch"});
//   for (int epoch = 1; epoch <= 400; ++epoch) { ...; progress.update(epoch, loss, evaluations); }
//   epoch 120/400  loss 0.0123  evaluations 5040  3.1 s left
// What is left is estimated from the recent updates: those of more rows take longer. A loss of more and more rows rises; told
// how many, update(epoch, loss, evaluations, rows), the line says so: "loss 0.0123 of 7 rows", of {.of = "rows"}.
// On a terminal one line is rewritten, at most ten times a second; elsewhere (a file, a pipe) ten plain lines in all.
// It goes to stderr, so that the results on stdout stay clean.
#pragma once
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <string>
#include <utility>

#if defined(__unix__) || defined(__APPLE__)
#include <unistd.h>  // brings: isatty
#endif

namespace costate::support {

struct ProgressWords {
    std::string step = "update", number = "loss",
                of = "rows";  // what is counted; what is told of it, of how many of these
    std::FILE* out = stderr;
};

inline std::string progress_text(const ProgressWords& words, int step, int steps, double number, long evaluations,
                                 long rows, double seconds, bool left) {
    const auto printed = [](const char* format, double value) {
        char text[64];
        std::snprintf(text, sizeof text, format, value);
        return std::string(text);
    };
    std::string line = words.step + " " + std::to_string(step) + "/" + std::to_string(steps) + "  " + words.number +
                       printed(" %.3g", number);
    if (rows > 0) line += " of " + std::to_string(rows) + " " + words.of;
    if (evaluations > 0) line += "  evaluations " + std::to_string(evaluations);
    const double minutes = std::floor(seconds / 60);
    return line +
           (seconds >= 60 ? printed("  %.0f min", minutes) + printed(" %.0f s", std::floor(seconds - 60 * minutes))
                          : printed(seconds < 10 ? "  %.1f s" : "  %.0f s", seconds)) +
           (left ? " left" : "");
}

class Progress {
public:
    explicit Progress(int steps, ProgressWords words = {}, int done = 0)  // done: before, by a program that ended
        : steps_(steps),
          last_step_(done),
          shown_step_(done),
          words_(std::move(words)),
          on_terminal_(is_terminal(words_.out)) {}

    void update(int step, double number, long evaluations = 0, long rows = 0) {  // from 1 on; 0: not counted
        const auto now = Clock::now();
        const bool last = step == steps_;
        const bool due = on_terminal_ ? now - shown_ >= std::chrono::milliseconds(100)
                                      : step * 10L / steps_ > last_step_ * 10L / steps_;
        last_step_ = step;
        if (!due && !last) return;
        const auto seconds = [&](Clock::time_point since) {
            return std::chrono::duration<double>(now - since).count();
        };
        // An update's seconds: a mean in which those longer ago than a quarter of all the time count little.
        const double all = seconds(start_), since = seconds(shown_), each = since / std::max(1, step - shown_step_);
        each_ += (each_ > 0 ? 1 - std::exp(-4 * since / all) : 1) * (each - each_);
        shown_ = now;
        shown_step_ = step;
        const std::string text =
            progress_text(words_, step, steps_, number, evaluations, rows, last ? all : each_ * (steps_ - step), !last);
        // \033[K clears what a longer line before has left at its end.
        std::fprintf(words_.out, on_terminal_ ? "\r%s\033[K%s" : "%s%s", text.c_str(),
                     last || !on_terminal_ ? "\n" : "");
        std::fflush(words_.out);
    }

    // What optim::train shows its progress to: {.progress = progress.follow()}
    auto follow() {
        return [this](const auto& now) { update(static_cast<int>(now.updates), now.loss); };
    }

private:
    using Clock = std::chrono::steady_clock;

    static bool is_terminal([[maybe_unused]] std::FILE* out) {
#if defined(__unix__) || defined(__APPLE__)
        return isatty(fileno(out)) == 1;
#else
        return false;
#endif
    }

    int steps_, last_step_, shown_step_;
    ProgressWords words_;
    bool on_terminal_;
    Clock::time_point start_ = Clock::now(), shown_ = start_;
    double each_ = 0;  // update's seconds
};

}  // namespace costate::support
