#include "examples/support/plane_flow.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include "autodiff/operators.hpp"
#include "examples/support/progress.hpp"  // brings: Progress
#include "nn/concat_squash.hpp"           // brings: ConcatSquash
#include "ode/models/flow_matching.hpp"   // brings: matching_loss
#include "optim/adam.hpp"                 // brings: Adam
#include "optim/schedule.hpp"             // brings: Cosine
#include "optim/train.hpp"                // brings: train

namespace costate::support {

nn::Sequential plane_net(const FlowNet& net, Rng& rng) {
    const nn::ConcatSquash first(net.dimensions, net.width, rng);
    for (const char* name : {"weight", "bias"}) {
        auto numbers = first.parameter(name).edit();
        for (Real& w : numbers.entries()) w *= static_cast<Real>(net.sine > 0 ? net.sine : net.gain);
    }
    const nn::ConcatSquash second(net.width, net.width, rng), third(net.width, net.width, rng),
        last(net.width, net.dimensions, rng);
    const nn::Activation bend = net.sine > 0 ? nn::Activation(nn::sin) : nn::Activation(nn::tanh);
    return {first, bend, second, nn::tanh, third, nn::tanh, last};
}

PlaneFlow plane_flow(const FlowNet& net, Rng& rng) {
    return PlaneFlow(plane_net(net, rng), net.dimensions, {0, 1}, {.method = ode::rk4_classic, .steps = net.steps});
}

namespace {
optim::Cosine rate_of(const FlowTraining& training) {
    const auto updates = static_cast<std::uint64_t>(training.updates);
    return {.peak = training.rate, .steps = updates, .warmup = updates / static_cast<std::uint64_t>(training.warmup)};
}
}  // namespace

double train_flow(const PlaneFlow& flow, const Sampler& sample, const FlowTraining& training, Rng& rng) {
    const auto updates = static_cast<std::uint64_t>(training.updates);
    const optim::Cosine rate = rate_of(training);
    optim::Adam adam(flow, {.lr = training.rate});
    Progress progress(training.updates);
    Var nll;  // on the tape of the training
    double last = 0;
    const auto loss = [&](Tape& tape, std::uint64_t update) {
        const auto there = flow.regularised(tape.constant(sample(training.batch, rng)));
        const double fade = training.fade ? rate(update) / training.rate : 1;
        nll = -mean(there.log_density);
        return nll + training.kinetic * fade * mean(there.kinetic_energy) +
               training.jacobian * fade * mean(there.jacobian_norm);
    };
    const auto after = [&](const optim::Progress& now) {
        last = static_cast<double>(nll.tape().view(nll)[0]);
        progress.update(static_cast<int>(now.updates), last);
        if (training.after) training.after(static_cast<int>(now.updates), last);
    };
    optim::train(adam, loss, {.updates = updates, .rate = rate, .clip = training.clip, .progress = after});
    return last;
}

void fit(const nn::Module& model, const std::function<Var(Tape&)>& loss, const FlowTraining& training) {
    optim::Adam adam(model);
    Progress progress(training.updates);
    optim::train(adam, loss,
                 {.updates = static_cast<std::uint64_t>(training.updates),
                  .rate = rate_of(training),
                  .clip = training.clip,
                  .progress = progress.follow()});
}

void match_flow(const PlaneFlow& flow, const Sampler& sample, const FlowTraining& training, Rng& rng) {
    FlowTraining unclipped = training;
    unclipped.clip = 0;
    fit(
        flow, [&](Tape& tape) { return ode::matching_loss(tape, flow.velocity(), sample(training.batch, rng), rng); },
        unclipped);
}

ode::FlowCheck check_in_parts(const PlaneFlow& flow, const Tensor& x) {
    ode::FlowCheck whole{};
    in_parts(x, [&](const Tensor& part) {
        const ode::FlowCheck check = flow.check(part, std::numeric_limits<double>::infinity());
        const double share = static_cast<double>(part.size(0)) / static_cast<double>(x.size(0));
        whole.nll += share * check.nll;
        whole.training_nll += share * check.training_nll;
        whole.evaluations = std::max(whole.evaluations, check.evaluations);
    });
    return whole;
}

double mean_of(View x) {
    double sum = 0;
    for (const Real entry : x.entries()) sum += static_cast<double>(entry);
    return sum / static_cast<double>(x.size());
}

double variance_of(View x) {
    const double mean = mean_of(x);
    double sum = 0;
    for (const Real entry : x.entries())
        sum += (static_cast<double>(entry) - mean) * (static_cast<double>(entry) - mean);
    return sum / static_cast<double>(x.size());
}

double gap_to(const nn::ToyDensity& density, const Tensor& x, double nll) {
    return mean_of(density.log_density(x)) + nll;
}

double mass_of(const PlaneFlow& flow, double size, Index n) {
    const double h = 2 * size / static_cast<double>(n - 1);
    double mass = 0;
    in_parts(plane_points({-size, size}, {-size, size}, n, n), [&](const Tensor& part) {
        const Tensor log_q = flow.log_density(part);
        for (const Real l : log_q.entries()) mass += std::exp(static_cast<double>(l)) * h * h;
    });
    return mass;
}

Plot density_picture(const std::string& title, double size, Index n, const LogDensity& log_density, double high) {
    const Range side{-size, size};
    const auto density = [&](const Tensor& points) {
        std::vector<Real> p;
        in_parts(points, [&](const Tensor& part) {
            const Tensor log_p = log_density(part);
            for (const Real l : log_p.entries()) p.push_back(std::exp(l));
        });
        return Tensor(Shape{points.size(0)}, p);
    };
    Plot plot({.title = title, .equal = true});
    plot.x_range(-size, size).y_range(-size, size);
    return plot.heat(side, side, tabulate(side, side, n, density), {.low = 0, .high = high, .bar = false});
}

}  // namespace costate::support
