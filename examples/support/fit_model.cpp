#include "examples/support/fit_model.hpp"

#include <cmath>

namespace costate::support {

namespace {

nn::MLP network(const FitData& data, const Net& net) {
    std::vector<Index> widths(static_cast<std::size_t>(net.depth) + 2, net.width);
    widths.back() = data.columns() + net.augment;
    widths.front() = widths.back() + data.inputs_count();
    return {widths, nn::activation(net.activation), Rng{net.seed}, {.time = net.time}};
}

// On a tape, or on none. Each sequence steps by its own clock as soon as there are several.
template <class... Tapes>
auto solved_by(const FitModel& model, const Lists& times, ode::SolveOptions options, Tapes&... tape) {
    if (times.size() > 1) options.rows = ode::independent;
    const ode::Solution s = times.size() == 1 ? ode::solve(tape..., model.field, model.z0, times.front(), options)
                                              : ode::solve(tape..., model.field, model.z0, times, options);
    s.require_ok();
    return s;
}

}  // namespace

FitField::FitField(const FitData& data, const Net& net)
    : states_(data.columns() + net.augment),
      net_(add("net", network(data, net))),
      knots_(data.knots),
      inputs_(data.inputs),
      unit_(data.units.unit),
      log_(data.units.states.log),
      time_(net.time) {}

FitField::FitField(const FitData& data, Law law)
    : states_(law.states),
      law_(std::move(law)),
      unit_(data.units.unit),
      log_(data.units.states.log),
      mean_({states_}),
      deviation_({states_}) {
    if (log_ && !law_->positive && data.columns() < states_)
        fail({.what = "the law " + law_->name + " has a state of either sign, which has no logarithm",
              .got = "--log",
              .fix = "leave --log out"});
    const Scaling& scaling = data.units.states;
    std::vector<double> typical;
    for (Index j = 0; j < data.columns(); ++j) {
        mean_[j] = scaling.mean[j], deviation_[j] = scaling.deviation[j];
        const auto mean = static_cast<double>(mean_[j]), deviation = static_cast<double>(deviation_[j]);
        typical.push_back(log_ ? std::exp(mean) : std::hypot(mean, deviation));
    }
    if (data.columns() < states_) {
        Index j = data.columns();
        for (const double size : law_->hidden_sizes(typical, unit_)) {
            typical.push_back(size);
            mean_[j] = static_cast<Real>(log_ ? std::log(size) : law_->positive ? size : 0);
            deviation_[j++] = static_cast<Real>(log_ ? 1 : size);
        }
    }
    sizes_ = law_->sizes(typical, unit_);
    q_ = add("q", Tensor({static_cast<Index>(sizes_.size())}));
}

Var FitField::of_net(Var t, Var z) const {
    if (inputs_.size() == 0) return (*net_)(t, z);
    return (*net_)(t, concatenate({z, interp_rows(t, knots_, inputs_)}, 1));
}

Var FitField::of_law(Var z) const {
    const Var q = z.tape().use(*q_), u = mean_ + deviation_ * z, y = log_ ? exp(u) : u;
    std::vector<Var> theta;
    for (std::size_t k = 0; k < sizes_.size(); ++k) {
        const Var entry = q[static_cast<Index>(k)];
        theta.push_back(sizes_[k] * (law_->either_sign[k] ? entry : exp(entry)));
    }
    const Var rates = unit_ * law_->rates(theta, y);
    return (log_ ? rates / y : rates) / deviation_;
}

Var FitModel::columns_at(Tape& tape, const Lists& times, const ode::SolveOptions& options,
                         ode::Solution<Var>* solved) const {
    const ode::Solution<Var> s = solved_by(*this, times, options, tape);
    if (solved) *solved = s;
    return columns == field.states() ? s.z : slice(s.z, 2, 0, columns);
}

Tensor FitModel::path(const Lists& times, const ode::SolveOptions& options) const {
    return solved_by(*this, times, options).z;
}

Tensor FitModel::slopes(const Tensor& t, const Tensor& z) const {
    Tape tape;
    return Tensor(field(tape.constant(t), tape.constant(z)).value());
}

Tensor columns_of(const Tensor& states, Index columns) {
    const Index all = states.shape()[2];
    Tensor out({states.shape()[0], states.shape()[1], columns});
    for (Index i = 0; i < out.size(); ++i) out[i] = states[i / columns * all + i % columns];
    return out;
}

}  // namespace costate::support
