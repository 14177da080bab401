// tests/support/with_threads.hpp — so many threads, until the end of the scope; then one again
#pragma once
#include "core/threads.hpp"  // brings: set_threads

namespace costate::test {

// Numbers of threads that are compared. Three race as well as eight, and eight on two cores under a sanitizer take minutes.
#if defined(__SANITIZE_THREAD__)
inline constexpr int most_compared = 3;
#else
inline constexpr int most_compared = 8;
#endif

class WithThreads {
public:
    explicit WithThreads(int count) { set_threads(count); }
    ~WithThreads() { set_threads(1); }
    WithThreads(const WithThreads&) = delete;
};

}  // namespace costate::test
