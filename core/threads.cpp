#include "core/threads.hpp"

#if defined(COSTATE_THREADS)
#include <algorithm>
#include <atomic>
#include <exception>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "core/denormals.hpp"  // brings: float_mode, set_float_mode
#endif

namespace costate {

#if defined(COSTATE_THREADS)

namespace {

thread_local bool within_part = false;

// Parts `first`, first + step, ... of a job, and what went wrong in the first of them that failed.
struct Share {
    void (*run)(void* job, int part) = nullptr;
    void* job = nullptr;
    int first = 0, step = 1, end = 0;
    int failed = end;
    std::exception_ptr error = nullptr;

    void take() {
        const bool before = std::exchange(within_part, true);
#if defined(__cpp_exceptions)
        int part = first;
        try {
            for (; part < end; part += step) run(job, part);
        } catch (...) {
            failed = part;
            error = std::current_exception();
        }
#else
        for (int part = first; part < end; part += step) run(job, part);
#endif
        within_part = before;
    }
};

// A thread of the team: who asks writes its share and says `asked`; it answers `done`.
class alignas(64) Member {
public:
    Member() : thread_([this] { work(); }) {}
    ~Member() {
        tell(leaving);
        if (thread_.get_id() == std::this_thread::get_id())
            thread_.detach();  // a part has called exit()
        else
            thread_.join();
    }
    void ask(const Share& share) {
        share_ = share;
        context_ = Context::now();
        float_mode_ = float_mode();
        tell(asked);
    }
    Share& answer() {
        await([](int state) { return state == done; });
        return share_;
    }

private:
    enum State : int { done, asked, leaving };

    void tell(State state) {
        state_.store(state, std::memory_order_release);
        state_.notify_one();
    }
    template <class Is>
    void await(Is is) const {
        constexpr int looks = 1000;
        for (int i = 0;; ++i) {
            const int state = state_.load(std::memory_order_acquire);
            if (is(state)) return;
            if (i >= looks) state_.wait(state, std::memory_order_acquire);
#if defined(__x86_64__) || defined(__i386__)
            __builtin_ia32_pause();
#endif
        }
    }
    void work() {
        for (;;) {
            await([](int state) { return state != done; });
            if (state_.load(std::memory_order_relaxed) == leaving) return;
            const Context::WorkFor caller(context_);
            set_float_mode(float_mode_);
            share_.take();
            int now = asked;
            state_.compare_exchange_strong(now, done, std::memory_order_release);  // or it is to leave
            state_.notify_one();
        }
    }

    std::atomic<int> state_{done};
    Share share_;
    const Context* context_ = nullptr;
    std::uint64_t float_mode_ = 0;
    std::thread thread_;  // the last: it begins when all else is there
};

struct Team {
    std::atomic<bool> at_work{false};
    std::atomic<int> threads{1};
    std::vector<std::unique_ptr<Member>> members;  // one less than the most threads there have been

    // Up to `count` members; how many there are then.
    int start(int count) {
#if defined(__cpp_exceptions)
        try {
#endif
            while (std::ssize(members) < count) members.push_back(std::make_unique<Member>());
#if defined(__cpp_exceptions)
        } catch (const std::exception&) {  // no thread, or no memory for one
        }
#endif
        return static_cast<int>(members.size());
    }
    bool takes_a_job() { return !at_work.exchange(true, std::memory_order_acquire); }
    void is_free() { at_work.store(false, std::memory_order_release); }
};

Team& team() {
    static Team team;
    return team;
}

}  // namespace

int threads() { return team().threads.load(std::memory_order_relaxed); }

void set_threads(int count, Where at) {
    require_within("set_threads", "count", count, 1, most_threads + 1, at);
    if (within_part)
        fail(at, {.what = "set_threads: called within a part of a job",
                  .got = text("count = ", count),
                  .expected = "a call between two jobs: this one waits for its parts"});
    Team& t = team();
    while (!t.takes_a_job()) std::this_thread::yield();
    const int started = t.start(count - 1);
    if (started >= count - 1) t.threads = count;
    t.is_free();
    if (started < count - 1)
        fail(at, {.what = "set_threads: the system starts no more threads",
                  .got = text("count = ", count),
                  .expected = text("at most ", started + 1)});
}

void run_parts(int parts, void (*run)(void* job, int part), void* job) {
    Team& t = team();
    const int step = std::min(parts, threads());
    if (step == 1 || !t.takes_a_job()) {
        for (int part = 0; part < parts; ++part) run(job, part);
        return;
    }
    for (int k = 1; k < step; ++k)
        t.members[k - 1]->ask({.run = run, .job = job, .first = k, .step = step, .end = parts});
    Share own{.run = run, .job = job, .first = 0, .step = step, .end = parts};
    own.take();
    Share* first = &own;
    for (int k = 1; k < step; ++k)
        if (Share& share = t.members[k - 1]->answer(); share.failed < first->failed) first = &share;
    const std::exception_ptr error = std::move(first->error);
    t.is_free();
#if defined(__cpp_exceptions)
    if (error) std::rethrow_exception(error);
#endif
}

#else

int threads() { return 1; }

void set_threads(int count, Where at) {
    if (count == 1) return;
    fail(at, {.what = "set_threads: this library is built for one thread",
              .got = text("count = ", count),
              .expected = "1",
              .fix = "compile it with -DCOSTATE_THREADS -pthread"});
}

void run_parts(int parts, void (*run)(void* job, int part), void* job) {
    for (int part = 0; part < parts; ++part) run(job, part);
}

#endif

}  // namespace costate
