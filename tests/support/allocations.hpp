// tests/support/allocations.hpp — how often was memory asked for, and how much?
//   const long before = test::allocations();   adam.step(gradients);   CHECK(test::allocations() == before);
// allocations.cpp replaces the program's operator new, in all its forms, by one that counts the calls of this thread and
// their bytes.
#pragma once

namespace costate::test {

long allocations();  // of this thread
long allocations_of_all_threads();
long allocated_bytes();

// While one lives, operator new stops: it throws std::bad_alloc, or is null where that was asked for.
class NoMoreMemory {
public:
    NoMoreMemory();
    ~NoMoreMemory();
    NoMoreMemory(const NoMoreMemory&) = delete;
};

template <class Action>
long allocations_in(Action action) {
    const long before = allocations();
    action();
    return allocations() - before;
}

template <class Action>
long allocated_bytes_in(Action action) {
    const long before = allocated_bytes();
    action();
    return allocated_bytes() - before;
}

}  // namespace costate::test
