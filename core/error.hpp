// core/error.hpp — how the library says that something is wrong
//   fail(at, {.what = "matmul: the inner sizes differ", .got = text("A ", a.shape(), " times B ", b.shape()), .expected = ...})
// prints as
//   matmul: the inner sizes differ
//     got       A [3,4] times B [5,2]
//     expected  A [m,k] times B [k,n]: k is 4 in A but 5 in B
//     try       matmul(A, transpose(B)) if B is stored row by row
//     where     examples/03_mlp.cpp:41
//     while     recording the field of the solve at examples/03_mlp.cpp:57
// Built with exceptions, fail throws one type, costate::Error. Built without (-fno-exceptions), the same text goes to one
// replaceable handler, which must not return; the default writes it to stderr and aborts. Built with COSTATE_SMALL the text is
// the line alone, "mine.cpp:12".
#pragma once
#include <string>  // brings: std::string, to_string
#include <string_view>
#include <type_traits>
#include <utility>
#if defined(__cpp_exceptions)
#include <exception>
#endif

#include "core/real.hpp"   // brings: Number
#include "core/small.hpp"  // brings: small_machine, COSTATE_THREAD_LOCAL

namespace costate {

// The line that called a public function: `Where at = {}` as its last parameter captures the caller's file and line.
// A literal 0 is no Where, although it could be a const char*: in x.size(0) it can only be an axis.
struct Where {
    struct File {
        const char* name;
        File(const char* file) : name(file) {}
    };
    const char* file = nullptr;
    int line = 0;
    Where(File file_ = __builtin_FILE(), int line_ = __builtin_LINE()) : file(file_.name), line(line_) {}
    static Where nowhere() { return {nullptr, 0}; }  // no line that a user wrote
};

struct Untold {  // a text that a small machine does without
    constexpr Untold() = default;
    template <class Text>
    constexpr Untold(const Text&) {}
    template <class Text>
    Untold& operator+=(const Text&) {
        return *this;
    }
};
using FailureText = std::conditional_t<small_machine, Untold, std::string>;

struct Failure {
    FailureText what;           // the operation, a colon, and what is wrong with it
    FailureText got = {};       // the offending values
    FailureText expected = {};  // what would have been right
    FailureText likely = {};    // the probable cause, when there is one worth naming
    FailureText fix = {};       // printed as "try": what to do next
    FailureText during = {};    // printed as "while", a line each: fail() says what was going on (Context)
};

std::string to_text(Where at);  // "mine.cpp:12"
std::string to_text(const Failure& failure, Where at);

#if defined(__cpp_exceptions)
class Error : public std::exception {
public:
    Error(Failure failure, Where at) : failure_(std::move(failure)), text_(to_text(failure_, at)) {}
    const char* what() const noexcept override { return text_.c_str(); }
    const Failure& failure() const noexcept { return failure_; }

private:
    Failure failure_;
    std::string text_;
};
#endif

// Called instead of throwing in a build without exceptions. Must not return.
using FailureHandler = void (*)(const char* text);
void set_failure_handler(FailureHandler handler);

[[noreturn]] void fail(Where at, Failure failure);
[[noreturn]] inline void fail(Failure failure, Where here = {}) { fail(here, std::move(failure)); }

// Something that deserves a look but is no error: a text that begins with "warning: " goes to a handler; the default writes
// it to stderr.
void warn(Where at, Failure failure);
void set_warning_handler(FailureHandler handler);

// What is going on on this thread, for errors that happen meanwhile. Each lives on the stack, as long as it lasts.
class Context {
public:
    Context(const Context&) = delete;
    Context& operator=(const Context&) = delete;

    // The line that an operation recorded at `at` belongs to: that of the call it is part of, if there is one.
    static Where line(Where at) { return innermost && innermost->line_.file ? innermost->line_ : at; }

    // The line that asked for what is going on: where the library itself calls what others wrote.
    static Where caller() {
        if (innermost == nullptr) return Where::nowhere();
        return innermost->line_.file ? innermost->line_ : innermost->at_;
    }

    // On a thread that works for another one, which waits for it: what is going on there is going on here, too.
    static const Context* now() { return innermost; }
    class WorkFor {
    public:
        explicit WorkFor(const Context* theirs) { innermost = theirs; }
        ~WorkFor() { innermost = nullptr; }
        WorkFor(const WorkFor&) = delete;
    };

protected:
    Context(const char* doing, const char* what, Where at, Where line)
        : doing_(doing), what_(what), at_(at), line_(line), outer_(innermost) {
        innermost = this;
    }
    ~Context() { innermost = outer_; }

private:
    friend Where explained(Failure&, Where);
    static inline COSTATE_THREAD_LOCAL const Context* innermost = nullptr;
    const char *doing_, *what_;
    Where at_, line_;
    const Context* outer_;
};

// A function that is made of others:  const CalledFrom caller(at);  errors in what it calls name its caller's line.
class CalledFrom : Context {
public:
    explicit CalledFrom(Where at) : Context(nullptr, nullptr, at, line(at)) {}
};

// A function that calls what others wrote:  const While doing("recording the field of the solve", at);  errors name the line
// on which they happen, and this one beside it. Operations recorded meanwhile belong to the line `recorded`, if given.
class While : Context {
public:
    While(const char* doing, Where at) : While(doing, "", at, Where::nowhere()) {}
    While(const char* doing, const char* what, Where at, Where recorded) : Context(doing, what, at, recorded) {}
};

// An error unless value lies in [low, high); in [low, ∞).
void require_within(const char* what, const char* name, Number value, Number low, Number high, Where at);
void require_at_least(const char* what, const char* name, Number value, Number low, Where at);

// The shortest text that a reader needs: "0.1", "4.1e-17", "nan"; a small machine has none.
std::string number_text(double value);

// spelled("entries ", first, " to ", n, " of ", shape): strings, numbers, and whatever there is a to_text for, in a row.
template <class Part>
void append_text(std::string& whole, const Part& part) {
    if constexpr (std::is_convertible_v<const Part&, std::string_view>)
        whole += std::string_view(part);
    else if constexpr (std::is_floating_point_v<Part>)
        whole += number_text(static_cast<double>(part));
    else if constexpr (std::is_integral_v<Part>)
        whole += std::to_string(part);
    else
        whole += to_text(part);
}
template <class... Parts>
std::string spelled(const Parts&... parts) {
    std::string whole;
    (append_text(whole, parts), ...);
    return whole;
}
// Of what is wrong, if anything: the text is there or not, and on a small machine that is all.
template <class... Parts>
std::string reason([[maybe_unused]] const Parts&... parts) {
    if constexpr (small_machine)
        return "?";
    else
        return spelled(parts...);
}
// The same for what only a reader needs, as of an error: on a small machine there is none.
template <class... Parts>
std::string text([[maybe_unused]] const Parts&... parts) {
    if constexpr (small_machine)
        return {};
    else
        return spelled(parts...);
}

}  // namespace costate
