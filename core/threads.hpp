// core/threads.hpp — one job in parts, for several threads
//   set_threads(2);                              // for whatever follows; a program begins with 1
//   in_parts(3, [&](int part) { ... });          // parts 0, 1 and 2, each once, maybe at the same time; back when all are done
// who      The thread that asks takes part 0 itself, a thread of the team part 1, and so on: a part goes to the same thread
//          every time, whose cache still holds its rows. More parts than threads go round.
// waits    A thread of the team that is done looks out for the next job for some 20 µs before it sleeps. The stages of a solve
//          follow each other faster than that; waking a thread takes longer.
// users    One job at a time. Who finds the team at work (a thread of the user's own, or a part that asks for parts itself)
//          does all its parts alone, in their order.
// bits     Parts write to places of their own, and sums over rows are made range by range (core/rows.hpp) whoever makes them:
//          results have the same bits for every number of threads.
// errors   The other parts are finished; then the error of the first part that failed goes to who asked. It says what was
//          going on there, as if it had happened on that thread. (Rows that take a step, or all of them, by themselves each
//          stop at a stage of their own: which of two failures is told depends on who had which rows.)
//          A part is computed in the floating-point mode of who asks (core/denormals.hpp).
// limits   A failure handler may be called on a thread of the team. After fork() a child has no team: it is for processes with
//          one thread.
// switch   Without COSTATE_THREADS in the compiler's flags there is one thread, and nothing of this is compiled.
#pragma once
#include <memory>       // brings: std::addressof
#include <type_traits>  // brings: std::remove_reference_t

#include "core/error.hpp"  // brings: Where

namespace costate {

inline constexpr int most_threads = 256;

// How many threads a solve, and a Program's run, may use; less than 1 or more than most_threads, more than the
// system can start, or a call within a part: an error. Where the library is built without threads, 1 is the only number that
// is none.
void set_threads(int count, Where at = {});
int threads();

void run_parts(int parts, void (*run)(void* job, int part), void* job);

template <class Job>
void in_parts(int parts, Job&& job) {
    if (parts == 1) return job(0);
    using Called = std::remove_reference_t<Job>;
    run_parts(
        parts, [](void* called, int part) { (*static_cast<Called*>(called))(part); }, std::addressof(job));
}

}  // namespace costate
