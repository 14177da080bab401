// tests/support/contains_all.hpp — does a text contain every one of these parts? One that is missing is named
#pragma once
#include <doctest/doctest.h>

#include <initializer_list>
#include <string>

#include "tests/support/error_of.hpp"  // brings: contains

namespace costate::test {

inline bool contains_all(const std::string& text, std::initializer_list<std::string> parts) {
    for (const std::string& part : parts)
        if (!contains(text, part)) {
            MESSAGE("missing: " << part << "\nin: " << text);
            return false;
        }
    return true;
}

}  // namespace costate::test
