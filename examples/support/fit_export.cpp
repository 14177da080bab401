#include "examples/support/fit_export.hpp"

#include <algorithm>
#include <cstdio>

#include "core/files/file.hpp"          // brings: replace_file
#include "examples/support/figure.hpp"  // brings: grid
#include "examples/support/plane.hpp"   // brings: plane_points

namespace costate::support {

namespace {

std::string cell(const std::string& name) {  // as split reads it
    if (name.find_first_of(",;\t\"") == name.npos) return name;
    std::string quoted = "\"";
    for (const char c : name) quoted += c == '"' ? "\"\"" : std::string(1, c);
    return quoted + '"';
}

std::string number_cell(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.12g", value);
    return text;
}

void write(const std::string& path, const std::string& text) {
    replace_file(path, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

std::string header_of(const FitData& data, bool rates) {
    std::string line;
    for (const std::string& name : data.table.names) line += ',', line += cell(name);
    const std::string per = data.table.dates ? "day" : data.table.time_name;
    if (rates)
        for (const std::string& name : data.table.names) line += ',', line += cell(text(name, " per ", per));
    return line;
}

// y and dy/dt of the columns, in the table's units.
std::string states_and_rates(const FitData& data, const Real* z, const Real* rates) {
    const Scaling& scaling = data.units.states;
    std::string line;
    for (Index j = 0; j < data.columns(); ++j)
        line += ',', line += number_cell(scaling.unscaled(static_cast<double>(z[j]), j));
    for (Index j = 0; rates && j < data.columns(); ++j) {
        const double rate = static_cast<double>(scaling.deviation[j]) * static_cast<double>(rates[j]) / data.units.unit;
        line += ',', line += number_cell(scaling.log ? rate * scaling.unscaled(static_cast<double>(z[j]), j) : rate);
    }
    return line + "\n";
}

// A line for each time of each sequence; with rates: of the law there.
std::string along_the_curve(const FitModel& model, const FitData& data, const FitCurve& curve, bool rates) {
    const Index batch = data.sequences(), states = curve.z.shape()[2], steps = curve.z.shape()[0];
    const bool named = !data.table.sequence_name.empty();
    std::string text = (named ? cell(data.table.sequence_name) + "," : "") + cell(data.table.time_name) +
                       header_of(data, rates) + "\n";
    Tensor slopes(curve.z.shape());
    for (Index i = 0; rates && i < steps; ++i) {
        Tensor t({batch, 1});
        for (Index b = 0; b < batch; ++b)
            t[b] = static_cast<Real>(curve.times[static_cast<std::size_t>(b)][static_cast<std::size_t>(i)]);
        const Tensor at = model.slopes(t, Tensor(curve.z.rows(i, 1)).reshaped({batch, states}));
        for (Index k = 0; k < at.size(); ++k) slopes[i * at.size() + k] = at[k];
    }
    for (Index b = 0; b < batch; ++b)
        for (Index i = 0; i < steps; ++i) {
            const double time = data.units.time(curve.times[static_cast<std::size_t>(b)][static_cast<std::size_t>(i)]);
            const Index place = (i * batch + b) * states;
            text += (named ? cell(data.table.list[static_cast<std::size_t>(b)].name) + "," : "") +
                    (data.table.dates ? data.time_text(time) : number_cell(time)) +
                    states_and_rates(data, curve.z.data() + place, rates ? slopes.data() + place : nullptr);
        }
    return text;
}

std::string over_a_grid(const FitModel& model, const FitData& data, const FitCurve& curve) {
    Range range[2];
    for (const Tensor* shown : {&curve.z, &data.z})
        for (Index i = 0; i < shown->size(); ++i) {
            Range& r = range[i % data.columns()];
            const auto z = static_cast<double>((*shown)[i]);
            r = r.low > r.high ? Range{z, z} : Range{std::min(r.low, z), std::max(r.high, z)};
        }
    const Tensor points = data.columns() == 2
                              ? plane_points(range[0], range[1], 21, 21)
                              : Tensor::vector(grid(range[0].low, range[0].high, 100)).reshaped({101, 1});
    const Tensor slopes = model.slopes(Tensor::scalar(0), points);
    std::string text = header_of(data, true).substr(1) + "\n";
    for (Index i = 0; i < points.shape()[0]; ++i)
        text +=
            states_and_rates(data, points.data() + i * data.columns(), slopes.data() + i * data.columns()).substr(1);
    return text;
}

}  // namespace

FitCurve curve_of(const FitModel& model, const FitData& data, const ode::SolveOptions& options) {
    FitCurve curve;
    for (const std::vector<double>& times : data.all_times)
        curve.times.push_back(grid(times.front(), times.back(), 400));
    curve.z = model.path(curve.times, options);
    return curve;
}

std::vector<std::string> exported_files(const std::string& prefix) {
    return {prefix + "_curve.csv", prefix + "_field.csv"};
}

void export_tables(const std::string& prefix, const FitModel& model, const FitData& data, const FitCurve& curve) {
    const std::vector<std::string> files = exported_files(prefix);
    write(files[0], along_the_curve(model, data, curve, false));
    const bool plane = data.columns() <= 2 && model.field.states() == data.columns() && model.field.autonomous();
    write(files[1], plane ? over_a_grid(model, data, curve) : along_the_curve(model, data, curve, true));
}

}  // namespace costate::support
