// examples/10_augmented.cpp — what can a neural ODE not do, and what cures it?
//   y(x) = w · z(1) + b,  dz/dt = f(z),  z(0) = (x, 0, ..., 0):   x in the plane, and so many dimensions more       (a)
//   L = mean of (y(x) − ±1)²:                                     which of two sets is x from?                      (b)
// look for   Without more dimensions (a) moves the plane about without a tear: no line y = 0 parts a disc from the ring
//            around it. A channel stays open, from the disc through the ring: the blue line, which is thinner than it is
//            drawn, and enlarged beside it. To make it so thin that hardly a point lies in it takes many evaluations,
//            and whether that succeeds depends on the rate of learning and on chance. With more dimensions the disc is
//            lifted out, at once and cheaply. The arms of two spirals come apart as well.
// how sure   "Cannot" is about all points of the plane; of those that are drawn few lie in a narrow channel. Seeds 0 to
//            2, compiled for two processors, end at .001 to .75 with the rate .01, at .005 to .41 with .003, and
//            below .001 with five dimensions more.
// source     Dupont, Doucet & Teh 2019, "Augmented neural ODEs", §3 and §5.1 (there relu at 1e-3)
#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>

#include "costate.hpp"
#include "examples/support/experiment.hpp"  // brings: Experiment, Plot, Progress
#include "examples/support/two_sets.hpp"    // brings: TwoSets, annuli, spirals

using namespace costate;
using namespace costate::support;

struct Classifier : nn::Module {  // (a)
    Classifier(Index others, Rng rng)
        : more(others),
          flow(add("flow", ode::NeuralODE(nn::MLP({2 + others, 32, 32, 2 + others}, nn::tanh, rng), {0, 1},
                                          {.method = ode::dopri5, .rtol = 1e-4, .atol = 1e-4}))),
          head(add("head", nn::Linear(2 + others, 1, rng))) {}
    Var operator()(Var x) const { return head(flow(pad(x, 1, 0, more))); }
    Tensor operator()(const Tensor& x) const { return nn::evaluate(*this, x); }

    Index more;
    ode::NeuralODE<nn::MLP> flow;
    nn::Linear head;
};

struct Course {  // of a training, epoch by epoch, on points that were not trained on
    std::vector<double> error, evaluations;
    double accuracy;
};

Course train(const Classifier& model, const TwoSets& seen, const TwoSets& others, int epochs,
             const std::function<double(std::uint64_t)>& rate) {
    optim::Adam adam(model);
    nn::Batches batches(seen.x.shape()[0], 64, Rng{7});
    const auto updates = static_cast<std::uint64_t>(batches.per_epoch());  // of an epoch
    Course course;
    Progress progress(epochs, {.step = "epoch"});
    Tape unseen;
    const auto look = [&](const optim::Progress& now) {
        if (now.updates % updates != 0) return;
        unseen.rewind();
        const auto solution = model.flow.solve(pad(unseen.constant(others.x), 1, 0, model.more));
        const Var y = model.head(solution.end());
        course.error.push_back(double(nn::mse(y, others.y).item()));
        course.evaluations.push_back(double(solution.statistics().evaluations));
        course.accuracy = double(mean(greater(y * others.y, 0)).item());
        progress.update(static_cast<int>(now.updates / updates), course.error.back(),
                        solution.statistics().evaluations);
    };
    const auto loss = [&](Tape& tape) {  // (b)
        const auto rows = batches.next();
        return nn::mse(model(tape.constant(nn::take_rows(seen.x, rows))), nn::take_rows(seen.y, rows));
    };
    optim::train(adam, loss, {.updates = updates * std::uint64_t(epochs), .rate = rate, .progress = look});
    return course;
}

struct Deepest {                        // of a circle the point that is most like the disc
    double radius, angle, x, y, width;  // width: of what is on the disc's side
};
Deepest deepest(const Classifier& model, double radius, double middle, double reach, Index n) {
    Tensor arc({n, 2});
    const auto angle = [&](Index i) { return middle + reach * (2 * double(i) / double(n) - 1); };
    for (Index i = 0; i < n; ++i)
        arc(i, 0) = Real(radius * std::cos(angle(i))), arc(i, 1) = Real(radius * std::sin(angle(i)));
    const Tensor y = model(arc);
    const auto all = y.entries();
    const Index at = std::min_element(all.begin(), all.end()) - all.begin();
    const auto like_the_disc = std::count_if(all.begin(), all.end(), [](Real value) { return value < 0; });
    return {radius, angle(at), double(arc(at, 0)), double(arc(at, 1)),
            2 * radius * reach * double(like_the_disc) / double(n)};
}

std::vector<Deepest> channel_of(const Classifier& model) {  // from outside of the ring to the disc
    Deepest at = deepest(model, 1.1, 0, std::numbers::pi, 6000);
    while (at.radius < 1.6) at = deepest(model, at.radius + 0.02, at.angle, 0.03, 4000);
    std::vector<Deepest> channel{at};
    while (at.radius > 0.6) channel.push_back(at = deepest(model, at.radius - 0.02, at.angle, 0.03, 4000));
    return channel;
}

Plot decision(const std::string& title, const Classifier& model, const TwoSets& p, Range across, Range up) {
    Plot plane({.title = title, .x = "x₁", .y = "x₂", .equal = true});
    const Tensor y = tabulate(across, up, 120, model);
    plane.heat(across, up, y, {.map = ColorMap::pale, .low = -1, .high = 1, .bar = false});
    for (const int side : {-1, 1}) {
        const Polyline points = p.of(side, 400);
        plane.scatter(points.x, points.y, {.color = palette(side < 0 ? 0 : 1), .width = 1});
    }
    plane.x_range(across.low, across.high).y_range(up.low, up.high);
    return plane.contour(across, up, y, {0}, {.color = "#1f2933"});
}

void compare(Experiment& run) {
    Rng rng(run.seed);
    const TwoSets seen = annuli(2000, rng), others = annuli(1000, rng);
    const TwoSets arms = spirals(1000, rng), other_arms = spirals(1000, rng);
    struct Trial {
        std::string name, title;
        Index more;
        double rate;
        int epochs;
    };
    const Trial trials[]{{"plain", "Plain, rate 0.01", 0, 1e-2, run.quick ? 20 : 60},
                         {"plain_slow", "Plain, rate 0.003", 0, 3e-3, run.quick ? 20 : 60},
                         {"augmented", "5 dimensions more", 5, 5e-3, 25}};
    Plot errors({.title = "Error on new points", .x = "epoch", .y = "mean square", .log_y = true});
    Plot costs({.title = "Cost of a solve", .x = "epoch", .y = "evaluations of f"});
    std::vector<Plot> panels;
    double most[3]{};
    for (std::size_t i = 0; i < 3; ++i) {
        const auto& [name, title, more, rate, epochs] = trials[i];
        const Classifier model(more, Rng{run.seed});
        const Course training = train(model, seen, others, epochs, [lr = rate](std::uint64_t) { return lr; });
        most[i] = *std::max_element(training.evaluations.begin(), training.evaluations.end());
        run.merit("mse_" + name, training.error.back());
        run.merit("most_evaluations_" + name, most[i]);
        const std::vector<double> x = linspace(1, epochs, epochs);
        errors.line(x, training.error, {.label = title, .color = palette(i + 2)});
        costs.line(x, training.evaluations, {.color = palette(i + 2)});
        if (name == "plain_slow") continue;
        panels.push_back(decision(title, model, others, {-1.6, 1.6}, {-1.6, 1.6}));
        if (more > 0) continue;
        Polyline course;
        const auto channel = channel_of(model);
        for (std::size_t j = 0; channel[j].width < 0.03;
             ++j)  // as long as it is thinner than a cell of the map, or nearly
            course.x.push_back(channel[j].x), course.y.push_back(channel[j].y);
        panels.back().line(course.x, course.y, {.color = palette(0), .width = 1.2});
        const auto& [radius, angle, x1, x2, width] = channel[channel.size() / 2];
        const double half = std::clamp(5 * width, 1e-4, 0.1);
        panels.push_back(decision("Its channel, × " + std::to_string(std::lround(1.6 / half)), model, others,
                                  {x1 - half, x1 + half}, {x2 - half, x2 + half}));
    }
    panels.push_back(errors), panels.push_back(costs);
    run.merit("evaluations_augmented_over_plain", most[2] / std::min(most[0], most[1]));
    for (const Index more : {0, 2}) {
        const Classifier model(more, Rng{run.seed});
        const optim::Cosine rate{.peak = 1e-2, .steps = 60 * 16};
        const Course course = train(model, arms, other_arms, 60, rate);
        run.merit(more == 0 ? "spirals_accuracy_plain" : "spirals_accuracy_augmented", course.accuracy);
        if (more == 2) panels.push_back(decision("Two spirals, 2 more", model, other_arms, {-3.6, 3.6}, {-3.6, 3.6}));
    }
    run.save(
        panels,
        {.title = "The plane can only nearly be parted, and dearly", .columns = 3, .height = 226, .one_legend = true});
}

int main(int argc, char** argv) {
    return Experiment("10_augmented", "What can a neural ODE not do, and what cures it?").run(argc, argv, compare);
}
