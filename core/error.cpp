#include "core/error.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <utility>

namespace costate {

namespace {

#if defined(COSTATE_SMALL)
// "mine.cpp:12", without a string: those that have no heap fail, too.
[[maybe_unused]] const char* line_of(Where at, const char* before = "") {
    static char line[80];
    char* end = line;
    while (*before) *end++ = *before++;
    for (const char* c = at.file ? at.file : "?"; *c && end < line + 64; ++c) *end++ = *c;
    *end++ = ':';
    int power = 1;
    while (at.line / power >= 10) power *= 10;
    for (; power > 0; power /= 10) *end++ = static_cast<char>('0' + at.line / power % 10);
    *end = '\0';
    return line;
}
[[noreturn, maybe_unused]] void give_up() { __builtin_trap(); }
void stop(const char*) { give_up(); }
void say_nothing(const char*) {}
constexpr FailureHandler at_failure = stop, at_warning = say_nothing;
#else
void print(const char* text) {
    std::fputs(text, stderr);
    std::fputc('\n', stderr);
}

[[noreturn, maybe_unused]] void give_up() { std::abort(); }
void print_and_stop(const char* text) {
    print(text);
    give_up();
}
constexpr FailureHandler at_failure = print_and_stop, at_warning = print;
#endif

[[maybe_unused]] FailureHandler failure_handler = at_failure;
FailureHandler warning_handler = at_warning;

}  // namespace

void set_failure_handler(FailureHandler handler) { failure_handler = handler ? handler : at_failure; }

std::string to_text(Where at) { return at.file ? spelled(at.file, ":", at.line) : "?"; }

#if defined(COSTATE_SMALL)
std::string to_text(const Failure&, Where at) { return to_text(at); }
#else
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
#endif

// Notes what is going on, and gives the line that the error names: of the calls around it, up to the first that runs what
// others wrote, the outermost.
Where explained(Failure& failure, Where at) {
    const Context* c = Context::innermost;
    if (c && !c->doing_ && c->line_.file) at = c->line_;
    for (; c && !small_machine; c = c->outer_) {
        if (!c->doing_) continue;
        const bool is_part = c->outer_ && !c->outer_->doing_;
        const Where from = is_part ? c->outer_->line_ : c->at_;
        failure.during += spelled(c->doing_, c->what_, from.file ? " at " + to_text(from) : "", "\n");
    }
    return at;
}

void fail(Where at, Failure failure) {
    at = explained(failure, at);
#if defined(__cpp_exceptions)
    throw Error(std::move(failure), at);
#else
#if defined(COSTATE_SMALL)
    failure_handler(line_of(at));
#else
    failure_handler(to_text(failure, at).c_str());
#endif
    give_up();  // a handler that returns would leave the caller with half a result
#endif
}

void set_warning_handler(FailureHandler handler) { warning_handler = handler ? handler : at_warning; }

void warn(Where at, Failure failure) {
    at = explained(failure, at);
#if defined(COSTATE_SMALL)
    warning_handler(line_of(at, "warning: "));
#else
    warning_handler(("warning: " + to_text(failure, at)).c_str());
#endif
}

void require_within(const char* what, const char* name, Number value, Number low, Number high, Where at) {
    if (value >= low && value < high) return;
    const bool bounded = high <= std::numeric_limits<Number>::max();
    fail(at, {.what = text(what, ": ", name, " is out of range"),
              .got = text(name, " = ", value),
              .expected = bounded ? text(low, " ≤ ", name, " < ", high) : text("a finite number, at least ", low)});
}

void require_at_least(const char* what, const char* name, Number value, Number low, Where at) {
    require_within(what, name, value, low, std::numeric_limits<Number>::infinity(), at);
}

#if defined(COSTATE_SMALL)
std::string number_text(double) { return "a number"; }
#else
std::string number_text(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.6g", value);
    return text;
}
#endif

}  // namespace costate
