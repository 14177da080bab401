#include "optim/optimizer.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "autodiff/operators/shaping.hpp"  // brings: is_filled

namespace costate::optim::inline COSTATE_PRECISION {

namespace {

constexpr double no_limit = std::numeric_limits<double>::infinity();

bool all_finite(View x) {
    bool finite = true;
    for (const Real entry : x.entries()) finite &= std::abs(entry) <= std::numeric_limits<Real>::max();
    return finite;
}

std::string nth(std::size_t i, const Parameter& p) {
    return "parameter " + std::to_string(i) + ", \"" + p.name() + "\" " + to_text(p.shape());
}

View checked(std::size_t i, const Parameter& p, View g, Where at) {
    if (g.shape != p.shape())
        fail(at, {.what = "step: a gradient has another shape than its parameter",
                  .got = to_text(g.shape) + " for " + nth(i, p),
                  .expected = to_text(p.shape()),
                  .fix = "gradients in the order of the optimiser's parameters"});
    if (!g.data && g.size() > 0)
        fail(at, {.what = "step: a gradient has no numbers",
                  .got = "no data for " + nth(i, p),
                  .expected = "computed gradients, or a zero Var",
                  .fix = "tape.set_evaluating(true) before recording"});
    if (!all_finite(g)) {
        Index bad = 0;
        while (std::isfinite(g[bad])) ++bad;
        fail(at,
             {.what = "step: a gradient is not finite",
              .got = number_text(static_cast<double>(g[bad])) + " in entry " + std::to_string(bad) +
                     " of the gradient of " + nth(i, p),
              .expected = "finite numbers; nothing was changed",
              .likely = "a nan in the data or the targets, a loss that overflowed, or a division by 0",
              .fix = "look at the data; a smaller learning rate or clip_by_global_norm; tape.set_finite_check(true) "
                     "names the operation that made it"});
    }
    return g;
}

}  // namespace

View Gradients::view(std::size_t i, Where at) const {
    if (i >= vars.size()) return views[i - vars.size()];
    return is_zero(i) ? View{} : vars[i].tape().view(vars[i].tape().bring(vars[i], at));  // a stale Var: an error
}

Gradients::Gradients(const Var& one) {
    static const Var zero;
    if (one.is_zero()) {
        vars = Vars(&zero, 1);
        return;
    }
    const std::span<Var> kept = one.tape().list(1);
    kept[0] = one;
    vars = kept;
}

Optimizer::Optimizer(const char* kind, const Parameters& parameters, double lr, const std::vector<const char*>& states,
                     Where at)
    : kind_(kind), parameters_(parameters.list()), gradients_(parameters.size()) {
    set_lr(lr, at);
    require_trainable(parameters, at);
    Index longest = 0;
    for (const Parameter& p : parameters) longest = std::max(longest, p.size());
    zeros_ = Tensor(Shape({longest}, at), 0, at);
    for (const char* name : states) {
        NamedState& state = states_.emplace_back();
        state.name = name;
        for (const Parameter& p : parameters) state.tensors.emplace_back(p.shape());
    }
}

void Optimizer::set_lr(double lr, Where at) {
    require_at_least("optimiser", "lr", lr, 0, at);
    lr_ = lr;
}

void Optimizer::step(const Gradients& gradients, Where at) {
    if (gradients.size() != parameters_.size())
        fail(at, {.what = "step: not one gradient for each parameter",
                  .got = std::to_string(gradients.size()) + " gradients",
                  .expected = std::to_string(parameters_.size()),
                  .likely = gradients.size() == 1
                                ? "the loss in place of its gradients, or the gradient of one parameter alone"
                                : "",
                  .fix = "minimise(loss), or step(grad(loss, optimizer.parameters()))"});
    require_influence("step", gradients, parameters_, at);
    for (std::size_t i = 0; i < parameters_.size(); ++i)
        gradients_[i] = gradients.is_zero(i) ? View{zeros_.data(), parameters_[i].shape()}
                                             : checked(i, parameters_[i], gradients.view(i, at), at);
    require_at_least("step", "the gradients' scale", gradients.scale, 0, at);
    if (!(gradients.limit >= 0)) require_at_least("step", "the gradients' limit", gradients.limit, 0, at);
    ++steps_;
    if (gradients.limit == no_limit) return update(static_cast<Real>(gradients.scale));
    apply_limit(gradients);
    update(1);
}

void Optimizer::apply_limit(const Gradients& gradients) {
    if (limited_.empty())
        for (const Parameter& p : parameters_) limited_.emplace_back(p.shape());
    const Real scale = static_cast<Real>(gradients.scale), limit = static_cast<Real>(gradients.limit);
    for (std::size_t p = 0; p < gradients_.size(); ++p) {
        Real* to = limited_[p].data();
        for (const Real g : gradients_[p].entries()) *to++ = std::max(-limit, std::min(limit, scale * g));
        gradients_[p] = limited_[p];
    }
}

void Optimizer::write(TensorFile& file, const std::string& prefix, Where at) const {
    file.add_integer(prefix + "kind." + kind_, states_.size(), at);
    file.add_integer(prefix + "steps", steps_, at);
    file.add_integer(prefix + "parameters", parameters_.size(), at);
    file.add_number(prefix + "lr", lr_, at);
    for (const NamedState& state : states_)
        for (std::size_t i = 0; i < state.tensors.size(); ++i)
            file.add(prefix + state.name + "." + std::to_string(i), state.tensors[i], at);
}

void Optimizer::require_kind(const TensorFile& file, const std::string& prefix, Where at) const {
    std::string found = "no optimiser";
    const std::string kind = prefix + "kind.";
    for (const TensorFile::Item& item : file.items())
        if (item.name.starts_with(kind))
            if (const auto* states = std::get_if<std::uint64_t>(&item.value)) {
                if (item.name == kind + kind_ && *states == states_.size()) return;
                found = item.name.substr(kind.size()) + " with " + std::to_string(*states) + " state(s)";
            }
    fail(at, {.what = "optimiser: the file belongs to another one",
              .got = found + " under \"" + prefix + "\"",
              .expected = kind_ + (" with " + std::to_string(states_.size())) + " state(s)",
              .fix = "continue with the optimiser and the momentum with which the run began"});
}

void Optimizer::require_squares(const TensorFile& file, const std::string& prefix, Where at) const {
    for (std::size_t i = 0; i < parameters_.size(); ++i)
        for (const Real entry : file.tensor(prefix + "v." + std::to_string(i), at).entries())
            if (entry < 0)
                fail(at, {.what = std::string(kind_) + ": a mean of squares in the file is negative",
                          .got = number_text(static_cast<double>(entry)) + " in \"" + prefix + "v." +
                                 std::to_string(i) + "\"",
                          .expected = "0 or more"});
}

void Optimizer::read(const TensorFile& file, const std::string& prefix, Where at) {
    require_kind(file, prefix, at);
    const std::uint64_t steps = file.integer(prefix + "steps", at), count = file.integer(prefix + "parameters", at);
    if (count != parameters_.size())
        fail(at, {.what = "optimiser: the file belongs to another list of parameters",
                  .got = std::to_string(count) + " parameters under \"" + prefix + "\"",
                  .expected = std::to_string(parameters_.size())});
    std::vector<NamedState> states = states_;
    for (NamedState& state : states)
        for (std::size_t i = 0; i < state.tensors.size(); ++i) {
            const std::string name = prefix + state.name + "." + std::to_string(i);
            state.tensors[i] = nn::tensor_of_shape(file, name, parameters_[i].shape(), at);
            if (!all_finite(state.tensors[i]))
                fail(at, {.what = "optimiser: a state in the file is not finite",
                          .got = "\"" + name + "\" with an infinity or a nan",
                          .expected = "finite numbers: no step leaves others"});
        }
    set_lr(file.number(prefix + "lr", at), at);
    states_ = std::move(states);
    steps_ = steps;
}

// grad gives zeros for what has no influence, as it is recorded by `filled`; vjp a zero Var.
void require_influence(const char* what, const Gradients& gradients, const Parameters& parameters, Where at) {
    if (gradients.vars.empty()) return;
    for (const Var& g : gradients.vars)
        if (!g.is_zero() && !is_filled(g, 0, at)) return;
    fail(
        at,
        {.what = std::string(what) + ": the loss depends on no parameter of this optimiser",
         .got = "no gradient for any of " + std::to_string(parameters.size()) +
                " parameters, of which the first is \"" + parameters[0].name() + "\" " + to_text(parameters[0].shape()),
         .expected = "a loss computed with the parameters that the optimiser was given; nothing was changed",
         .likely = "the loss was computed with a clone of the model, or with another model of the same make",
         .fix = "give the optimiser the model that is called; a copy of a model has the same parameters, a clone new "
                "ones"});
}

void require_trainable(const Parameters& parameters, Where at) {
    if (parameters.size() == 0)
        fail(
            at,
            {.what = "optimiser: there is nothing to train",
             .got = "an empty list of parameters",
             .expected = "at least one",
             .likely = "a model that holds its parameters or layers without add(...), or a NeuralODE or Sequential of "
                       "a lambda: what a lambda captures is not looked into",
             .fix = "layer = add(\"layer\", nn::Linear(2, 2, rng)) as a member of the model; beside a lambda, give the "
                    "optimiser what it captures: Adam({W, b})"});
    for (std::size_t i = 0; i < parameters.size(); ++i)
        for (std::size_t j = 0; j < i; ++j)
            if (parameters[j] == parameters[i])
                fail(at, {.what = "optimiser: a parameter is listed twice",
                          .got = nth(i, parameters[i]),
                          .expected = "each parameter once, or it would be moved twice"});
}

void require_at_least(const char* what, const char* name, double value, double low, Where at) {
    require_within(what, name, value, low, no_limit, at);
}

void require_within(const char* what, const char* name, double value, double low, double high, Where at) {
    if (value >= low && value < high) return;
    fail(at, {.what = std::string(what) + ": " + name + " is out of range",
              .got = std::string(name) + " = " + number_text(value),
              .expected = high == no_limit ? "a finite number, at least " + number_text(low)
                                           : number_text(low) + " ≤ " + name + " < " + number_text(high)});
}

}  // namespace costate::optim
