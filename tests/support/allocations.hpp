// tests/support/allocations.hpp — how often was memory asked for?
//   const long before = test::allocations();   adam.step(gradients);   CHECK(test::allocations() == before);
// allocations.cpp replaces the program's operator new, in all its forms, by one that counts the calls of this thread.
#pragma once

namespace costate::test {

long allocations();

template <class Action>
long allocations_in(Action action) {
    const long before = allocations();
    action();
    return allocations() - before;
}

}  // namespace costate::test
