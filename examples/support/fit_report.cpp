#include "examples/support/fit_report.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "examples/support/cells.hpp"     // brings: joined
#include "examples/support/line_fit.hpp"  // brings: fit_line

namespace costate::support {

namespace {

template <class... Values>
std::string printed(const char* format, Values... values) {
    char text[256];
    std::snprintf(text, sizeof text, format, values...);
    return text;
}

// The largest rise and the largest fall between two numbers of a list, in parts of its range.
bool rises_and_falls(const std::vector<double>& list) {
    double low = INFINITY, high = -INFINITY, rise = 0, fall = 0;
    for (const double y : list) {
        if (std::isnan(y)) continue;
        low = std::min(low, y), high = std::max(high, y);
        rise = std::max(rise, y - low), fall = std::max(fall, high - y);
    }
    return std::min(rise, fall) > 0.3 * (high - low);
}

// Of what is seen of one column of one sequence.
struct Seen {
    std::vector<double> t, z;
    Seen(const FitData& data, Index b, Index j) {
        for (Index i = 0; i < data.seen[static_cast<std::size_t>(b)]; ++i)
            if (data.mask(i, b, j) != 0) {
                t.push_back(data.all_times[static_cast<std::size_t>(b)][static_cast<std::size_t>(i)]);
                z.push_back(static_cast<double>(data.z(i, b, j)));
            }
    }
};

template <class Forecast>
Tensor forecast_of(const FitData& data, const Forecast& forecast) {  // (what is seen, t) -> z
    Tensor z(data.z.shape());
    for (Index b = 0; b < data.sequences(); ++b)
        for (Index j = 0; j < data.columns(); ++j) {
            const Seen seen(data, b, j);
            const std::vector<double>& times = data.all_times[static_cast<std::size_t>(b)];
            const auto at = seen.t.empty() ? [](double) { return 0.0; } : std::function<double(double)>(forecast(seen));
            for (std::size_t i = 0; i < times.size(); ++i)
                z(static_cast<Index>(i), b, j) = static_cast<Real>(at(times[i]));
        }
    return z;
}

}  // namespace

std::string advice(const FitSettings& s, const FitData& data) {
    std::string lines;
    const Sequence& first = data.table.list.front();
    if (s.law.empty() && data.columns() + s.net.augment == 1 && !s.net.time && data.inputs_count() == 0 &&
        rises_and_falls(first.y.front()))
        lines += "advice: one column cannot oscillate. '" + data.table.names.front() +
                 "' rises and falls, a law of it alone does one or the other: --augment 1 adds a state that nobody "
                 "observed\n";
    if (!data.units.states.log && s.law.empty())
        for (std::size_t j = 0; j < data.table.names.size(); ++j) {
            double low = INFINITY, high = 0;
            for (const Sequence& sequence : data.table.list)
                for (const double y : sequence.y[j])
                    if (!std::isnan(y)) low = std::min(low, y), high = std::max(high, y);
            if (low > 0 && high > 100 * low)
                lines += "advice: '" + data.table.names[j] + "' is positive and spans a factor of " +
                         printed("%.3g", high / low) + ": --log fits logarithms\n";
        }
    return lines;
}

Errors errors_of(const FitData& data, const Tensor& z, bool held_out) {
    const Tensor counted = data.counted(held_out);
    Errors errors;
    double squares = 0, count = 0;
    for (Index j = 0; j < data.columns(); ++j) {
        double of_column = 0, here = 0;
        for (Index i = j; i < counted.size(); i += data.columns())
            if (counted[i] != 0) of_column += std::pow(static_cast<double>(z[i] - data.z[i]), 2), ++here;
        errors.columns.push_back(static_cast<double>(data.units.states.deviation[j]) * std::sqrt(of_column / here));
        squares += of_column, count += here;
    }
    errors.all = std::sqrt(squares / count);
    return errors;
}

Tensor straight_line(const FitData& data) {
    return forecast_of(data, [](const Seen& seen) {
        const bool slopes = seen.t.size() > 1;
        const LineFit line = slopes ? fit_line(seen.t, seen.z) : LineFit{0, seen.z.front(), 0, 0, 0};
        return [line](double t) { return line.a * t + line.b; };
    });
}

Tensor persistence(const FitData& data) {
    return forecast_of(data, [](const Seen& seen) { return [last = seen.z.back()](double) { return last; }; });
}

std::string error_report(const FitData& data, const Tensor& z, const char* what) {
    const bool forecast = data.held_out();
    const Errors seen = errors_of(data, z, false);
    std::vector<Errors> held_out;
    if (forecast)
        for (const Tensor& each : {z, straight_line(data), persistence(data)})
            held_out.push_back(errors_of(data, each, true));

    std::string text = std::string("root mean square error ") +
                       (data.units.states.log ? "of the logs" : "in the table's units") + "\n";
    std::size_t width = 18;
    for (const std::string& name : data.table.names) width = std::max(width, name.size());
    const auto row = [&](std::string name, double of_seen, const auto& number) {
        name.resize(width, ' ');
        text += "  " + name + printed("  %10.4g", of_seen);
        for (std::size_t k = 0; k < held_out.size(); ++k)
            text += printed(k == 0 ? "  %10.4g" : "  %13.4g", number(held_out[k]));
        text += "\n";
    };
    text += "  " + std::string(width, ' ') + "   rows seen" +
            (forecast ? "    held out  straight line    persistence" : "") + "\n";
    for (std::size_t j = 0; j < data.table.names.size(); ++j)
        row(data.table.names[j], seen.columns[j], [j](const Errors& e) { return e.columns[j]; });
    row("all, in deviations", seen.all, [](const Errors& e) { return e.all; });

    if (!forecast) return text + "Nothing is held out: --fraction 0.75 would show what the forecast is worth.\n";
    const double own = held_out[0].all, line = held_out[1].all, last = held_out[2].all;
    if (!std::isfinite(own)) return text + "Nothing was observed in the rows held out.\n";
    const std::string numbers = printed("%.3g, %.3g and %.3g deviations", own, line, last);
    if (own < std::min(line, last)) {
        std::string but;
        for (std::size_t j = 0; j < data.table.names.size(); ++j)
            if (held_out[0].columns[j] >= std::min(held_out[1].columns[j], held_out[2].columns[j]))
                but += (but.empty() ? " But not for " : ", ") + data.table.names[j];
        return text + "On the rows held out " + what +
               " is better than a straight line and than persistence: " + numbers + "." + but +
               (but.empty() ? "\n" : ".\n");
    }
    return text + "On the rows held out " + what + " is no better than " +
           (own >= line && own >= last ? "a straight line or persistence"
            : own >= line              ? "a straight line"
                                       : "persistence, the last number held,") +
           ": " + numbers + ". Do not trust its forecast.\n";
}

std::string law_report(const FitModel& model, const FitData& data, const optim::Fit& fit) {
    const Law& law = *model.field.law();
    const std::string per = data.table.dates ? "day" : data.table.time_name;
    std::string text =
        law.equations + "     of " + joined(data.table.names) + "; ' is per " + per + "; ± one standard error\n";
    std::size_t width = 0;
    for (const std::string& name : law.parameters) width = std::max(width, name.size());
    for (std::size_t k = 0; k < law.parameters.size(); ++k) {
        const auto q = static_cast<double>(fit.estimates[static_cast<Index>(k)]);
        const double value = model.field.size(k) * (law.either_sign[k] ? q : std::exp(q));
        const double error = static_cast<double>(fit.standard_errors[static_cast<Index>(k)]) *
                             (law.either_sign[k] ? model.field.size(k) : value);
        std::string name = law.parameters[k];
        name.resize(width, ' ');
        text += "  " + name + printed("  %.5g", value) +
                (std::isfinite(error) ? printed(" ± %.2g\n", error) : " ± unknown: these rows do not determine it\n");
    }
    return text;
}

}  // namespace costate::support
