// examples/support/options.hpp — command-line options that are variables with a name
//   int epochs = 400;  double rate = 0.01;  bool plot = true;  std::string method = "tsit5";
//   Options options("lynx_hare", "Fits a neural ODE to the lynx and the hare.");
//   options.add("epochs", epochs, "passes over the data").add("rate", rate, "of Adam").add("plot", plot, "draw it");
//   if (!options.parse(argc, argv)) return 0;                      // --help has been printed
// Accepts --epochs 100, --epochs=100, and for a bool --plot or --plot=false. The value that the variable has when it is
// added is the default that --help shows. Anything else is an error that names the nearest option.
//   options.add("only", only, "one set", {"moons", "rings"});        // takes no other value
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/error.hpp"  // brings: Where

namespace costate::support {

class Options {
public:
    using Variable = std::variant<int*, std::uint64_t*, double*, bool*, std::string*>;

    Options(std::string program, std::string purpose) : program_(std::move(program)), purpose_(std::move(purpose)) {}

    template <class T>
    Options& add(std::string name, T& variable, std::string help, std::vector<std::string> choices = {}) {
        return add_variable(std::move(name), &variable, std::move(help), std::move(choices));
    }
    Options& argument(std::string name, std::string& variable, std::string help);  // a word without "--", in order

    bool parse(int argc, const char* const* argv, Where at = {});  // false: --help was asked for and has been printed
    std::string help() const;

private:
    struct Option {
        std::string name, help, default_text;
        Variable variable;
        std::vector<std::string> choices;  // empty: any value
    };
    Options& add_variable(std::string name, Variable variable, std::string help, std::vector<std::string> choices);
    const Option& option_named(std::string_view name, Where at) const;

    std::string program_, purpose_;
    std::vector<Option> options_, arguments_;
};

}  // namespace costate::support
