// ode/times_in_vars.cpp — times that are Vars, so that a solve has a gradient by them
#include <algorithm>

#include "autodiff/tape/tape.hpp"
#include "ode/times.hpp"

namespace costate::ode::inline COSTATE_PRECISION {

Times::Times(Var list, Where at) : var_(list) { take_shape(list.shape(at), "Var", 2, at); }

Var Times::on(Tape& tape, Where at) const {
    if (!var_.is_zero()) return tape.bring(var_, at);
    const auto joins = std::ranges::find_if(entries(), [](const Entry& e) { return e.join != nullptr; });
    if (joins == entries().end())
        fail(at, {.what = "solve: an entry among the times is nothing",
                  .got = text("{} in a list of ", size()),
                  .expected = "numbers, Vars or Parameters",
                  .fix = "leave it out, or write the time"});
    return joins->join(tape, *this, at);
}

}  // namespace costate::ode
