// examples/support/stop_signals.hpp — Ctrl-C, or a machine that shuts down, asks a training to end where it can keep its work
//   StopSignals stop;   while (!stop.received()) ...;   return stop.exit_status();       128 + the signal's number
// A second signal of the same kind ends the program at once, as it does without.
#pragma once
#include <csignal>

namespace costate::support {

class StopSignals {
public:
    StopSignals() {
        number = 0;
        for (const int signal : {SIGINT, SIGTERM}) std::signal(signal, note);
    }
    ~StopSignals() {
        for (const int signal : {SIGINT, SIGTERM}) std::signal(signal, SIG_DFL);
    }
    StopSignals(const StopSignals&) = delete;
    StopSignals& operator=(const StopSignals&) = delete;

    bool received() const { return number != 0; }
    int exit_status() const { return number == 0 ? 0 : 128 + number; }

private:
    static void note(int signal) {
        number = signal;
        std::signal(signal, SIG_DFL);
    }
    static inline volatile std::sig_atomic_t number = 0;
};

}  // namespace costate::support
