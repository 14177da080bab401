// examples/fit_csv.cpp — which law moves the numbers of this table?           make fit CSV=table.csv ARGS="--width 32"
//   dz/dt = f(z; θ), or f(t, z; θ) with --time       z: the columns, standardised;  f: a network D – width – ... – D
// Reads any table time,column,... (examples/support/csv.hpp), trains on its first rows, forecasts the others, draws
// both, and saves what it learned; --load goes on from there. A training that fails or is interrupted saves its best.
// look for   what a gradient or a method costs: the count of evaluations with --gradient discrete and backsolve.
// limits     The columns are the whole state. One column without --time can only rise or fall: a cycle needs two.
#include <algorithm>
#include <cmath>
#include <cstdio>

#include "core/files/file.hpp"                // brings: require_replaceable
#include "examples/support/best_so_far.hpp"   // brings: BestSoFar
#include "examples/support/csv.hpp"           // brings: read_csv
#include "examples/support/figure.hpp"        // brings: Observations, phase_plane, grid
#include "examples/support/options.hpp"       // brings: Options
#include "examples/support/progress.hpp"      // brings: Progress
#include "examples/support/stop_signals.hpp"  // brings: StopSignals
#include "examples/support/svg.hpp"           // brings: Plot, save_svg
#include "examples/support/trajectory.hpp"    // brings: Trajectory, solve
#include "nn/losses.hpp"                      // brings: mse
#include "nn/mlp.hpp"                         // brings: MLP
#include "ode/growing_horizon.hpp"            // brings: GrowingHorizon
#include "optim/adam.hpp"                     // brings: AdamW
#include "optim/schedule.hpp"                 // brings: Cosine

using namespace costate;
using namespace costate::support;

namespace {

struct Settings {
    std::string table = "examples/data/lynx_hare.csv", method = "tsit5", gradient = "discrete", activation = "tanh";
    std::string out = "out/fit.svg", save = "out/fit.costate", load;
    int width = 16, depth = 1, epochs = 5000, steps = 0;
    std::uint64_t seed = 1;
    double tolerance = 1e-5, rate = 0.02, decay = 0.1, fraction = 0.75;
    bool log = false, time = false;

    bool parse(int argc, char** argv) {
        Options o("fit_csv", "Fits a neural ODE to a table of numbers: time,column,...");
        o.argument("table", table, "a CSV file");
        o.add("log", log, "fit the logarithms").add("time", time, "let the law depend on the time, too");
        o.add("fraction", fraction, "of the rows, to train on").add("epochs", epochs, "steps of the training");
        o.add("rate", rate, "of learning, at its highest").add("decay", decay, "of weights");
        o.add("width", width, "of a hidden layer").add("depth", depth, "hidden layers");
        o.add("activation", activation, "tanh, softplus, silu, ...").add("seed", seed, "of the first weights");
        o.add("method", method, ode::all_names(ode::all_methods)).add("tolerance", tolerance, "of a step");
        o.add("steps", steps, "equal steps for all rows; 0: by the tolerance");
        o.add("gradient", gradient, ode::all_names(ode::all_routes)).add("out", out, "the figure");
        o.add("save", save, "what was learned").add("load", load, "a file that --save wrote, to go on from");
        if (!o.parse(argc, argv)) return false;
        check();
        if (!(fraction > 0 && fraction <= 1))
            fail({.what = "fit_csv: --fraction is out of range",
                  .got = "--fraction " + number_text(fraction),
                  .expected = "a part of the rows: above 0, at most 1"});
        for (const std::string& path : {save, out})  // before the training, whose result they shall keep
            if (!path.empty()) require_replaceable(path);
        return true;
    }
    void check() const {
        const auto require = [](const char* name, double value, double low, double high) {
            require_within("fit_csv", name, value, low, high, {});
        };
        require("--epochs", epochs, load.empty() ? 1 : 0, 1e9);
        require("--width", width, 1, 1e5);
        require("--depth", depth, 0, 100);
        require("--steps", steps, 0, 1e6);
        require("--tolerance", tolerance, 1e-14, 1);
    }

    ode::SolveOptions solver() const {
        const ode::Method chosen = method;
        if (!chosen.adaptive() && steps == 0)
            fail({.what = "fit_csv: " + method + " does not choose its steps",
                  .got = "--steps 0",
                  .expected = "the number of equal steps over all rows",
                  .fix = "--steps 200"});
        return {.method = chosen, .rtol = tolerance, .atol = tolerance, .gradient = gradient, .steps = steps};
    }
};

using Model = Trajectory<nn::MLP>;

Model model_for(const Settings& s, const Observations& data) {
    std::vector<Index> widths(static_cast<std::size_t>(s.depth) + 2, s.width);
    widths.front() = widths.back() = data.columns();
    return {nn::MLP(widths, nn::activation(s.activation), Rng{s.seed}, {.time = s.time}), data.z.rows(0, 1)};
}

// The solver's time: 0 at the first row, 10 at the last one that is trained on.
struct Clock {
    double origin, unit;
    std::vector<double> operator()(std::vector<double> times) const {
        for (double& t : times) t = (t - origin) / unit;
        return times;
    }
};

void save_model(const Settings& s, const Model& model, const Scaling& scaling, const Clock& clock) {
    TensorFile file;
    file.add_integer("width", static_cast<std::uint64_t>(s.width));
    file.add_integer("depth", static_cast<std::uint64_t>(s.depth));
    file.add_integer("activation." + s.activation, 1);
    file.add_integer("time", s.time);
    file.add_integer("log", scaling.log);
    file.add("mean", scaling.mean);
    file.add("deviation", scaling.deviation);
    file.add_number("origin", clock.origin);
    file.add_number("unit", clock.unit);
    model.write(file, "model.");
    save(s.save, file);
}

// A loaded model keeps its layers and its units, whatever the options and the table now say.
void take_layers(Settings& s, const TensorFile& file) {
    s.width = static_cast<int>(std::min<std::uint64_t>(file.integer("width"), 1'000'000));
    s.depth = static_cast<int>(std::min<std::uint64_t>(file.integer("depth"), 1'000'000));
    s.check();
    s.time = file.integer("time") != 0;
    for (const nn::NamedActivation& a : nn::all_activations())
        if (file.find(std::string("activation.") + a.name)) s.activation = a.name;
}
Scaling scaling_in(const TensorFile& file, Index columns) {
    return {file.integer("log") != 0, tensor_of_shape(file, "mean", {columns}, {}),
            tensor_of_shape(file, "deviation", {columns}, {})};
}

void train(const Settings& s, const Model& model, const Observations& data, const std::vector<double>& t,
           BestSoFar& best, const StopSignals& stop) {
    const ode::SolveOptions solver = s.solver();
    optim::AdamW adam(model.parameters(), {.lr = s.rate, .weight_decay = s.decay});
    const optim::Cosine schedule{.peak = s.rate, .steps = static_cast<std::uint64_t>(s.epochs)};
    const ode::GrowingHorizon horizon{.from = s.load.empty() ? std::min<Index>(4, data.seen) : data.seen,
                                      .to = data.seen,
                                      .over = schedule.steps / 2};
    Progress progress(s.epochs, {.step = "epoch"});
    Tape tape;
    long evaluations = 0;
    for (int epoch = 1; epoch <= s.epochs && !stop.received(); ++epoch) {
        const Index rows = horizon(adam.steps());  // row by row
        tape.rewind();
        const ode::Solution seen = model.solve(tape, std::span(t).first(static_cast<std::size_t>(rows)), solver);
        const Var loss = nn::mse(seen.z, data.z.rows(0, rows));
        const Vars gradient = grad(loss, model.parameters());
        best.consider(epoch, static_cast<double>(loss.item()), rows);
        adam.set_lr(schedule(adam.steps()));
        adam.step(gradient);
        evaluations += seen.statistics().evaluations + seen.statistics().backward_evaluations;
        progress.update(epoch, static_cast<double>(loss.item()), evaluations);
    }
}

void draw(const Settings& s, const Model& model, const Observations& data, const std::vector<double>& t) {
    constexpr int steps = 400;
    const auto last = static_cast<std::size_t>(data.seen) - 1;
    const auto times = grid(data.times.front(), data.times.back(), steps);
    const Tensor path = model.path(grid(t.front(), t.back(), steps), s.solver());
    std::vector<Plot> panels;
    for (Index j = 0; j < data.columns(); ++j) {
        const std::string& name = data.names[static_cast<std::size_t>(j)];
        Plot plot({.title = name, .x = data.time_name});
        if (last + 1 < t.size()) plot.band(data.times[last], INFINITY, "forecast");
        plot.line(times, data.scaling.column(path, j), {.label = "neural ODE", .color = palette(2), .width = 2.4});
        add_observed(plot, data, j, palette(static_cast<std::size_t>(j) % 2), "observed");
        panels.push_back(std::move(plot));
    }
    const auto forecast = static_cast<std::size_t>(std::lround(steps * (t[last] - t[0]) / (t.back() - t[0])));
    if (data.columns() == 2 && !s.time)
        panels.push_back(phase_plane(data, path, forecast, [&](const Tensor& z) { return model.slopes(z); }));
    save_svg(s.out, panels, {.title = s.table});
}

int run(int argc, char** argv) {
    Settings s;
    if (!s.parse(argc, argv)) return 0;
    const ode::SolveOptions solver = s.solver();
    const Series series = read_csv(s.table);
    const auto rows = static_cast<Index>(series.times.size());
    const Index seen = std::clamp<Index>(std::lround(s.fraction * static_cast<double>(rows)), 3, rows);
    const bool resumed = !s.load.empty();
    const TensorFile file = resumed ? load(s.load) : TensorFile();
    if (resumed) take_layers(s, file);
    const Observations data = resumed ? Observations(series, seen, scaling_in(file, series.values.shape()[1]))
                                      : Observations(series, seen, s.log);
    Model model = model_for(s, data);
    if (resumed) model.read(file, "model.");
    const double first = data.times.front(), last = data.times[static_cast<std::size_t>(seen) - 1];
    const Clock clock = resumed ? Clock{file.number("origin"), file.number("unit")} : Clock{first, (last - first) / 10};
    const std::vector<double> t = clock(data.times);

    std::printf("%s: %d rows of %d columns, trained on the first %d; a law of %d numbers\n", s.table.c_str(),
                static_cast<int>(rows), static_cast<int>(data.columns()), static_cast<int>(seen),
                static_cast<int>(model.count()));
    std::fflush(stdout);
    const StopSignals stop;
    BestSoFar best(model);
    const auto keep_the_best = [&] {
        if (s.save.empty() || best.epoch() == 0) return;
        best.restore();
        save_model(s, model, data.scaling, clock);
        std::fprintf(stderr, "\nThe best model so far, of epoch %d (loss %.3g), is in %s.\n", best.epoch(), best.loss(),
                     s.save.c_str());
    };
    try {
        train(s, model, data, t, best, stop);
    } catch (const Error&) {
        keep_the_best();
        throw;
    }
    if (stop.received()) {
        keep_the_best();
        return stop.exit_status();
    }
    if (!s.save.empty()) save_model(s, model, data.scaling, clock);
    const Tensor z = model.path(t, solver);
    const char* what = data.scaling.log ? "of the logs" : "in the table's units";
    std::printf("root mean square error %s\n  on the rows seen  %.4g\n", what, data.scaling.rmse(z, data.z, 0, seen));
    if (seen < rows) std::printf("  on the forecast   %.4g\n", data.scaling.rmse(z, data.z, seen, rows));
    if (!s.out.empty()) draw(s, model, data, t);
    if (!s.save.empty()) std::printf("\nThe model is in %s: --load goes on from there.\n", s.save.c_str());
    if (!s.out.empty()) std::printf("The figure is in %s: open it in a browser.\n", s.out.c_str());
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
