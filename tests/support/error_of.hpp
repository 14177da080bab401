// tests/support/error_of.hpp — the text of the error that an action ends in, or "" when it ends well
#pragma once
#include <string>

#include "core/error.hpp"  // brings: Error

namespace costate::test {

template <class Action>
std::string error_of(Action action) {
    try {
        action();
    } catch (const Error& error) {
        return error.what();
    }
    return "";
}

inline bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace costate::test
