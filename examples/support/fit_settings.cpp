#include "examples/support/fit_settings.hpp"

#include <algorithm>

#include "core/files/file.hpp"              // brings: require_replaceable
#include "examples/support/cells.hpp"       // brings: split, joined
#include "examples/support/fit_export.hpp"  // brings: exported_files
#include "examples/support/options.hpp"     // brings: Options
#include "ode/named.hpp"                    // brings: all_names

namespace costate::support {

namespace {

std::vector<std::string> names_in(const std::string& list) {
    return list.empty() ? std::vector<std::string>() : split(list, ',');
}

std::string text_of(const std::vector<std::string>& names) { return names.empty() ? "none" : joined(names); }

std::vector<std::string> sequence_names(const Sequences& table) {
    std::vector<std::string> names;
    for (const Sequence& s : table.list)
        if (!s.name.empty()) names.push_back(s.name);
    return names;
}

void add_names(TensorFile& file, const std::string& kind, const std::vector<std::string>& names) {
    for (std::size_t i = 0; i < names.size(); ++i) file.add_integer(kind + "." + std::to_string(i) + "." + names[i], 1);
}

void require_names(const TensorFile& file, const std::string& kind, const std::vector<std::string>& names) {
    std::vector<std::string> saved;
    for (const auto& item : file.items())
        if (item.name.starts_with(kind + "."))
            saved.push_back(item.name.substr(item.name.find('.', kind.size() + 1) + 1));
    if (saved != names)
        fail({.what = "fit_csv: --load has a model of other " + kind + "s",
              .got = text_of(names),
              .expected = text_of(saved) + ", as when it was saved",
              .fix = "the table and the options --sequence, --input, --without that it was saved with"});
}

}  // namespace

bool FitSettings::parse(int argc, const char* const* argv) {
    Options o("fit_csv", "Fits a neural ODE, or a law with a name, to a table of numbers over time.");
    o.argument("table", table, "a file: commas, semicolons or tabs; a line of names, then one row a time");
    o.add("sequence", sequence, "the column that names sequences, if there are several");
    o.add("clock", clock, "the column of the time or date; else the first");
    o.add("input", input, "columns a,b that the law may use but need not explain");
    o.add("without", without, "columns a,b to leave out");
    o.add("law", law, "fit its numbers instead of a network", law_names());
    o.add("fraction", fraction, "of the rows, to train on: above 0, at most 1; the others are held out");
    o.add("log", log, "fit the logarithms").add("time", net.time, "let the law depend on the time, too");
    o.add("augment", net.augment, "states beside the columns, that nobody observed");
    o.add("epochs", epochs, "steps of the training in all, those of a loaded model among them");
    o.add("rate", rate, "of learning, at its highest").add("decay", decay, "of weights");
    o.add("width", net.width, "of a hidden layer").add("depth", net.depth, "hidden layers");
    o.add("activation", net.activation, "tanh, softplus, silu, ...").add("seed", net.seed, "of the first weights");
    o.add("method", method, ode::all_names(ode::all_methods)).add("tolerance", tolerance, "of a step");
    o.add("steps", steps, "equal steps for all rows; 0: by the tolerance");
    o.add("gradient", gradient, ode::all_names(ode::all_routes)).add("out", out, "the figure");
    o.add("export", exported, "PREFIX: the curve and the law as tables PREFIX_curve.csv, PREFIX_field.csv");
    o.add("save", save, "what was learned").add("load", load, "a file that --save wrote, to go on from");
    if (!o.parse(argc, argv)) return false;
    require_reasonable();
    for (const std::string& path : {save, out})  // before the training, whose result they shall keep
        if (!path.empty()) require_replaceable(path);
    if (!exported.empty())
        for (const std::string& path : exported_files(exported)) require_replaceable(path);
    return true;
}

void FitSettings::require_reasonable() const {
    const auto require = [](const char* name, double value, double low, double high) {
        require_within("fit_csv", name, value, low, high, {});
    };
    require("--epochs", epochs, load.empty() ? 1 : 0, 1e9);
    require("--width", net.width, 1, 1e5);
    require("--depth", net.depth, 0, 100);
    require("--augment", net.augment, 0, 1000);
    require("--steps", steps, 0, 1e6);
    require("--tolerance", tolerance, 1e-14, 1);
    if (!(fraction > 0 && fraction <= 1))
        fail({.what = "fit_csv: --fraction is out of range",
              .got = "--fraction " + number_text(fraction),
              .expected = "a part of the rows: above 0, at most 1"});
    if (!law.empty() && (net.time || net.augment > 0 || !input.empty()))
        fail({.what = "fit_csv: --law is the whole law",
              .got = "--law " + law + " with --time, --augment or --input",
              .expected = "one or the other: these belong to a network"});
    const ode::Method chosen = method;
    if (!chosen.adaptive() && steps == 0)
        fail({.what = "fit_csv: " + method + " does not choose its steps",
              .got = "--steps 0",
              .expected = "the number of equal steps over all rows",
              .fix = "--steps 200"});
}

Roles FitSettings::roles() const { return {clock, sequence, names_in(input), names_in(without)}; }

ode::SolveOptions FitSettings::solver() const {
    return {.method = method, .rtol = tolerance, .atol = tolerance, .gradient = gradient, .steps = steps};
}

std::string FitSettings::table_name() const { return table.substr(table.find_last_of("/\\") + 1); }

void describe(TensorFile& file, const FitSettings& s, const FitData& data) {
    file.add_integer("width", static_cast<std::uint64_t>(s.net.width));
    file.add_integer("depth", static_cast<std::uint64_t>(s.net.depth));
    file.add_integer("augment", static_cast<std::uint64_t>(s.net.augment));
    file.add_integer("activation." + s.net.activation, 1);
    if (!s.law.empty()) file.add_integer("law." + s.law, 1);
    file.add_integer("time", s.net.time);
    add_names(file, "column", data.table.names);
    add_names(file, "input", data.table.input_names);
    add_names(file, "sequence", sequence_names(data.table));
    file.add_integer("log", data.units.states.log);
    file.add("mean", data.units.states.mean);
    file.add("deviation", data.units.states.deviation);
    file.add("input_mean", data.units.inputs.mean);
    file.add("input_deviation", data.units.inputs.deviation);
    file.add_number("origin", data.units.origin);
    file.add_number("unit", data.units.unit);
}

void take_description(FitSettings& s, const TensorFile& file) {
    const auto small = [&](const char* name) {
        return static_cast<int>(std::min<std::uint64_t>(file.integer(name), 1'000'000));
    };
    s.net.width = small("width"), s.net.depth = small("depth"), s.net.augment = small("augment");
    s.net.time = file.integer("time") != 0;
    for (const nn::NamedActivation& a : nn::all_activations())
        if (file.find(std::string("activation.") + a.name)) s.net.activation = a.name;
    s.law.clear();
    for (const std::string& law : law_names())
        if (file.find("law." + law)) s.law = law;
    s.require_reasonable();
}

FitUnits units_in(const TensorFile& file, const Sequences& table) {
    require_names(file, "column", table.names);
    require_names(file, "input", table.input_names);
    require_names(file, "sequence", sequence_names(table));
    const Index columns = std::ssize(table.names), inputs = std::ssize(table.input_names);
    return {{file.integer("log") != 0, tensor_of_shape(file, "mean", {columns}),
             tensor_of_shape(file, "deviation", {columns})},
            {false, tensor_of_shape(file, "input_mean", {inputs}), tensor_of_shape(file, "input_deviation", {inputs})},
            file.number("origin"),
            file.number("unit")};
}

}  // namespace costate::support
