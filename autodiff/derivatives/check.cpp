#include "autodiff/derivatives/check.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "core/random.hpp"  // brings: Rng

namespace costate::inline COSTATE_PRECISION {

namespace {

Tensor weights_for(Var y) {
    Tensor w(y.shape());
    Rng(20'18).fill_uniform(w.entries(), 0.5, 1.5);
    return w;
}

// Σ w y, in double: no digit is lost in the sum.
double weighed(Var y) {
    const Tensor w = weights_for(y);
    const View numbers = y.tape().view(y);
    double total = 0;
    for (Index i = 0; i < w.size(); ++i) total += static_cast<double>(w[i]) * static_cast<double>(numbers[i]);
    return total;
}

// One entry of what f depends on, to be moved and put back, also when f fails.
using Mover = std::function<void(std::size_t input, Index entry, Real value)>;

class Moved {
public:
    Moved(const Mover& move, std::size_t input, Index entry, Real x)
        : move_(move), input_(input), entry_(entry), x_(x) {}
    ~Moved() { move_(input_, entry_, x_); }
    Moved(const Moved&) = delete;
    Moved& operator=(const Moved&) = delete;
    void to(Real value) { move_(input_, entry_, value); }

private:
    const Mover& move_;
    std::size_t input_;
    Index entry_;
    Real x_;
};

double difference(Real x, Moved& moved, const std::function<double()>& value) {
    const double size = std::max(1.0, std::abs(static_cast<double>(x)));
    const double step = std::pow(static_cast<double>(std::numeric_limits<Real>::epsilon()), 0.2) * size;
    const auto slope = [&](double h) {  // (a), with the steps that were really made
        const Real above = static_cast<Real>(static_cast<double>(x) + h);
        const Real below = static_cast<Real>(static_cast<double>(x) - h);
        moved.to(above);
        const double value_above = value();
        moved.to(below);
        const double value_below = value();
        return (value_above - value_below) / (static_cast<double>(above) - static_cast<double>(below));
    };
    return (4 * slope(step / 2) - slope(step)) / 3;  // (b)
}

// f, recorded anew with the present entries of what it depends on: y, and the leaves that these are on the tape.
using OnTape = std::function<Var(Tape&, std::vector<Var>& leaves)>;

// The gradients on the tape against differences in the entries of xs, which `move` moves.
GradientReport compare(const OnTape& record, std::span<const View> xs, const Mover& move, double tolerance) {
    Tape tape, moved_tape;
    std::vector<Var> leaves, others;
    const Var y = record(tape, leaves), y_bar = tape.constant(weights_for(y));
    const Vars gradients = vjp(Vars(&y, 1), leaves, Vars(&y_bar, 1));
    const auto value = [&] {
        moved_tape.rewind();
        others.clear();
        return weighed(record(moved_tape, others));
    };
    GradientReport report{.tolerance = tolerance};
    for (std::size_t i = 0; i < xs.size(); ++i)
        for (Index j = 0; j < xs[i].size(); ++j) {
            const double analytic = gradients[i].is_zero() ? 0.0 : static_cast<double>(tape.view(gradients[i])[j]);
            const Real x = xs[i][j];
            Moved moved(move, i, j, x);
            const double numeric = difference(x, moved, value);
            double error = std::abs(analytic - numeric) / std::max(1.0, std::abs(numeric));
            if (std::isnan(error)) error = std::numeric_limits<double>::infinity();
            if (report.compared++ > 0 && !(error > report.largest_error)) continue;
            report.largest_error = error;
            report.input = i;
            report.entry = j;
            report.analytic = analytic;
            report.numeric = numeric;
        }
    return report;
}

}  // namespace

GradientReport check_gradients(const std::function<Var(Vars)>& f, std::span<const Tensor> xs, double tolerance) {
    std::vector<Tensor> point(xs.begin(), xs.end());
    const auto record = [&](Tape& tape, std::vector<Var>& leaves) {
        for (const Tensor& x : point) leaves.push_back(tape.variable(x));
        return f(leaves);
    };
    const auto move = [&point](std::size_t i, Index j, Real x) { point[i][j] = x; };
    return compare(record, std::vector<View>(point.begin(), point.end()), move, tolerance);
}

GradientReport check_gradients(const std::function<Var(Var)>& f, const Tensor& x, double tolerance) {
    return check_gradients(std::function<Var(Vars)>([&f](Vars xs) { return f(xs[0]); }), std::span(&x, 1), tolerance);
}

GradientReport check_gradients(const std::function<Var(Tape&)>& f, Parameters parameters, double tolerance) {
    std::vector<View> entries;
    for (const Parameter& p : parameters) entries.push_back(p.value());
    const auto record = [&](Tape& tape, std::vector<Var>& leaves) {
        const Var y = f(tape);
        for (const Parameter& p : parameters) leaves.push_back(tape.use(p));
        return y;
    };
    const auto move = [&parameters](std::size_t i, Index j, Real x) { parameters[i].edit()[j] = x; };
    return compare(record, entries, move, tolerance);
}

std::string to_text(const GradientReport& r) {
    if (r.compared == 0) return "gradients: nothing was compared";
    return text(r.ok() ? "gradients agree: " : "gradients differ: ", r.compared, " entries, largest error ",
                r.largest_error, r.ok() ? " (tolerance " : ", more than ", r.tolerance, r.ok() ? ")" : "",
                ", at entry ", r.entry, " of input ", r.input, ": ", r.analytic, " on the tape, ", r.numeric,
                " by differences");
}

}  // namespace costate
