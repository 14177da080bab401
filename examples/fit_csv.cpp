// examples/fit_csv.cpp — which law moves the numbers of this table?           make fit CSV=table.csv ARGS="--width 32"
//   dz/dt = f(z; θ)       z: the columns, standardised;  f: a network D – width – ... – D, or a law with a name, --law sir
//   with --time also of t; with --input a,b of those columns, interpolated; with --augment k of k states nobody observed
// Reads a table of a person's (examples/support/sequences.hpp: gaps, dates, several sequences), trains on its first rows,
// forecasts the others, draws both beside the data, and saves what it learned; --load goes on from there, as if it had never
// ended. A training that fails or is interrupted saves its best.
// look for   whether the forecast of the rows held out is better than a straight line, and than the last number held.
//            What a gradient or a method costs: the count of evaluations with --gradient discrete and backsolve.
// limits     The columns are the whole state unless --augment says otherwise. One column alone can only rise or fall.
// parts      fit_settings (what may be asked for) · fit_data (the table as a batch) · fit_model, laws · fit_train ·
//            fit_report, fit_figure, fit_export: all in examples/support/
#include <cstdio>

#include "examples/support/fit_export.hpp"    // brings: curve_of, export_tables
#include "examples/support/fit_figure.hpp"    // brings: fit_panels
#include "examples/support/fit_report.hpp"    // brings: advice, error_report, law_report
#include "examples/support/fit_settings.hpp"  // brings: FitSettings, FitData, FitModel
#include "examples/support/fit_train.hpp"     // brings: Training, fit_law, StopSignals
#include "examples/support/svg.hpp"           // brings: save_svg

using namespace costate;
using namespace costate::support;

namespace {

FitField field_for(const FitSettings& s, const FitData& data) {
    return s.law.empty() ? FitField(data, s.net) : FitField(data, law_named(s.law, data.columns()));
}

std::string counted(Index count, const char* thing) {
    return std::to_string(count) + " " + thing + (count == 1 ? "" : "s");
}

void introduce(const FitSettings& s, const FitData& data, const FitModel& model) {
    const std::string several = data.sequences() > 1 ? " in " + counted(data.sequences(), "sequence") : "",
                      inputs = data.inputs_count() > 0 ? " and " + counted(data.inputs_count(), "input") : "";
    std::printf("%s: %s of %s%s%s, trained on the first %d%s; a law of %d numbers\n%s", s.table_name().c_str(),
                counted(data.table.rows(), "row").c_str(), counted(data.columns(), "column").c_str(), inputs.c_str(),
                several.c_str(), static_cast<int>(data.seen_rows()), data.sequences() > 1 ? " of all" : "",
                static_cast<int>(model.count()), advice(s, data).c_str());
    std::fflush(stdout);
}

// False: a signal came.
bool train(const FitSettings& s, Training& training, const StopSignals& stop) {
    if (training.done() > 0 && training.done() >= s.epochs)
        std::printf("The model has had %d epochs: --epochs %d would go on.\n", training.done(), 2 * training.done());
    const auto keep_the_best = [&] {
        if (s.save.empty() || training.best().epoch() == 0) return;
        training.restore_best();
        training.save();
        std::fprintf(stderr, "\nThe best model so far, of epoch %d (loss %.3g), is in %s.\n", training.best().epoch(),
                     training.best().loss(), s.save.c_str());
    };
    try {
        training.learn(stop);
    } catch (const Error&) {
        keep_the_best();
        throw;
    }
    if (stop.received()) keep_the_best();
    return !stop.received();
}

int run(int argc, char** argv) {
    FitSettings s;
    if (!s.parse(argc, argv)) return 0;
    const bool resumed = !s.load.empty();
    const TensorFile file = resumed ? load(s.load) : TensorFile();
    if (resumed) take_description(s, file);
    const Sequences table = read_sequences(s.table, s.roles());
    const FitData data =
        resumed ? FitData(table, s.fraction, units_in(file, table)) : FitData(table, s.fraction, s.log);
    FitModel model(data, field_for(s, data));
    if (resumed) model.read(file, "model.");
    introduce(s, data, model);

    const StopSignals stop;
    Training training(s, model, data);
    if (!s.law.empty()) {
        std::printf("%s", law_report(model, data, fit_law(s, model, data)).c_str());
    } else {
        if (resumed) training.read(file);
        if (!train(s, training, stop)) return stop.exit_status();
    }
    if (!s.save.empty()) training.save();

    const Tensor states = model.path(data.all_times, s.solver());
    std::printf("%s",
                error_report(data, columns_of(states, data.columns()), s.law.empty() ? "the net" : "the law").c_str());
    const FitCurve curve = curve_of(model, data, s.solver());
    if (!s.out.empty()) save_svg(s.out, fit_panels(s, model, data, curve), {.title = s.table_name()});
    if (!s.exported.empty()) export_tables(s.exported, model, data, curve);

    if (!s.save.empty()) std::printf("\nThe model is in %s: --load goes on from there.\n", s.save.c_str());
    if (!s.out.empty()) std::printf("The figure is in %s: open it in a browser.\n", s.out.c_str());
    if (!s.exported.empty())
        for (const std::string& path : exported_files(s.exported)) std::printf("A table is in %s.\n", path.c_str());
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return run(argc, argv);
    } catch (const Error& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
}
