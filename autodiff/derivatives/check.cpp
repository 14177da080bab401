#include "autodiff/derivatives/check.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "core/elementary/elementary.hpp"  // brings: pow
#include "core/random.hpp"                 // brings: Rng

namespace costate::inline COSTATE_PRECISION {

namespace {

Tensor weights_for(Var y) {
    Tensor w(y.shape());
    Rng(20'18).fill_uniform(w.entries(), 0.5, 1.5);
    return w;
}

// Σ w y, in double: no digit is lost in the sum.
Number weighed(Var y) {
    const Tensor w = weights_for(y);
    const View numbers = y.tape().view(y);
    Number total = 0;
    for (Index i = 0; i < w.size(); ++i) total += static_cast<Number>(w[i]) * static_cast<Number>(numbers[i]);
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

Number difference(Real x, Moved& moved, const std::function<Number()>& value) {
    const Number size = std::max<Number>(1, std::abs(static_cast<Number>(x)));
    const Number step = elementary::pow(static_cast<Number>(std::numeric_limits<Real>::epsilon()), Number(0.2)) * size;
    const auto slope = [&](Number h) {  // (a), with the steps that were really made
        const Real above = static_cast<Real>(static_cast<Number>(x) + h);
        const Real below = static_cast<Real>(static_cast<Number>(x) - h);
        moved.to(above);
        const Number value_above = value();
        moved.to(below);
        const Number value_below = value();
        return (value_above - value_below) / (static_cast<Number>(above) - static_cast<Number>(below));
    };
    return (4 * slope(step / 2) - slope(step)) / 3;  // (b)
}

// f, recorded anew with the present entries of what it depends on: y, and the leaves that these are on the tape.
using OnTape = std::function<Var(Tape&, std::vector<Var>& leaves)>;

// The gradients on the tape against differences in the entries of xs, which `move` moves.
GradientReport compare(const OnTape& record, std::span<const View> xs, const Mover& move, Number tolerance) {
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
            const Number analytic = gradients[i].is_zero() ? 0.0 : static_cast<Number>(tape.view(gradients[i])[j]);
            const Real x = xs[i][j];
            Moved moved(move, i, j, x);
            const Number numeric = difference(x, moved, value);
            Number error = std::abs(analytic - numeric) / std::max<Number>(1, std::abs(numeric));
            if (std::isnan(error)) error = std::numeric_limits<Number>::infinity();
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

GradientReport check_gradients(const std::function<Var(Vars)>& f, std::span<const Tensor> xs, Number tolerance) {
    std::vector<Tensor> point(xs.begin(), xs.end());
    const auto record = [&](Tape& tape, std::vector<Var>& leaves) {
        for (const Tensor& x : point) leaves.push_back(tape.variable(x));
        return f(leaves);
    };
    const auto move = [&point](std::size_t i, Index j, Real x) { point[i][j] = x; };
    return compare(record, std::vector<View>(point.begin(), point.end()), move, tolerance);
}

GradientReport check_gradients(const std::function<Var(Var)>& f, const Tensor& x, Number tolerance) {
    return check_gradients(std::function<Var(Vars)>([&f](Vars xs) { return f(xs[0]); }), std::span(&x, 1), tolerance);
}

GradientReport check_gradients(const std::function<Var(Tape&)>& f, Parameters parameters, Number tolerance) {
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
