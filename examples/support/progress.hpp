// examples/support/progress.hpp — how far is the training, and how long will it take?
//   Progress progress(400, {.step = "epoch"});
//   for (int epoch = 1; epoch <= 400; ++epoch) { ...; progress.update(epoch, loss, evaluations); }
//   epoch 120/400  loss 0.0123  evaluations 5040  3 s left
// On a terminal one line is rewritten, at most ten times a second; elsewhere (a file, a pipe) ten plain lines in all.
// It goes to stderr, so that the results on stdout stay clean.
#pragma once
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
    std::string step = "update", number = "loss";  // what is counted, and what is told of it
    std::FILE* out = stderr;
};

inline std::string progress_text(const ProgressWords& words, int step, int steps, double number, long evaluations,
                                 double seconds_left) {
    char text[64];
    std::snprintf(text, sizeof text, " %.3g", number);
    std::string line =
        words.step + " " + std::to_string(step) + "/" + std::to_string(steps) + "  " + words.number + text;
    if (evaluations > 0) line += "  evaluations " + std::to_string(evaluations);
    return line + "  " + std::to_string(std::lround(std::ceil(seconds_left))) + " s left";
}

class Progress {
public:
    explicit Progress(int steps, ProgressWords words = {})
        : steps_(steps), words_(std::move(words)), on_terminal_(is_terminal(words_.out)) {}

    void update(int step, double number, long evaluations = 0) {  // from 1 on; 0 evaluations: not counted
        const auto now = Clock::now();
        const bool last = step == steps_;
        const bool due = on_terminal_ ? now - shown_ >= std::chrono::milliseconds(100)
                                      : step * 10L / steps_ > last_step_ * 10L / steps_;
        last_step_ = step;
        if (!due && !last) return;
        shown_ = now;
        const double spent = std::chrono::duration<double>(now - start_).count();
        const std::string text =
            progress_text(words_, step, steps_, number, evaluations, spent / step * (steps_ - step));
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

    int steps_, last_step_ = 0;
    ProgressWords words_;
    bool on_terminal_;
    Clock::time_point start_ = Clock::now(), shown_ = {};
};

}  // namespace costate::support
