#include "examples/support/experiment.hpp"

#include <algorithm>
#include <filesystem>

#include "core/files/file.hpp"  // brings: require_replaceable

namespace costate::support {

Experiment::Experiment(std::string name, std::string question, std::uint64_t first_seed)
    : seed(first_seed), name_(std::move(name)), options_(name_, std::move(question)) {
    options_.add("quick", quick, "a smaller run, where the whole one takes more than seconds");
    options_.add("seed", seed, "of all that is random").add("out", out, "folder of the figure");
}

int Experiment::run(int argc, const char* const* argv, const std::function<void(Experiment&)>& body, Where at) {
    try {
        if (!options_.parse(argc, argv, at)) return 0;
        std::error_code taken;  // by a file, or forbidden: the next line says so
        std::filesystem::create_directories(out, taken);
        require_replaceable(figure(), at);
        body(*this);
        return 0;
    } catch (const Error& error) {
        std::fflush(results);
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
}

void Experiment::merit(const std::string& name, double value, Where at) {
    if (name.empty() || name.find_first_of(" \t\n=") != name.npos)
        fail(at, {.what = "merit: a figure of merit is named by one word", .got = "'" + name + "'"});
    if (std::find(merits_.begin(), merits_.end(), name) != merits_.end())
        fail(at, {.what = "merit: this figure has been printed already",
                  .got = name,
                  .expected = "one line for each name: its bound would hold the last one only"});
    merits_.push_back(name);
    std::fprintf(results, "%s = %.6g\n", name.c_str(), value);
    std::fflush(results);
}

void Experiment::save(const std::vector<Plot>& panels, const Sheet& sheet, const std::string& part, Where at) {
    save_svg(figure(part), panels, sheet, at);
    std::fprintf(results, "The figure is in %s: open it in a browser.\n", figure(part).c_str());
}

std::string Experiment::figure(const std::string& part) const {
    return (std::filesystem::path(out) / (name_ + (part.empty() ? "" : "_" + part) + ".svg")).string();
}

}  // namespace costate::support
