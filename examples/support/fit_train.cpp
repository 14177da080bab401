#include "examples/support/fit_train.hpp"

#include <cmath>
#include <optional>

#include "examples/support/progress.hpp"   // brings: Progress
#include "nn/losses.hpp"                   // brings: mse
#include "ode/models/growing_horizon.hpp"  // brings: GrowingHorizon
#include "optim/schedule.hpp"              // brings: Cosine

namespace costate::support {

namespace {

double sum_of(const Tensor& numbers) {
    double sum = 0;
    for (const Real number : numbers.entries()) sum += static_cast<double>(number);
    return sum;
}

}  // namespace

Training::Training(const FitSettings& s, const FitModel& model, const FitData& data)
    : s_(s),
      model_(model),
      data_(data),
      adam_(model.parameters(), optim::AdamWOptions{.lr = s.rate, .weight_decay = s.decay}),
      best_adam_(adam_),
      best_(model) {}

void Training::learn(const StopSignals& stop) {
    const ode::SolveOptions solver = s_.solver();
    const optim::Cosine schedule{.peak = s_.rate, .steps = static_cast<std::uint64_t>(s_.epochs)};
    const Index all = data_.seen_longest();
    Index first = std::max(std::min<Index>(4, all), all / 20);
    while (first < all && sum_of(data_.mask_of(first)) == 0) ++first;  // a column may begin with gaps
    const ode::GrowingHorizon horizon{.from = first, .to = all, .over = schedule.steps / 2};
    Progress progress(s_.epochs, {.step = "epoch", .out = s_.progress}, done());
    Tape tape;
    long evaluations = 0;
    Index rows = 0;
    Lists times;
    Tensor mask;
    for (int epoch = done() + 1; epoch <= s_.epochs && !stop.received(); ++epoch) {
        if (const Index wanted = std::max(horizon(adam_.steps()), std::min(rows_, all));
            wanted != rows) {  // row by row
            rows = rows_ = wanted, times = data_.times(rows), mask = data_.mask_of(rows);
        }
        tape.rewind();
        ode::Solution<Var> solved;
        const Var loss = nn::mse(model_.columns_at(tape, times, solver, &solved), data_.z.rows(0, rows), mask);
        const Vars gradient = grad(loss, model_.parameters());
        const auto value = static_cast<double>(loss.item());
        if (best_.consider(epoch, value, rows)) best_adam_ = adam_;
        adam_.set_lr(schedule(adam_.steps()));
        adam_.step(gradient);
        const ode::Statistics statistics = solved.statistics();
        evaluations += statistics.evaluations + statistics.backward_evaluations;
        progress.update(epoch, value, evaluations, rows);
    }
}

void Training::read(const TensorFile& file) {
    adam_.read(file, "adam.");
    rows_ = static_cast<Index>(std::min<std::uint64_t>(file.integer("rows"), 1'000'000'000));
}

void Training::restore_best() {
    best_.restore();
    adam_ = best_adam_;
    rows_ = best_.rows();
}

void Training::save() const {
    TensorFile file;
    describe(file, s_, data_);
    model_.write(file, "model.");
    file.add_integer("rows", static_cast<std::uint64_t>(rows_));
    if (s_.law.empty()) adam_.write(file, "adam.");
    costate::save(s_.save, file);
}

namespace {

// What is observed of the rows up to `rows`, as places in [rows,B,D].
std::vector<Index> observed_places(const FitData& data, Index rows) {
    const Tensor mask = data.mask_of(rows);
    std::vector<Index> places;
    for (Index i = 0; i < mask.size(); ++i)
        if (mask[i] != 0) places.push_back(i);
    return places;
}

std::optional<optim::Fit> from_here(const FitModel& model, const FitData& data, const ode::SolveOptions& solver) {
    const Index all = data.seen_longest();
    std::optional<optim::Fit> fit;
    for (const Index part : {4, 2, 1}) {
        const Index rows = std::max<Index>(std::min<Index>(4, all), all / part);
        const std::vector<Index> places = observed_places(data, rows);
        if (part > 1 && std::ssize(places) <= model.count()) continue;
        const Lists times = data.times(rows);
        const Tensor seen = Tensor(data.z.rows(0, rows)).reshaped({rows * data.sequences() * data.columns()});
        const auto residuals = [&](Tape& tape) {
            const Var z = reshape(model.columns_at(tape, times, solver), {-1});
            return gather(z - seen, places, 0);
        };
        std::string error;
        const auto trial = [&] { fit = optim::least_squares(model, residuals, {.iterations = 100, .max_step = 2}); };
        if (!optim::succeeds(trial, error)) return {};
    }
    return fit;
}

}  // namespace

optim::Fit fit_law(const FitSettings& s, const FitModel& model, const FitData& data) {
    constexpr int starts = 12, agreeing = 3;
    constexpr double sharp = sizeof(Real) == 4 ? 1e-5 : 1e-7;  // below what rounding allows there is nothing to gain
    const ode::SolveOptions solver{.method = s.method, .rtol = sharp, .atol = sharp, .steps = s.steps};
    const FitModel first = nn::clone(model);
    std::optional<optim::Fit> best;
    int alike = 0;
    Progress progress(starts, {.step = "start", .number = "sum of squares", .out = s.progress});
    Rng rng(s.net.seed);
    for (int start = 1; start <= starts && alike < agreeing; ++start) {
        FitModel trial = nn::clone(first);
        if (start > 1)
            for (const Parameter& p : trial.parameters()) {
                auto numbers = p.edit();
                for (Index i = 0; i < p.size(); ++i)
                    numbers[i] += static_cast<Real>((p.shape() == trial.z0.shape() ? 0.3 : 1) * rng.normal());
            }
        const std::optional<optim::Fit> fit = from_here(trial, data, solver);
        if (fit && best && std::fabs(fit->sum_of_squares / best->sum_of_squares - 1) < 1e-4) ++alike;
        if (fit && (!best || fit->sum_of_squares < best->sum_of_squares)) {
            if (best && fit->sum_of_squares < 0.9999 * best->sum_of_squares) alike = 0;
            best = fit;
            FitModel(model).assign(trial);
        }
        progress.update(alike == agreeing ? starts : start, best ? best->sum_of_squares : NAN);
    }
    if (!best)
        fail({.what = "fit_csv: the law " + s.law + " cannot be solved from any start",
              .got = std::to_string(starts) + " random starts",
              .expected = "columns that it is meant for: " + model.field.law()->equations,
              .fix = "the order of the columns is that of its states"});
    return *best;
}

}  // namespace costate::support
