// examples/24_odenet_mnist.cpp — the same on MNIST: does a field in place of six blocks cost accuracy?
//   ODE-Net, RK-Net, ResNet as in 24_odenet_digits.cpp, of 32 channels on maps of 7 x 7 pixels, and a perceptron
// MNIST's files are not here: --data FOLDER names a folder with the four idx files, unpacked, of all of it (60,000 and
// 10,000 pictures) or of a part. Without it the program says so and ends. `make examples-long
// DATA=FOLDER` runs it with the others; the table in RESULTS.md was computed in float.
// look for   Errors that differ by less than chance, with .35 of the parameters.
// how sure   2,000 pictures at 1.1 % wrong: a standard error of .23 points. A part of MNIST is not MNIST: its errors
//            do not compare with published ones.
// source     Chen, Rubanova, Bettencourt & Duvenaud 2018, "Neural ordinary differential equations", table 1
#include <algorithm>
#include <ctime>

#include "examples/support/experiment.hpp"  // brings: Experiment, Plot
#include "examples/support/images.hpp"      // brings: ode_classifier, learn, update_memory
#include "examples/support/memory.hpp"      // brings: peak_megabytes

using namespace costate;
using namespace costate::support;

struct Task {
    std::string data = "";
    int epochs = 10;
};

void compare(Experiment& run, const Task& task) {
    if (task.data.empty()) {
        std::printf("no pictures: --data FOLDER names the folder of MNIST's four idx files\n");
        return;
    }
    constexpr Index channels = 32;
    Images seen = read_mnist(task.data, "train"), others = read_mnist(task.data, "test");
    const int epochs = run.quick ? 1 : task.epochs;
    std::vector<Index> few;
    for (Index i = 0; i < (run.quick ? 1000 : seen.count()); ++i) few.push_back(i);
    if (run.quick) seen = seen.of(few), others = others.of(few);
    const ode::SolveOptions two_steps{.method = ode::rk4_classic, .gradient = ode::backsolve, .steps = 2};
    ode::SolveOptions through_steps = two_steps;
    through_steps.gradient = ode::discrete;

    Plot errors({.title = "Wrong on new pictures", .x = "epoch", .y = "%", .log_y = true});
    Plot price({.title = "And at which price", .x = "thousand parameters", .y = "% wrong at the end"});
    std::vector<double> x, wrong(4), parameters(4);
    for (int epoch = 1; epoch <= epochs; ++epoch) x.push_back(epoch);
    Progress progress(4 * epochs);
    int epochs_done = 0;
    const auto train = [&](std::size_t which, const std::string& name, const auto& model) {
        std::vector<double> course;
        std::string label = name;
        std::replace(label.begin(), label.end(), '_', '-');
        const std::clock_t start = std::clock();
        learn(model, model, seen,
              {.epochs = epochs,
               .rise = 0.2,
               .jitter = {.angle = 0.2, .scale = 0.1, .shift = 2},
               .after_epoch =
                   [&](int, double loss) {
                       course.push_back(100 * wrong_part(model, others));
                       progress.update(++epochs_done, loss);
                   }},
              Rng{run.seed + 1});
        run.merit("seconds_" + name, double(std::clock() - start) / CLOCKS_PER_SEC);
        run.merit("parameters_" + name, parameters[which] = double(model.count()));
        run.merit("percent_wrong_" + name, wrong[which] = course.back());
        errors.line(x, course, {.label = label, .color = palette(which)});
        price.scatter({parameters[which] / 1000}, {wrong[which]},
                      {.label = label, .color = palette(which), .width = 4});
    };
    const auto ode_net = ode_classifier(channels, 2, two_steps, Rng{run.seed});
    const auto residual = residual_classifier(channels, 2, 6, Rng{run.seed});
    const auto rk_net = ode_classifier(channels, 2, through_steps, Rng{run.seed});
    const auto flat = perceptron(784, 300, Rng{run.seed});
    const Images batch = seen.of(std::span<const Index>(few).first(32));
    run.merit("memory_mb_ODE_Net", update_memory(ode_net, batch));  // while the process is small
    run.merit("memory_mb_ResNet", update_memory(residual, batch));
    run.merit("memory_mb_RK_Net", update_memory(rk_net, batch));
    run.merit("memory_mb_perceptron", update_memory(flat, batch));
    train(0, "ODE_Net", ode_net);
    train(2, "ResNet", residual);  // the numbers: the colours of 24_odenet_digits.cpp
    train(1, "RK_Net", rk_net);
    train(3, "perceptron", flat);
    price.x_range(0, 1.1e-3 * *std::max_element(parameters.begin(), parameters.end()));
    run.merit("parameters_ODE_Net_over_ResNet", parameters[0] / parameters[2]);
    run.merit("points_ODE_Net_above_ResNet", wrong[0] - wrong[2]);
    run.merit("peak_megabytes", peak_megabytes());
    run.save({errors, price}, {.title = "MNIST: one field in place of six residual blocks"});
}

int main(int argc, char** argv) {
    Task task;
    return Experiment("24_odenet_mnist", "Does a field in place of six residual blocks cost accuracy on MNIST?")
        .add("data", task.data, "folder of MNIST's idx files")
        .add("epochs", task.epochs, "passes over the pictures")
        .run(argc, argv, [&](Experiment& run) { compare(run, task); });
}
