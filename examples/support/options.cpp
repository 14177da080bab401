#include "examples/support/options.hpp"

#include <algorithm>
#include <charconv>
#include <iostream>
#include <utility>

namespace costate::support {

namespace {

std::string shown(const Options::Variable& variable) {
    struct {
        std::string operator()(const int* value) { return std::to_string(*value); }
        std::string operator()(const std::uint64_t* value) { return std::to_string(*value); }
        std::string operator()(const double* value) { return number_text(*value); }
        std::string operator()(const bool* value) { return *value ? "true" : "false"; }
        std::string operator()(const std::string* value) { return *value; }
    } text;
    return std::visit(text, variable);
}

template <class Number>
const char* assign_number(std::string_view text, Number& number, const char* expected) {
    Number parsed{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), parsed);
    if (error != std::errc{} || end != text.data() + text.size()) return expected;
    number = parsed;
    return nullptr;
}

// Null when the text was understood, otherwise what would have been.
const char* assign(std::string_view text, const Options::Variable& variable) {
    struct {
        std::string_view text;
        const char* operator()(int* value) { return assign_number(text, *value, "a whole number"); }
        const char* operator()(std::uint64_t* value) {
            return assign_number(text, *value, "a whole number, not negative");
        }
        const char* operator()(double* value) { return assign_number(text, *value, "a number such as 0.5 or 1e-3"); }
        const char* operator()(bool* value) {
            *value = text == "true";
            return text == "true" || text == "false" ? nullptr : "true or false";
        }
        const char* operator()(std::string* value) {
            *value = text;
            return nullptr;
        }
    } assigned{text};
    return std::visit(assigned, variable);
}

// Levenshtein's distance: the fewest insertions, deletions and replacements that turn one word into the other.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);  // row[j]: from a[0, i) to b[0, j)
    for (std::size_t j = 0; j < row.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = std::exchange(row[0], i);
        for (std::size_t j = 1; j < row.size(); ++j)
            diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1])}));
    }
    return row.back();
}

}  // namespace

Options& Options::add_variable(std::string name, Variable variable, std::string help,
                               std::vector<std::string> choices) {
    for (std::size_t i = 0; i < choices.size(); ++i) help += (i == 0 ? ": " : ", ") + choices[i];
    options_.push_back({std::move(name), std::move(help), shown(variable), variable, std::move(choices)});
    return *this;
}

Options& Options::argument(std::string name, std::string& variable, std::string help) {
    arguments_.push_back({std::move(name), std::move(help), variable, &variable, {}});
    return *this;
}

const Options::Option& Options::option_named(std::string_view name, Where at) const {
    std::string nearest = "help";
    for (const Option& option : options_) {
        if (option.name == name) return option;
        if (distance(name, option.name) < distance(name, nearest)) nearest = option.name;
    }
    fail(at, {.what = program_ + ": there is no such option",
              .got = "--" + std::string(name),
              .expected = "one of those that --help lists",
              .fix = "--" + nearest});
}

bool Options::parse(int argc, const char* const* argv, Where at) {
    const auto set = [&](const Option& option, const std::string& name, std::string_view text) {
        if (const char* expected = assign(text, option.variable))
            fail(at, {.what = program_ + ": " + name + " has a wrong value",
                      .got = std::string(text),
                      .expected = expected});
        if (!option.choices.empty() && std::ranges::find(option.choices, text) == option.choices.end())
            fail(at, {.what = program_ + ": " + name + " has a wrong value",
                      .got = std::string(text),
                      .expected = option.help});
    };
    std::size_t arguments = 0;
    for (int i = 1; i < argc; ++i) {
        const std::string_view word = argv[i];
        if (word == "--help" || word == "-h") {
            std::cout << help();
            return false;
        }
        if (!word.starts_with("--")) {
            if (arguments == arguments_.size())
                fail(at, {.what = program_ + ": this word belongs to no option",
                          .got = std::string(word),
                          .expected = "--name value or --name=value"});
            const Option& argument = arguments_[arguments++];
            set(argument, argument.name, word);
            continue;
        }
        const std::size_t equals = word.find('=');
        const Option& option = option_named(word.substr(2, equals - 2), at);
        if (equals != word.npos)
            set(option, "--" + option.name, word.substr(equals + 1));
        else if (bool* const* flag = std::get_if<bool*>(&option.variable))
            **flag = true;
        else if (++i < argc)
            set(option, "--" + option.name, argv[i]);
        else
            fail(at, {.what = program_ + ": --" + option.name + " has no value",
                      .got = "the end of the command",
                      .expected = "--" + option.name + " and a value; the default is '" + option.default_text + "'"});
    }
    return true;
}

std::string Options::help() const {
    std::size_t width = 6;
    for (const auto* list : {&arguments_, &options_})
        for (const Option& option : *list) width = std::max(width, option.name.size() + 2);
    const auto line = [width](std::string name, const std::string& help, const std::string& default_text) {
        name.resize(width, ' ');
        return "  " + name + "  " + help + (default_text.empty() ? "" : " (" + default_text + ")") + "\n";
    };
    std::string text = purpose_ + "\n\nusage: " + program_;
    for (const Option& argument : arguments_) text += " [" + argument.name + "]";
    text += " [--name value]...\n\n";
    for (const Option& argument : arguments_) text += line(argument.name, argument.help, argument.default_text);
    for (const Option& option : options_) text += line("--" + option.name, option.help, option.default_text);
    return text + line("--help", "show this list", "");
}

}  // namespace costate::support
