// tests/bench/main.cpp — the benchmark program: one JSON line for each workload and variant
//   bench [--only W2,spiral] [--seconds 10] [--variant spec,discrete] [--dtype float64] [--threads 1] [--list] [--check]
// Options, names and fields are those of the peers' programs, so that their lines and ours go into one table. Defaults
// differ in one place: --variant is spec,discrete, since the exact gradient of the discrete solve is what we would use
// ourselves where the specification asks for the continuous adjoint.
// why      Every row runs in a child process, this program started once more: peak memory is then the workload's own,
//          and a crash or an endless loop costs one row, not the run. The precision is the build's (make REAL=float).
#include <sys/wait.h>  // brings: waitpid
#include <unistd.h>    // brings: fork, execv, pipe, alarm

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "core/real.hpp"               // brings: Real
#include "core/threads.hpp"            // brings: set_threads
#include "core/width.hpp"              // brings: set_vector_bits
#include "tests/bench/growth.hpp"      // brings: print_growth
#include "tests/bench/kernels.hpp"     // brings: print_kernels
#include "tests/bench/measure.hpp"     // brings: Row, measure
#include "tests/bench/peak.hpp"        // brings: measured_peak
#include "tests/bench/references.hpp"  // brings: deviation
#include "tests/bench/workloads.hpp"   // brings: workloads, print_workloads, Entry, Variant

namespace costate::bench {
namespace {

constexpr const char* dtype = sizeof(Real) == sizeof(double) ? "float64" : "float32";
constexpr const char* usage =
    "bench: one JSON line for each workload and variant\n"
    "  --only NAME,...    workloads by name, id (W2) or beginning of the name; default all\n"
    "  --seconds S        timed iterations of a workload go on for S seconds; default 10\n"
    "  --variant V,...    spec, kept, discrete, direct or all; default spec,discrete\n"
    "  --dtype D          float32 or float64: must be the precision of the build (make REAL=float or REAL=double)\n"
    "  --threads N        that a solve may use; default 1\n"
    "  --growth           how time grows with steps, rows, evaluations and operations, instead (~20 s)\n"
    "  --kernels          products, elementary functions and combinations by themselves, instead (~5 s)\n"
    "  --list             list the workloads and stop\n"
    "  --check            compare losses and gradients with the reference values; exit status 1 if one is outside\n";
#ifdef __clang__
constexpr const char* version = "costate, " __VERSION__;
#else
constexpr const char* version = "costate, g++ " __VERSION__;
#endif

struct UsageError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

struct Options {
    std::vector<const Entry*> entries;
    std::vector<Variant> variants;
    int threads = 1;
    double seconds = 10;
    double since = monotonic_seconds();  // told to a child: when it was started, and what its parent measured
    Peak peak;
    void (*instead)() = nullptr;  // of the workloads
    bool child = false, check = false;
};

struct Run {  // what one row is about
    const Entry& entry;
    Variant variant;
    const Options& options;
};

std::string_view name_of(const std::string_view* names, Variant variant) { return names[static_cast<int>(variant)]; }

// ---- options ----

std::vector<std::string> split(const std::string& text) {
    std::vector<std::string> words(1);
    for (char c : text)
        if (c == ',')
            words.emplace_back();
        else
            words.back() += c;
    return words;
}

std::vector<const Entry*> entries_of(const std::string& only) {
    std::vector<const Entry*> chosen;
    const auto choose = [&](auto&& fits) {
        bool found = false;
        for (const Entry& entry : workloads()) {
            if (!fits(entry)) continue;
            found = true;
            if (std::find(chosen.begin(), chosen.end(), &entry) == chosen.end()) chosen.push_back(&entry);
        }
        return found;
    };
    for (const std::string& word : split(only)) {
        if (choose([&](const Entry& e) { return e.name == word || e.id == word; })) continue;
        if (choose([&](const Entry& e) { return e.name.substr(0, word.size()) == word; })) continue;
        throw UsageError("unknown workload '" + word + "'; --list names them all");
    }
    return chosen;
}

std::vector<Variant> variants_of(const std::string& words) {
    std::vector<Variant> chosen;
    for (const std::string& word : split(words)) {
        const std::size_t before = chosen.size();
        for (Variant v : all_variants)
            if (word == "all" || word == name_of(variant_names, v)) chosen.push_back(v);
        if (chosen.size() == before)
            throw UsageError("unknown variant '" + word + "': spec, kept, discrete, direct or all");
    }
    return chosen;
}

double positive(const std::string& option, const std::string& value) {
    char* end = nullptr;
    const double number = std::strtod(value.c_str(), &end);
    if (value.empty() || *end != '\0' || !(number > 0)) throw UsageError(option + ": '" + value + "' is not above 0");
    return number;
}

Options parse(std::vector<std::string> words) {
    std::string only, variants = "spec,discrete";
    Options options;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::size_t equals = words[i].find('=');
        const std::string option = words[i].substr(0, equals);
        const auto value = [&] {
            if (equals != std::string::npos) return words[i].substr(equals + 1);
            if (i + 1 == words.size()) throw UsageError(option + " wants a value");
            return words[++i];
        };
        if (option == "--only")
            only = value();
        else if (option == "--variant")
            variants = value();
        else if (option == "--seconds")
            options.seconds = positive(option, value());
        else if (option == "--threads")
            options.threads = static_cast<int>(positive(option, value()));
        else if (option == "--since")
            options.since = positive(option, value());
        else if (option == "--peak")
            options.peak.gflops = positive(option, value());
        else if (option == "--tanh")
            options.peak.ns_of_tanh = positive(option, value());
        else if (option == "--growth")
            options.instead = print_growth;
        else if (option == "--kernels")
            options.instead = print_kernels;
        else if (option == "--list")
            options.instead = print_workloads;
        else if (option == "--child")
            options.child = true;
        else if (option == "--check")
            options.check = true;
        else if (option == "--dtype") {
            const std::string wanted = value();
            if (wanted != "float32" && wanted != "float64")
                throw UsageError("--dtype: '" + wanted + "' is neither float32 nor float64");
            if (wanted != dtype)
                throw UsageError("this program was built for " + std::string(dtype) + "; for --dtype " + wanted +
                                 " build it with make bench REAL=" + (wanted == "float32" ? "float" : "double"));
        } else
            throw UsageError("unknown option '" + option + "'");
    }
    options.entries = entries_of(only);
    options.variants = variants_of(variants);
    return options;
}

// ---- rows ----

Row head(const Run& run) {
    Row row;
    row.text("peer", name_of(peer_names, run.variant)).text("workload", run.entry.name).text("dtype", dtype);
    row.count("threads", run.options.threads);
    return row;
}

std::string failed(const Run& run, std::string_view why) {
    return head(run).text("status", why).text("peer_version", version).line();
}

std::string measured(const Run& run) {
    try {
        set_threads(run.options.threads);
        const auto problem = run.entry.make({.workload = run.entry.name, .variant = run.variant});
        Row row = head(run);
        measure(row, *problem, run.entry.schedule, run.options.seconds, run.options.since);
        if (run.options.peak.gflops > 0)
            row.number("limit_seconds", run.entry.least_seconds(run.options.peak, problem->evaluations()));
        return row.text("peer_version", version).line();
    } catch (const std::exception& error) {
        return failed(run, std::string("failed: ") + error.what());
    }
}

// Starts this program again for one row; returns the line that it prints, or one that says why there is none.
std::string measured_in_child(const Run& run, const char* program) {
    const auto digits = [](double x) {
        char text[32];
        std::snprintf(text, sizeof text, "%.17g", x);
        return std::string(text);
    };
    std::vector<std::string> words{program,     "--child",
                                   "--only",    std::string(run.entry.name),
                                   "--variant", std::string(name_of(variant_names, run.variant)),
                                   "--threads", std::to_string(run.options.threads),
                                   "--seconds", digits(run.options.seconds),
                                   "--since",   digits(monotonic_seconds()),
                                   "--peak",    digits(run.options.peak.gflops),
                                   "--tanh",    digits(run.options.peak.ns_of_tanh)};
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);

    int ends[2];
    if (pipe(ends) != 0) return failed(run, "failed: no pipe to a child process");
    const pid_t child = fork();
    if (child < 0) return failed(run, "failed: no child process");
    if (child == 0) {
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        close(ends[1]);
        alarm(static_cast<unsigned>(std::min(600 + 20 * run.options.seconds, 1e9)));  // outlives exec
        execv("/proc/self/exe", arguments.data());
        execvp(program, arguments.data());  // where there is no /proc
        _exit(127);
    }
    close(ends[1]);
    std::string output;
    char buffer[4096];
    for (ssize_t n = 0; (n = read(ends[0], buffer, sizeof buffer)) > 0;)
        output.append(buffer, static_cast<std::size_t>(n));
    close(ends[0]);
    int status = 0;
    waitpid(child, &status, 0);

    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM) return failed(run, "timed out");
    if (WIFSIGNALED(status)) return failed(run, "failed (signal " + std::to_string(WTERMSIG(status)) + ")");
    if (output.empty() || output.back() != '\n')
        return failed(run, "failed (exit " + std::to_string(WEXITSTATUS(status)) + ")");
    output.pop_back();
    return output.substr(output.rfind('\n') + 1);  // a workload may have printed something before its row
}

std::string row(const Run& run, const char* program) {
    if (!run.entry.make) return failed(run, "not yet: the workload is not written");
    return run.options.child ? measured(run) : measured_in_child(run, program);
}

int run(Options options, const char* program) {
    if (options.instead) return options.instead(), 0;
    if (!options.child) {
        options.peak = measured_peak();
        std::fprintf(stderr, "peak of one core: %.1f GFLOP/s, %s multiply-adds; a tanh in %.2f ns\n",
                     options.peak.gflops, dtype, options.peak.ns_of_tanh);
    }
    int status = 0;
    for (const Entry* entry : options.entries)
        for (Variant variant : options.variants) {
            if (!entry->has(variant)) continue;
            const std::string line = row({*entry, variant, options}, program);
            std::puts(line.c_str());
            std::fflush(stdout);
            const std::string wrong = options.check ? deviation(entry->name, line) : "";
            if (wrong.empty()) continue;
            std::fprintf(stderr, "check: %s (%s): %s\n", entry->name.data(), name_of(variant_names, variant).data(),
                         wrong.c_str());
            status = 1;
        }
    return status;
}

}  // namespace
}  // namespace costate::bench

int main(int argc, char** argv) {
    using namespace costate::bench;
#if defined(COSTATE_PORTABLE)
    if (const char* bits = std::getenv("VECTOR_BITS")) costate::set_vector_bits(std::atoi(bits));
#endif
    try {
        const std::vector<std::string> words(argv + 1, argv + argc);
        if (std::find(words.begin(), words.end(), "--help") != words.end()) return std::fputs(usage, stdout), 0;
        return run(parse(words), argv[0]);
    } catch (const UsageError& error) {
        std::fprintf(stderr, "bench: %s\n\n%s", error.what(), usage);
        return 2;
    }
}
