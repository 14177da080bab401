#include "optim/lbfgs.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace costate::optim::inline COSTATE_PRECISION {

namespace {

using Numbers = std::span<const Real>;

// In double, over eight partial sums: a compiler keeps them in one register.
Number dot(Numbers a, Numbers b) {
    Number sums[8] = {};
    std::size_t i = 0;
    for (; i + 8 <= a.size(); i += 8)
        for (std::size_t j = 0; j < 8; ++j) sums[j] += static_cast<Number>(a[i + j]) * static_cast<Number>(b[i + j]);
    Number sum = 0;
    for (; i < a.size(); ++i) sum += static_cast<Number>(a[i]) * static_cast<Number>(b[i]);
    for (const Number part : sums) sum += part;
    return sum;
}

void add(std::span<Real> to, Number factor, Numbers v) {  // to += factor · v
    const Real f = static_cast<Real>(factor);
    for (std::size_t i = 0; i < to.size(); ++i) to[i] += f * v[i];
}

Number largest_of(Numbers v) {
    Number most = 0;
    for (const Real entry : v) most = std::max(most, std::abs(static_cast<Number>(entry)));
    return most;
}

}  // namespace

LossAndGradient Objective::of_recorded(Var loss, Tape& tape, std::span<const Parameter> parameters, Where at) {
    if (!loss.is_zero() && &loss.tape() != &tape)
        fail(at, {.what = "minimise: the loss was recorded on another tape",
                  .got = "a Var of a tape of its own",
                  .expected = "a Var of the tape that the loss function is given",
                  .fix = "[&](Tape& tape) { ...; return loss; } with every constant made by this tape"});
    const Vars gradients = grad(loss, parameters, at);
    return {static_cast<Number>(tape.view(loss)[0]), gradients};
}

void LBFGS::prepare(Where at) {
    versions_.resize(parameters_.size());
    require_trainable(parameters_, at);
    require_within("LBFGS", "memory", options_.memory, 1, 1e6, at);
    require_within("LBFGS", "decrease", options_.decrease, std::numeric_limits<Number>::min(), 0.5, at);
    require_within("LBFGS", "curvature", options_.curvature, options_.decrease, 1, at);
    require_within("LBFGS", "trials", options_.trials, 1, 1e6, at);
    for (const Parameter& p : parameters_) size_ += p.size();
    for (std::vector<Real>* list : {&x_, &gradient_, &direction_, &new_gradient_}) list->resize(size_);
    for (std::vector<Real>* list : {&s_, &y_}) list->resize(size_ * options_.memory);
    weights_.resize(options_.memory);
}

Number LBFGS::gradient() const { return largest_of(gradient_); }

Numbers LBFGS::pair(const std::vector<Real>& list, std::size_t age) const {
    const std::size_t m = weights_.size();
    return std::span(list).subspan((latest_ + m - age) % m * size_, size_);
}

Minimum LBFGS::run(const Objective& objective, const MinimiseOptions& options, Where at) {
    forget();
    error_.clear();
    const long before = evaluations_;
    start(objective, at);
    Stop stop = Stop::not_yet;
    int n = 0;
    for (; stop == Stop::not_yet; ++n) {
        const Number last = loss_;
        if (gradient() <= options.gradient)
            stop = Stop::small_gradient;
        else if (n >= options.iterations)
            stop = Stop::iterations;
        else if (!iterate(objective, at))
            stop = Stop::stuck;
        else if (options.change > 0 && std::abs(last - loss_) <= options.change * std::abs(last))
            stop = Stop::small_change;
    }
    if (stop != Stop::small_change) --n;  // in the last round there was no step
    return {loss_, gradient(), n, evaluations_ - before, stop, error_};
}

bool LBFGS::is_at_start() const {
    for (std::size_t i = 0; i < versions_.size(); ++i)
        if (versions_[i] != parameters_[i].version()) return false;
    return evaluated_;
}

void LBFGS::start(const Objective& objective, Where at) {
    std::size_t k = 0;
    for (const Parameter& p : parameters_)
        for (const Real entry : p.value().entries()) x_[k++] = entry;
    require_influence("minimise", evaluate(objective, at), parameters_, at);
    if (!std::isfinite(new_loss_) ||
        !(largest_of(new_gradient_) <= static_cast<Number>(std::numeric_limits<Real>::max())))
        fail(at, {.what = "minimise: the loss or its gradient is not finite at the start",
                  .got = text("loss ", new_loss_),
                  .expected = "finite numbers; nothing was changed",
                  .fix = "another start, or tape.set_finite_check(true) in the loss function to find the operation"});
    arrive();
}

void LBFGS::arrive() {
    evaluated_ = true;
    loss_ = new_loss_;
    gradient_.swap(new_gradient_);
    stand_here();
}

void LBFGS::stand_here() {
    for (std::size_t i = 0; i < versions_.size(); ++i) versions_[i] = parameters_[i].version();
}

Gradients LBFGS::evaluate(const Objective& objective, Where at) {
    ++evaluations_;
    tape_.rewind();
    const LossAndGradient found = objective(tape_, parameters_, at);
    const Gradients& gradients = found.gradients;
    if (gradients.size() != parameters_.size())
        fail(at, {.what = "minimise: not one gradient for each parameter",
                  .got = text(gradients.size(), " gradients"),
                  .expected = text(parameters_.size())});
    std::size_t k = 0;
    for (std::size_t i = 0; i < parameters_.size(); ++i) {
        const Index n = parameters_[i].size();
        const View g = gradients.view(i, at);
        if (g.data && g.size() != n)
            fail(at, {.what = "minimise: a gradient has another shape than its parameter",
                      .got = text(g.shape, " for parameter ", i),
                      .expected = to_text(parameters_[i].shape())});
        for (Index j = 0; j < n; ++j) new_gradient_[k++] = g.data ? static_cast<Real>(gradients.scale) * g[j] : Real(0);
    }
    new_loss_ = found.loss;
    return gradients;
}

void LBFGS::move_to(Number step) {
    const Real alpha = static_cast<Real>(step);
    std::size_t k = 0;
    for (const Parameter& p : parameters_) {
        Parameter::Edit edit = p.edit();
        for (Real& entry : edit.entries()) {
            entry = x_[k] + alpha * direction_[k];
            ++k;
        }
    }
}

// The loss of a trial: infinite where there is none.
void LBFGS::try_step(const Objective& objective, Number step, Where at) {
    move_to(step);
    if (!succeeds([&] { evaluate(objective, at); }, error_)) new_loss_ = std::numeric_limits<Number>::infinity();
}

bool LBFGS::search(const Objective& objective, Where at) {
    struct Return {  // to x, unless the search arrives: whatever is thrown
        LBFGS& lbfgs;
        bool arrived = false;
        ~Return() {
            if (arrived) return;
            lbfgs.move_to(0);
            lbfgs.stand_here();
        }
    } back{*this};
    using Verdict = WolfeSearch::Verdict;
    const Number slope = dot(gradient_, direction_);
    if (!(slope < 0)) return false;
    const Number first = pairs_ > 0 ? 1 : std::min<Number>(1, 1 / std::sqrt(-slope));  // nothing is known: one unit far
    WolfeSearch search(loss_, slope, first, {options_.decrease, options_.curvature, options_.trials});
    Verdict verdict = Verdict::go_on;
    while (verdict == Verdict::go_on) {
        try_step(objective, search.trial(), at);
        verdict = search.judge(new_loss_, dot(new_gradient_, direction_));
    }
    if (verdict == Verdict::settle) try_step(objective, search.best(), at);
    back.arrived = verdict != Verdict::give_up;
    return back.arrived;
}

bool LBFGS::iterate(const Objective& objective, Where at) {
    if (!is_at_start()) start(objective, at);
    find_direction();
    while (!search(objective, at)) {
        if (pairs_ == 0) return false;
        forget();
        find_direction();
    }
    learn();
    arrive();
    ++steps_;
    return true;
}

void LBFGS::find_direction() {
    const std::span<Real> d(direction_);
    for (std::size_t i = 0; i < size_; ++i) d[i] = -gradient_[i];
    for (std::size_t age = 0; age < pairs_; ++age) {
        const Numbers s = pair(s_, age), y = pair(y_, age);
        weights_[age] = dot(s, d) / dot(s, y);
        add(d, -weights_[age], y);
    }
    if (pairs_ > 0) {
        const Numbers s = pair(s_, 0), y = pair(y_, 0);
        const Real scale = static_cast<Real>(dot(s, y) / dot(y, y));  // (b)
        for (Real& entry : d) entry *= scale;
    }
    for (std::size_t age = pairs_; age-- > 0;) {
        const Numbers s = pair(s_, age), y = pair(y_, age);
        add(d, weights_[age] - dot(y, d) / dot(s, y), s);
    }
}

void LBFGS::learn() {
    const std::size_t m = weights_.size(), next = pairs_ == 0 ? 0 : (latest_ + 1) % m;
    const std::span<Real> s = std::span(s_).subspan(next * size_, size_),
                          y = std::span(y_).subspan(next * size_, size_);
    std::size_t k = 0;
    for (const Parameter& p : parameters_)
        for (const Real entry : p.value().entries()) {
            s[k] = entry - x_[k];
            y[k] = new_gradient_[k] - gradient_[k];
            x_[k++] = entry;
        }
    // By optim/line_search.hpp (b) sᵀy > 0, but for rounding: a pair that has only that would spoil the others.
    if (!(dot(s, y) > std::numeric_limits<Number>::epsilon() * dot(y, y))) return;
    latest_ = next;
    pairs_ = std::min(m, pairs_ + 1);
}

void LBFGS::write(TensorFile& file, const std::string& prefix, Where at) const {
    file.add_integer(prefix + "kind.LBFGS", pairs_, at);
    file.add_integer(prefix + "steps", steps_, at);
    for (std::size_t i = 0; i < pairs_; ++i) {  // the oldest first
        file.add(spelled(prefix, "s.", i), Tensor(pair(s_, pairs_ - 1 - i), at), at);
        file.add(spelled(prefix, "y.", i), Tensor(pair(y_, pairs_ - 1 - i), at), at);
    }
}

void LBFGS::read(const TensorFile& file, const std::string& prefix, Where at) {
    const std::uint64_t pairs = file.integer(prefix + "kind.LBFGS", at), steps = file.integer(prefix + "steps", at);
    require_within("LBFGS", "the number of pairs in the file", static_cast<Number>(pairs), 0, options_.memory + 1, at);
    std::vector<Tensor> list;
    for (std::size_t i = 0; i < pairs; ++i) {
        for (const char* name : {"s.", "y."})
            list.push_back(tensor_of_shape(file, spelled(prefix, name, i), Shape({static_cast<Index>(size_)}, at), at));
        const Number product = dot(list[2 * i].entries(), list[2 * i + 1].entries());
        if (!(product > 0 && std::isfinite(product)))
            fail(at, {.what = "LBFGS: a pair in the file has no positive curvature",
                      .got = text("sᵀy = ", product, " of \"", prefix, "s.", i, "\""),
                      .expected = "a number above 0: no step leaves others"});
    }
    for (std::size_t i = 0; i < pairs; ++i) {
        std::copy_n(list[2 * i].data(), size_, s_.begin() + i * size_);
        std::copy_n(list[2 * i + 1].data(), size_, y_.begin() + i * size_);
    }
    pairs_ = pairs;
    latest_ = pairs == 0 ? 0 : pairs - 1;
    steps_ = steps;
    evaluated_ = false;
}

}  // namespace costate::optim
