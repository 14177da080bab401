#include "core/error.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <limits>
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

std::string to_text(Where at) { return at.file ? text(at.file, ":", at.line) : "?"; }

std::string to_text(const Failure& failure, Where at) {
    std::string text = failure.what;
    const auto line = [&text](const char* label, const std::string& body) {
        if (!body.empty()) text.append("\n  ").append(label).append(body);
    };
    line("got       ", failure.got);
    line("expected  ", failure.expected);
    line("likely    ", failure.likely);
    line("try       ", failure.fix);
    if (at.file) line("where     ", to_text(at));
    for (std::size_t begin = 0, end; begin < failure.during.size(); begin = end + 1) {
        end = std::min(failure.during.find('\n', begin), failure.during.size());
        line("while     ", failure.during.substr(begin, end - begin));
    }
    return text;
}

// Notes what is going on, and gives the line that the error names: of the calls around it, up to the first that runs what
// others wrote, the outermost.
Where explained(Failure& failure, Where at) {
    const Context* c = Context::innermost;
    if (c && !c->doing_ && c->line_.file) at = c->line_;
    for (; c; c = c->outer_) {
        if (!c->doing_) continue;
        const bool is_part = c->outer_ && !c->outer_->doing_;
        const Where from = is_part ? c->outer_->line_ : c->at_;
        failure.during.append(c->doing_).append(c->what_);
        failure.during.append(from.file ? " at " + to_text(from) : "").append("\n");
    }
    return at;
}

void fail(Where at, Failure failure) {
    at = explained(failure, at);
#if defined(__cpp_exceptions)
    throw Error(std::move(failure), at);
#else
    failure_handler(to_text(failure, at).c_str());
    std::abort();  // a handler that returns would leave the caller with half a result
#endif
}

void set_warning_handler(FailureHandler handler) { warning_handler = handler ? handler : print; }

void warn(Where at, Failure failure) {
    at = explained(failure, at);
    failure.what.insert(0, "warning: ");
    warning_handler(to_text(failure, at).c_str());
}

void require_within(const char* what, const char* name, double value, double low, double high, Where at) {
    if (value >= low && value < high) return;
    const bool bounded = high <= std::numeric_limits<double>::max();
    fail(at, {.what = text(what, ": ", name, " is out of range"),
              .got = text(name, " = ", value),
              .expected = bounded ? text(low, " ≤ ", name, " < ", high) : text("a finite number, at least ", low)});
}

void require_at_least(const char* what, const char* name, double value, double low, Where at) {
    require_within(what, name, value, low, std::numeric_limits<double>::infinity(), at);
}

std::string number_text(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.6g", value);
    return text;
}

}  // namespace costate
