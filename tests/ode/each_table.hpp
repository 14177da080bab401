// tests/ode/each_table.hpp — the library's tables of one kind, that which the body takes; how many they are
//   for_each_table([]<int S>(const AdditivePair<S>& pair) { ... })
#pragma once
#include <type_traits>

#include "ode/methods.hpp"  // brings: AllTables, MethodList

namespace costate::test {

template <const auto&... table, class Body>
int for_each_of(ode::MethodList<table...>, const Body& body) {
    int count = 0;
    const auto visit = [&](const auto& one) {
        if constexpr (std::is_invocable_v<const Body&, decltype(one)>) body(one), ++count;
    };
    (visit(table), ...);
    return count;
}

template <class Body>
int for_each_table(const Body& body) {
    return for_each_of(ode::AllTables(), body);
}

}  // namespace costate::test
