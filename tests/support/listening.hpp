// tests/support/listening.hpp — warnings are heard, in place of stderr
//   const Listening to;   ...   to.warnings().size()
#pragma once
#include <string>
#include <vector>

#include "core/error.hpp"  // brings: set_warning_handler

namespace costate::test {

class Listening {  // one at a time
public:
    Listening() {
        heard().clear();
        set_warning_handler([](const char* text) { heard().push_back(text); });
    }
    ~Listening() { set_warning_handler(nullptr); }
    Listening(const Listening&) = delete;
    Listening& operator=(const Listening&) = delete;

    const std::vector<std::string>& warnings() const { return heard(); }
    void forget() const { heard().clear(); }

private:
    static std::vector<std::string>& heard() {
        static std::vector<std::string> texts;
        return texts;
    }
};

}  // namespace costate::test
