#include "optim/optimizer.hpp"

#include <algorithm>
#include <cmath>

#include "autodiff/operators/shaping.hpp"  // brings: is_filled
#include "core/kernels/combine.hpp"        // brings: all_finite

namespace costate::optim::inline COSTATE_PRECISION {

namespace {

std::string nth(std::size_t i, const Parameter& p) { return text("parameter ", i, ", \"", p.name(), "\" ", p.shape()); }

View checked(std::size_t i, const Parameter& p, View g, Where at) {
    if (g.shape != p.shape())
        fail(at, {.what = "step: a gradient has another shape than its parameter",
                  .got = text(g.shape, " for ", nth(i, p)),
                  .expected = text(p.shape()),
                  .likely = g.size() == 1 ? "the loss in place of its gradient" : "",
                  .fix = "minimise(loss); or gradients in the order of the optimiser's parameters"});
    if (!g.data && g.size() > 0)
        fail(at, {.what = "step: a gradient has no numbers",
                  .got = text("no data for ", nth(i, p)),
                  .expected = "computed gradients, or a zero Var",
                  .fix = "tape.set_evaluating(true) before recording"});
    if (!all_finite(g.data, g.size())) {
        Index bad = 0;
        while (std::isfinite(g[bad])) ++bad;
        fail(at,
             {.what = "step: a gradient is not finite",
              .got = text(g[bad], " in entry ", bad, " of the gradient of ", nth(i, p)),
              .expected = "finite numbers; nothing was changed",
              .likely = "a nan in the data or the targets, a loss that overflowed, or a division by 0",
              .fix = "look at the data; a smaller learning rate or clip_by_global_norm; tape.set_finite_check(true) "
                     "names the operation that made it"});
    }
    return g;
}

// The loss has the shape of a gradient where all that is trained is one number. It is told from one by when it was recorded.
void require_gradient(Vars gradients, const Parameter& p, Where at) {
    const Var g = gradients[0];
    if (p.size() != 1 || g.is_zero() || g.tape(at).may_be_derivative(g.tape().bring(g, at))) return;
    fail(at, {.what = "step: this is no gradient, but what one is taken of",
              .got = text("a Var ", g.shape(), " for ", nth(0, p), ", which was recorded before any derivative"),
              .expected = "what grad, vjp or jvp gave, or was computed from that; nothing was changed",
              .likely = "the loss in place of its gradient",
              .fix = "minimise(loss), or step(grad(loss, p)); of a gradient by a formula of your own, detach(g)"});
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

Optimizer::Optimizer(const char* kind, const Parameters& parameters, Number lr, State state, Where at)
    : kind_(kind),
      parameters_(parameters.list()),
      powers_(std::move(state.powers)),
      gradients_(parameters.size()),
      state_(state.kept.size()) {
    set_lr(lr, at);
    require_trainable(parameters, at);
    Index longest = 0;
    for (const Parameter& p : parameters) longest = std::max(longest, p.size());
    zeros_ = Tensor(Shape({longest}, at), 0, at);
    for (const Kept& kept : state.kept) {
        kept_.push_back({kept, {}});
        for (const Parameter& p : parameters) kept_.back().tensors.emplace_back(p.shape());
    }
}

void Optimizer::set_lr(Number lr, Where at) {
    require_at_least("optimiser", "lr", lr, 0, at);
    lr_ = lr;
}

void Optimizer::step(const Gradients& gradients, Where at) {
    if (gradients.size() != parameters_.size())
        fail(at, {.what = "step: not one gradient for each parameter",
                  .got = text(gradients.size(), " gradients"),
                  .expected = text(parameters_.size()),
                  .likely = gradients.size() == 1
                                ? "the loss in place of its gradients, or the gradient of one parameter alone"
                                : "",
                  .fix = "minimise(loss), or step(grad(loss, optimizer.parameters()))"});
    require_influence("step", gradients, parameters_, at);
    if (gradients.vars.size() == 1) require_gradient(gradients.vars, parameters_[0], at);
    for (std::size_t i = 0; i < parameters_.size(); ++i)
        gradients_[i] = gradients.is_zero(i) ? View{zeros_.data(), parameters_[i].shape()}
                                             : checked(i, parameters_[i], gradients.view(i, at), at);
    require_at_least("step", "the gradients' scale", gradients.scale, 0, at);
    if (!(gradients.limit >= 0)) require_at_least("step", "the gradients' limit", gradients.limit, 0, at);
    ++steps_;
    for (Power& power : powers_) power.value *= power.factor;
    for (std::size_t p = 0; p < parameters_.size(); ++p) {
        for (std::size_t i = 0; i < kept_.size(); ++i) state_[i] = kept_[i].tensors[p].data();
        Parameter::Edit edit = parameters_[p].edit();
        const Gradient g{gradients_[p].data, static_cast<Real>(gradients.scale), static_cast<Real>(gradients.limit)};
        update(gradients_[p].size(), g, edit.data(), state_.data());
    }
}

void Optimizer::write(TensorFile& file, const std::string& prefix, Where at) const {
    file.add_integer(spelled(prefix, "kind.", kind_), kept_.size(), at);
    file.add_integer(prefix + "steps", steps_, at);
    file.add_integer(prefix + "parameters", parameters_.size(), at);
    file.add_number(prefix + "lr", lr_, at);
    for (const KeptTensors& kept : kept_)
        for (std::size_t p = 0; p < parameters_.size(); ++p)
            file.add(spelled(prefix, kept.name, ".", p), kept.tensors[p], at);
    for (const Power& power : powers_) file.add_number(prefix + power.name, power.value, at);
}

// Was the file written by an optimiser of this kind, which keeps as much? Otherwise an error.
void Optimizer::require_kind(const TensorFile& file, const std::string& prefix, Where at) const {
    std::string found = "no optimiser";
    const std::string kind = prefix + "kind.";
    for (const TensorFile::Item& item : file.items())
        if (item.name.starts_with(kind))
            if (const auto* states = std::get_if<std::uint64_t>(&item.value)) {
                if (item.name == kind + kind_ && *states == kept_.size()) return;
                found = text(item.name.substr(kind.size()), " with ", *states, " state(s)");
            }
    fail(at, {.what = "optimiser: the file belongs to another one",
              .got = text(found, " under \"", prefix, "\""),
              .expected = text(kind_, " with ", kept_.size(), " state(s)"),
              .fix = "continue with the optimiser and the momentum with which the run began"});
}

std::vector<Optimizer::KeptTensors> Optimizer::kept_in(const TensorFile& file, const std::string& prefix,
                                                       Where at) const {
    std::vector<KeptTensors> all = kept_;
    for (KeptTensors& kept : all)
        for (std::size_t p = 0; p < parameters_.size(); ++p) {
            const std::string name = spelled(prefix, kept.name, ".", p);
            const Tensor& tensor = kept.tensors[p] = tensor_of_shape(file, name, parameters_[p].shape(), at);
            for (const Real entry : tensor.entries())
                if (kept.squares && entry < 0)
                    fail(at, {.what = text(kind_, ": a mean of squares in the file is negative"),
                              .got = text(entry, " in \"", name, "\""),
                              .expected = "0 or more"});
            if (!all_finite(tensor.data(), tensor.size()))
                fail(at, {.what = "optimiser: a state in the file is not finite",
                          .got = text("\"", name, "\" with an infinity or a nan"),
                          .expected = "finite numbers: no step leaves others"});
        }
    return all;
}

void Optimizer::read(const TensorFile& file, const std::string& prefix, Where at) {
    require_kind(file, prefix, at);
    const std::uint64_t steps = file.integer(prefix + "steps", at), count = file.integer(prefix + "parameters", at);
    if (count != parameters_.size())
        fail(at, {.what = "optimiser: the file belongs to another list of parameters",
                  .got = text(count, " parameters under \"", prefix, "\""),
                  .expected = text(parameters_.size())});
    std::vector<Power> powers = powers_;
    for (Power& power : powers) {
        power.value = file.number(prefix + power.name, at);
        require_within(kind_, power.name, power.value, 0, steps == 0 ? std::nextafter(1.0, 2.0) : 1, at);
    }
    std::vector<KeptTensors> kept = kept_in(file, prefix, at);
    set_lr(file.number(prefix + "lr", at), at);
    powers_ = std::move(powers);
    kept_ = std::move(kept);
    steps_ = steps;
}

// grad gives zeros for what has no influence, as it is recorded by `filled`; vjp a zero Var.
void require_influence(const char* what, const Gradients& gradients, const Parameters& parameters, Where at) {
    if (gradients.vars.empty()) return;
    for (const Var& g : gradients.vars)
        if (!g.is_zero() && !is_filled(g, 0, at)) return;
    fail(at,
         {.what = text(what, ": the loss depends on no parameter of this optimiser"),
          .got = text("no gradient for any of ", parameters.size(), " parameters, of which the first is \"",
                      parameters[0].name(), "\" ", parameters[0].shape()),
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

}  // namespace costate::optim
