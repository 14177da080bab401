// examples/support/experiment.hpp — the frame of an experiment: its options, its figures of merit, its picture
//   void spiral(Experiment& run) {
//       Rng rng(run.seed);                                     // --seed 3
//       const int starts = run.quick ? 5 : 20;                 // --quick
//       ...
//       run.merit("max_matrix_error", error);                  // prints  max_matrix_error = 1.6e-06
//       run.save({data, plane}, {.title = "A linear spiral"}); // writes  out/06_linear_spiral.svg, or another --out
//   }
//   int main(int argc, char** argv) {
//       return Experiment("06_linear_spiral", "Is a spiral's matrix found from every start?").run(argc, argv, spiral);
//   }
// Options of its own are added before: .add("updates", updates, "of Adam"). An Error ends the program with its text, and 1.
// see      examples/README.md (how to add one) · tests/examples_check.sh (what holds the figures of merit to their bounds)
#pragma once
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

#include "examples/support/options.hpp"   // brings: Options
#include "examples/support/progress.hpp"  // brings: Progress
#include "examples/support/svg.hpp"       // brings: Plot, Sheet, save_svg

namespace costate::support {

class Experiment {
public:
    Experiment(std::string name, std::string question, std::uint64_t first_seed = 0);
    Experiment(const Experiment&) = delete;  // the options point into it
    Experiment& operator=(const Experiment&) = delete;

    template <class T>
    Experiment& add(std::string name, T& variable, std::string help, std::vector<std::string> choices = {}) {
        options_.add(std::move(name), variable, std::move(help), std::move(choices));
        return *this;
    }
    int run(int argc, const char* const* argv, const std::function<void(Experiment&)>& body,
            Where at = {});  // main's result

    void merit(const std::string& name, double value, Where at = {});  // one word; each once
    void save(const std::vector<Plot>& panels, const Sheet& sheet = {}, const std::string& part = "", Where at = {});
    std::string figure(const std::string& part = "") const;  // out/NAME.svg; out/NAME_part.svg

    bool quick = false;
    std::uint64_t seed;
    std::string out = "out";
    std::FILE* results = stdout;

private:
    std::string name_;
    Options options_;
    std::vector<std::string> merits_;
};

}  // namespace costate::support
