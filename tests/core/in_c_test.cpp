// tests/core/in_c_test.cpp — the elementary functions as C: compiled by the machine's C compiler, they have the C++ bits
#define COSTATE_ROUND_TWICE
#include "core/elementary/elementary.hpp"  // brings: rounded_twice::exp, ..., which have the bits of BITS=same in any build
#undef COSTATE_ROUND_TWICE
#include "core/elementary/in_c.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <string>
#include <vector>

#include "tests/core/sequence.hpp"  // brings: Bits
#include "tests/support/error_of.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace costate;
using namespace costate::test;
namespace rt = costate::rounded_twice;

namespace {

struct Twin {
    std::string_view name;
    bool of_two;
    Real (*in_cpp)(Real x, Real y);
};
#define COSTATE_TWIN(f)                                          \
    {                                                            \
#f, false, [](Real x, Real) -> Real { return rt::f(x); } \
    }
#define COSTATE_TWIN_OF_TWO(f)                                       \
    {                                                                \
#f, true, [](Real x, Real y) -> Real { return rt::f(x, y); } \
    }
constexpr Twin twins[] = {
    COSTATE_TWIN(exp),
    COSTATE_TWIN(expm1),
    COSTATE_TWIN(log),
    COSTATE_TWIN(log1p),
    COSTATE_TWIN(tanh),
    COSTATE_TWIN(sigmoid),
    COSTATE_TWIN(softplus),
    COSTATE_TWIN(sin),
    COSTATE_TWIN(cos),
    COSTATE_TWIN(tan),
    COSTATE_TWIN(atan),
    COSTATE_TWIN(erf),
    COSTATE_TWIN_OF_TWO(pow),
    COSTATE_TWIN_OF_TWO(hypot),
    COSTATE_TWIN_OF_TWO(atan2),
    {"sqrt", false, [](Real x, Real) -> Real { return std::sqrt(x); }},
    {"abs", false, [](Real x, Real) -> Real { return std::fabs(x); }},
};
constexpr std::size_t functions = std::size(twins);
using Point = std::array<Real, 2>;
using Results = std::array<Real, functions>;

const std::string flags = "cc -std=c99 -O2 -Wall -Wextra -Wpedantic -Wconversion -Werror -ffp-contract=off ";
bool succeeds(const std::string& command) { return std::system(command.c_str()) == 0; }
bool no_compiler() {
    if (succeeds("cc --version > /dev/null 2>&1")) return false;
    MESSAGE("there is no cc here: nothing was compiled");
    return true;
}

std::string program_of(const std::vector<std::string_view>& names) {
    const std::string type = sizeof(Real) == sizeof(float) ? "float" : "double";
    return "#include <stdio.h>\ntypedef " + type + " real;\n" + elementary::functions_in_c(names, "law_");
}
void write(const std::string& path, const std::string& text) { std::ofstream(path, std::ios::binary) << text; }

std::vector<Point> points() {
    using Limits = std::numeric_limits<Real>;
    std::vector<Real> special;
    for (const double x : {0., 0.5, 1., 1.5, 2., 3., 4., 6., 10., 20., 40., 88.8, 104., 709.8, 745.2, 1e5, 1.6e5, 1e22})
        for (const Real turn : {static_cast<Real>(x), std::nextafter(static_cast<Real>(x), Limits::infinity())})
            special.push_back(turn), special.push_back(-turn);
    for (const Real x : {Limits::min(), Limits::denorm_min(), Limits::max(), Limits::infinity(), Limits::quiet_NaN(),
                         1 / Limits::epsilon(), 1 / Limits::epsilon() + 1, 2 / Limits::epsilon()})
        special.push_back(x), special.push_back(-x);
    std::vector<Point> all;
    for (const Real x : special)
        for (const Real y : special) all.push_back({x, y});
    Bits next;
    const auto uniform = [&](double low, double high) { return static_cast<Real>(next.uniform(low, high)); };
    const auto any_bits = [&] { return rt::detail::real_of<Real>(static_cast<rt::detail::Bits<Real>>(next())); };
    for (int e = Limits::min_exponent - Limits::digits; e <= Limits::max_exponent; ++e)  // every exponent
        for (const Real f : {Real(0.5), Real(0.70710678), uniform(0.5, 1), -uniform(0.5, 1)})
            all.push_back({std::ldexp(f, e), std::ldexp(uniform(-1, 1), e)});
    for (int i = 0; i < 12'000; ++i) {
        all.push_back({any_bits(), any_bits()});
        all.push_back({any_bits(), uniform(-4, 4)});
        all.push_back({uniform(-4, 4), uniform(-4, 4)});
        all.push_back({uniform(-750, 750), std::floor(uniform(-60, 60))});
        all.push_back({uniform(0, 3), uniform(-700, 700)});
        all.push_back({uniform(-1e6, 1e6), uniform(-1e6, 1e6)});
    }
    return all;
}

template <class Entry>
std::vector<Entry> read(const std::string& path, std::size_t count) {
    std::vector<Entry> entries(count);
    std::ifstream file(path, std::ios::binary);
    file.read(reinterpret_cast<char*>(entries.data()), static_cast<std::streamsize>(count * sizeof(Entry)));
    return file ? entries : std::vector<Entry>{};
}

bool same(Real a, Real b) { return a != a ? b != b : rt::detail::bits_of(a) == rt::detail::bits_of(b); }

}  // namespace

TEST_SUITE_BEGIN("core");

TEST_CASE("functions in C have the bits of those in C++, at a million points") {
    if (no_compiler()) return;
    std::vector<std::string_view> names;
    std::string calls;
    for (const Twin& twin : twins) {
        calls += "        out[" + std::to_string(names.size()) + "] = law_" + std::string(twin.name) +
                 (twin.of_two ? "(in[0], in[1]);\n" : "(in[0]);\n");
        names.push_back(twin.name);
    }
    const TemporaryFolder folder;
    write(folder / "law.c", program_of(names) + "\nint main(void) {\n    real in[2], out[" + std::to_string(functions) +
                                "];\n    while (fread(in, sizeof in, 1, stdin) == 1) {\n" + calls +
                                "        fwrite(out, sizeof out, 1, stdout);\n    }\n    return 0;\n}\n");
    const std::vector<Point> all = points();
    write(folder / "in", {reinterpret_cast<const char*>(all.data()), all.size() * sizeof(Point)});
    REQUIRE(succeeds(flags + "-o " + (folder / "law") + " " + (folder / "law.c")));
    REQUIRE(succeeds((folder / "law") + " < " + (folder / "in") + " > " + (folder / "out")));
    const auto in_c = read<Results>(folder / "out", all.size());
    REQUIRE(in_c.size() == all.size());
    for (std::size_t k = 0; k < functions; ++k) {
        CAPTURE(twins[k].name);
        int others = 0;
        Point at{};
        for (std::size_t i = 0; i < all.size(); ++i)
            if (!same(in_c[i][k], twins[k].in_cpp(all[i][0], all[i][1]))) at = all[i], ++others;
        CAPTURE(at[0]);
        CAPTURE(at[1]);
        CHECK(others == 0);
    }
}

// A function that nobody calls is a warning, and a warning an error.
TEST_CASE("a function in C comes with all that it needs, and nothing else") {
    if (no_compiler()) return;
    const TemporaryFolder folder;
    for (const Twin& twin : twins) {
        CHECK(elementary::is_in_c(twin.name));
        const std::string name(twin.name), parameters = twin.of_two ? "(real x, real y)" : "(real x)";
        write(folder / (name + ".c"), program_of({twin.name}) + "\nreal f" + parameters + ";\nreal f" + parameters +
                                          " { return law_" + name + (twin.of_two ? "(x, y)" : "(x)") + "; }\n");
    }
    CHECK(succeeds("cd " + folder.path.string() + " && " + flags + "-O0 -c *.c"));
}

TEST_CASE("functions in C: each is printed once, and what there is not is an error") {
    const std::vector<std::string_view> one = {"tanh"}, twice = {"tanh", "tanh"}, none = {"tanh", "gamma"};
    CHECK(elementary::functions_in_c(one, "p_") == elementary::functions_in_c(twice, "p_"));
    CHECK(contains(elementary::functions_in_c(one, "p_"), "static real p_tanh(real x) {"));
    CHECK_FALSE(elementary::is_in_c("gamma"));
    CHECK_FALSE(elementary::is_in_c("exp_of"));
    CHECK(contains(error_of([&] { (void)elementary::functions_in_c(none, "p_"); }), "got       gamma"));
}

TEST_SUITE_END();
