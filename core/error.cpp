#include "core/error.hpp"

#include <cstdio>
#include <cstdlib>
#include <utility>

namespace costate {

namespace {

void print(const char* text) {
    std::fputs(text, stderr);
    std::fputc('\n', stderr);
}

void print_and_stop(const char* text) {
    print(text);
    std::abort();
}

[[maybe_unused]] FailureHandler failure_handler = print_and_stop;
FailureHandler warning_handler = print;

}  // namespace

void set_failure_handler(FailureHandler handler) { failure_handler = handler ? handler : print_and_stop; }

std::string to_text(const Failure& failure, Where at) {
    std::string text = failure.what;
    const auto line = [&text](const char* label, const std::string& body) {
        if (!body.empty()) text.append("\n  ").append(label).append(body);
    };
    line("got       ", failure.got);
    line("expected  ", failure.expected);
    line("likely    ", failure.likely);
    line("try       ", failure.fix);
    if (at.file) line("where     ", std::string(at.file) + ":" + std::to_string(at.line));
    return text;
}

void fail(Failure failure, Where at) {
#if defined(__cpp_exceptions)
    throw Error(std::move(failure), at);
#else
    failure_handler(to_text(failure, at).c_str());
    std::abort();  // a handler that returns would leave the caller with half a result
#endif
}

void set_warning_handler(FailureHandler handler) { warning_handler = handler ? handler : print; }

void warn(const Failure& failure, Where at) { warning_handler(to_text(failure, at).c_str()); }

std::string number_text(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.6g", value);
    return text;
}

}  // namespace costate
