// optim/stop.hpp — why a minimisation ended
#pragma once

namespace costate::optim {

enum class Stop {
    not_yet,
    small_gradient,  // the slope is within the tolerance
    small_change,    // the last step changed too little
    iterations,      // as many as were allowed
    stuck            // no step, however short, leads down: rounding's floor, or a gradient that is not the loss's
};

inline const char* to_text(Stop stop) {
    switch (stop) {
        case Stop::not_yet: return "not yet";
        case Stop::small_gradient: return "small gradient";
        case Stop::small_change: return "small change";
        case Stop::iterations: return "iterations";
        case Stop::stuck: return "stuck";
    }
    return "";
}

}  // namespace costate::optim
