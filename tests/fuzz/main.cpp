// tests/fuzz/main.cpp — lets the hunters loose:  fuzz --seconds 60 --seed 1 [--only NAME] [--count N]
// Round k of a hunter has the seed `seed + k`, so a failure is seen again with --only NAME --seed ITS_SEED --count 1.
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "core/error.hpp"
#include "tests/fuzz/hunter.hpp"

using namespace costate;
using namespace costate::test;

namespace {

constexpr Hunter hunters[] = {
    {"programs", hunt_programs},
    {"fields", hunt_fields},
    {"calls", hunt_calls},
    {"files", hunt_files},
};

const char* running = "";
std::uint64_t running_seed = 0;

extern "C" void crashed(int signal) {  // the report is lost, the seed is not
    std::fprintf(stderr, "\ncrashed (signal %d): --only %s --seed %llu --count 1\n", signal, running,
                 static_cast<unsigned long long>(running_seed));
    std::_Exit(1);
}

int usage(const char* word) {
    std::fprintf(stderr, "fuzz: what is \"%s\"?\n  --seconds S  --seed N  --count ROUNDS  --only", word);
    for (const Hunter& h : hunters) std::fprintf(stderr, " %s", h.name);
    std::fprintf(stderr, "\n");
    return 2;
}

}  // namespace

int main(int argc, char** argv) {
    double seconds = 60;
    std::uint64_t seed = 1, count = 0;
    const char* only = "";
    for (int i = 1; i < argc; i += 2) {
        const std::string name = argv[i];
        const char* value = i + 1 < argc ? argv[i + 1] : "";
        if (name == "--seconds")
            seconds = std::atof(value);
        else if (name == "--seed")
            seed = std::strtoull(value, nullptr, 10);
        else if (name == "--count")
            count = std::strtoull(value, nullptr, 10);
        else if (name == "--only")
            only = value;
        else
            return usage(argv[i]);
    }
    std::size_t chosen = 0;
    for (const Hunter& h : hunters) chosen += *only == '\0' || std::strcmp(h.name, only) == 0;
    if (chosen == 0) return usage(only);
    for (const int signal : {SIGSEGV, SIGABRT, SIGFPE, SIGBUS, SIGILL}) std::signal(signal, crashed);
    set_warning_handler([](const char*) {});  // random fields give reasons enough
    const auto start = std::chrono::steady_clock::now();
    const auto passed = [&start] {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    };
    std::uint64_t round = 0;
    for (; count > 0 ? round < count : passed() < seconds; ++round)
        for (const Hunter& h : hunters) {
            if (*only != '\0' && std::strcmp(h.name, only) != 0) continue;
            running = h.name;
            running_seed = seed + round;
            Choices choices(running_seed);
            std::string report = caught(h.hunt, choices);
            if (report.empty()) continue;
            std::printf("%s found something: --only %s --seed %llu --count 1\n", h.name, h.name,
                        static_cast<unsigned long long>(running_seed));
            std::fflush(stdout);  // a failing program may take its time to shrink
            const std::size_t before = choices.made().size();
            const std::size_t after = shrunk(h.hunt, choices.made(), report).size();
            std::printf("(%zu choices, shrunk to %zu)\n%s\n", before, after, report.c_str());
            return 1;
        }
    std::printf("fuzz: %llu rounds of %zu hunter(s) from seed %llu in %.0f s, nothing found\n",
                static_cast<unsigned long long>(round), chosen, static_cast<unsigned long long>(seed), passed());
    return 0;
}
