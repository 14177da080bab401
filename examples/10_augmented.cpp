// examples/10_augmented.cpp — what can a neural ODE not do, and what cures it?
//   y(x) = w · z(1) + b,  dz/dt = f(z),  z(0) = (x, 0, ..., 0):   x in the plane, and so many dimensions more       (1)
//   L = mean of (y(x) − ±1)²:                                     which of two sets is x from?                      (2)
// look for   Without more dimensions (1) moves the plane about without a tear: no line y = 0 parts a disc from the ring
//            around it. A channel stays open, from the disc through the ring: the square enlarged shows it, beaded where
//            it is thinner than the grid of the map. To make it so thin that hardly a point lies in it takes many
//            evaluations, and whether that succeeds depends on the rate of learning and on chance. With more dimensions
//            the disc is lifted out, at once and cheaply. The arms of two spirals come apart as well.
// how sure   "Cannot" is about all points of the plane; of those that are drawn few lie in a narrow channel. Seeds 0 to
//            2, compiled for two processors, end at .001 to .75 with the rate .01, at .005 to .41 with .003, and
//            below .001 with five dimensions more.
// source     Dupont, Doucet & Teh 2019, "Augmented neural ODEs", §3 and §5.1 (there relu at 1e-3)
#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>

#include "costate.hpp"
#include "examples/support/experiment.hpp"  // brings: Experiment, Plot

using namespace costate;
using namespace costate::support;

struct Points {
    Tensor x, y;  // [N,2]; [N,1], −1 or 1
};

Points annuli(Index n, Rng& rng) {  // a quarter of the points in the disc
    Points p{Tensor({n, 2}), Tensor({n, 1})};
    for (Index i = 0; i < n; ++i) {
        const bool inside = i % 4 == 0;
        const double radius = inside ? rng.uniform(0, 0.5) : rng.uniform(1, 1.5);
        const double angle = rng.uniform(0, 2 * std::numbers::pi);
        p.x(i, 0) = static_cast<Real>(radius * std::cos(angle)),
               p.x(i, 1) = static_cast<Real>(radius * std::sin(angle));
        p.y(i, 0) = inside ? -1 : 1;
    }
    return p;
}

Points spirals(Index n, Rng& rng) {  // one and a half turns each, with noise
    Points p{Tensor({n, 2}), Tensor({n, 1})};
    for (Index i = 0; i < n; ++i) {
        const double arm = i % 2 ? 1 : -1, angle = 3 * std::numbers::pi * std::sqrt(rng.uniform());
        p.x(i, 0) = static_cast<Real>(-arm * angle * std::cos(angle) / 3 + 0.1 * rng.normal());
        p.x(i, 1) = static_cast<Real>(arm * angle * std::sin(angle) / 3 + 0.1 * rng.normal());
        p.y(i, 0) = static_cast<Real>(arm);
    }
    return p;
}

struct Classifier : nn::Module {  // (1)
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

Course train(const Classifier& model, const Points& seen, const Points& others, int epochs,
             const std::function<double(std::uint64_t)>& rate) {
    optim::Adam adam(model);
    nn::Batches batches(seen.x.shape()[0], 64, Rng{7});
    Course course;
    Progress progress(epochs, {.step = "epoch"});
    Tape tape;
    for (int epoch = 1; epoch <= epochs; ++epoch) {
        for (Index i = 0; i < batches.per_epoch(); ++i, tape.rewind()) {
            const auto rows = batches.next();
            adam.set_lr(rate(adam.steps()));
            const Var y = model(tape.constant(nn::take_rows(seen.x, rows)));
            adam.minimise(nn::mse(y, nn::take_rows(seen.y, rows)));  // (2)
        }
        const auto solution = model.flow.solve(pad(tape.constant(others.x), 1, 0, model.more));
        const Var y = model.head(solution.end());
        course.error.push_back(double(nn::mse(y, others.y).item()));
        course.evaluations.push_back(double(solution.statistics().evaluations));
        course.accuracy = double(mean(greater(y * others.y, 0)).item());
        progress.update(epoch, course.error.back(), solution.statistics().evaluations);
        tape.rewind();
    }
    return course;
}

struct Square {
    double x, y, half;
    Range across() const { return {x - half, x + half}; }
    Range up() const { return {y - half, y + half}; }
};

Square channel_of(const Classifier& model) {  // about the point of the ring that is most like the disc
    Tensor circle({6000, 2});
    for (Index i = 0; i < 6000; ++i) {
        const double angle = 2 * std::numbers::pi * double(i) / 6000;
        circle(i, 0) = Real(1.1 * std::cos(angle)), circle(i, 1) = Real(1.1 * std::sin(angle));
    }
    const Tensor y = model(circle);
    const auto least = std::min_element(y.entries().begin(), y.entries().end()) - y.entries().begin();
    return {double(circle(least, 0)), double(circle(least, 1)), 0.05};
}

Plot decision(const std::string& title, const Classifier& model, const Points& p, const Square& shown) {
    Plot plane({.title = title, .x = "x₁", .y = "x₂", .equal = true});
    const Tensor y = tabulate(shown.across(), shown.up(), 120, model);
    plane.heat(shown.across(), shown.up(), y, {.map = ColorMap::pale, .low = -1, .high = 1, .bar = false});
    for (const int set : {-1, 1}) {
        std::vector<double> x1, x2;
        for (Index i = 0; i < 400; ++i)
            if (p.y[i] == static_cast<Real>(set)) x1.push_back(double(p.x(i, 0))), x2.push_back(double(p.x(i, 1)));
        plane.scatter(x1, x2, {.color = palette(set < 0 ? 0 : 1), .width = 1});
    }
    plane.x_range(shown.across().low, shown.across().high).y_range(shown.up().low, shown.up().high);
    return plane.contour(shown.across(), shown.up(), y, {0}, {.color = "#1f2933"});
}

void compare(Experiment& run) {
    Rng rng(run.seed);
    const Points seen = annuli(2000, rng), others = annuli(1000, rng);
    const Points arms = spirals(1000, rng), other_arms = spirals(1000, rng);
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
        const Course course = train(model, seen, others, epochs, [lr = rate](std::uint64_t) { return lr; });
        most[i] = *std::max_element(course.evaluations.begin(), course.evaluations.end());
        run.merit("mse_" + name, course.error.back());
        run.merit("most_evaluations_" + name, most[i]);
        const std::vector<double> x = linspace(1, epochs, epochs);
        errors.line(x, course.error, {.label = title, .color = palette(i + 2)});
        costs.line(x, course.evaluations, {.color = palette(i + 2)});
        if (name == "plain_slow") continue;
        panels.push_back(decision(title, model, others, {0, 0, 1.6}));
        if (more > 0) continue;
        const Square channel = channel_of(model);
        const auto [left, right] = channel.across();
        const auto [low, high] = channel.up();
        panels.back().line({left, right, right, left, left}, {low, low, high, high, low}, {.color = "#1f2933"});
        panels.push_back(decision("Its channel, 32 times as large", model, others, channel));
    }
    panels.push_back(errors), panels.push_back(costs);
    run.merit("evaluations_augmented_over_plain", most[2] / std::min(most[0], most[1]));
    for (const Index more : {0, 2}) {
        const Classifier model(more, Rng{run.seed});
        const optim::Cosine rate{.peak = 1e-2, .steps = 60 * 16};
        const Course course = train(model, arms, other_arms, 60, rate);
        run.merit(more == 0 ? "spirals_accuracy_plain" : "spirals_accuracy_augmented", course.accuracy);
        if (more == 2) panels.push_back(decision("Two spirals, 2 more", model, other_arms, {0, 0, 3.6}));
    }
    run.save(
        panels,
        {.title = "The plane can only nearly be parted, and dearly", .columns = 3, .height = 226, .one_legend = true});
}

int main(int argc, char** argv) {
    return Experiment("10_augmented", "What can a neural ODE not do, and what cures it?").run(argc, argv, compare);
}
