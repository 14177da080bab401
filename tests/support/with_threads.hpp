// tests/support/with_threads.hpp — so many threads, until the end of the scope; then one again
#pragma once
#include "core/threads.hpp"  // brings: set_threads

namespace costate::test {

class WithThreads {
public:
    explicit WithThreads(int count) { set_threads(count); }
    ~WithThreads() { set_threads(1); }
    WithThreads(const WithThreads&) = delete;
};

}  // namespace costate::test
