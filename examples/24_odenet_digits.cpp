// examples/24_odenet_digits.cpp — can one field, solved in time, stand for six residual blocks?
//   ODE-Net    z(1) of dz/dt = f(t, z), its gradient by a solve backwards that keeps nothing                         (a)
//   RK-Net     the same layer, its gradient through the steps of the method
//   ResNet     z_{n+1} = z_n + f_n(n/6, z_n): six fields of the same make                                            (b)
// between one stem and one head each, on digits of 8 x 8 pixels, in five folds; and a perceptron beside them.
// look for   (a) is as right as (b) with .27 of its parameters, at eight evaluations of the field for a picture (RK4, two
//            steps) beside six. Its memory does not grow with the number of steps; through the steps it grows by their
//            states (discrete_within(0)), and on the tape by all that they are made of.
// how sure   A fold has 360 pictures, hence a standard error of half a point; the mean of five, of a quarter.
// source     Chen, Rubanova, Bettencourt & Duvenaud 2018, "Neural ordinary differential equations", §3 and table 1
#include <ctime>

#include "examples/support/experiment.hpp"  // brings: Experiment, Plot
#include "examples/support/images.hpp"      // brings: ode_classifier, learn, update_memory
#include "examples/support/memory.hpp"      // brings: peak_megabytes

using namespace costate;
using namespace costate::support;

constexpr Index channels = 24;

OdeClassifier ode_net(ode::Route gradient, std::uint64_t seed, int steps = 2) {
    return ode_classifier(channels, 1, {.method = ode::rk4_classic, .gradient = gradient, .steps = steps}, Rng{seed});
}

struct Net {
    std::string name, label;
    double right = 0, seconds = 0, memory = 0;  // %, of a fold, MB of an update of 32 pictures
    Index parameters = 0;
    std::vector<double> wrong = {};  // %, by epoch, mean over the folds
};

void compare(Experiment& run) {
    Images all = read_digits("examples/data/digits_8x8.csv");
    std::vector<Index> order(static_cast<std::size_t>(all.count()));
    Rng(run.seed).permutation(order);
    all = all.of(order);
    const std::span<const Index> rows(order);

    // Memory first, while the process is small.
    Plot memory(
        {.title = "Memory of an update", .x = "RK4 steps", .y = "MB, 8 pictures", .log_x = true, .log_y = true});
    for (const ode::Route& route : {ode::direct, ode::discrete_within(0), ode::backsolve}) {
        std::vector<double> steps{2, 8, 32}, mb;
        for (const double n : steps)
            mb.push_back(update_memory(ode_net(route, run.seed, int(n)), all.of(rows.first(8))));
        run.merit("memory_32_over_2_steps_by_" + std::string(route.name), mb[2] / mb[0]);
        memory.line(steps, mb, {.label = route.name});
    }

    const int folds = run.quick ? 1 : 5, epochs = run.quick ? 5 : 40;
    Net nets[]{{"ODE_Net", "ODE-Net"}, {"RK_Net", "RK-Net"}, {"ResNet", "ResNet"}, {"perceptron", "perceptron"}};
    const Images batch = all.of(rows.first(32));
    nets[0].memory = update_memory(ode_net(ode::backsolve, run.seed), batch);
    nets[1].memory = update_memory(ode_net(ode::discrete_within(0), run.seed), batch);
    nets[2].memory = update_memory(residual_classifier(channels, 1, 6, Rng{run.seed}), batch);
    nets[3].memory = update_memory(perceptron(64, 64, Rng{run.seed}), batch);
    Progress progress(4 * folds * epochs);
    int done = 0;
    for (int fold = 0; fold < folds; ++fold) {
        std::vector<Index> seen_rows, other_rows;
        for (Index i = 0; i < all.count(); ++i) (i % 5 == fold ? other_rows : seen_rows).push_back(i);
        const Images seen = all.of(seen_rows), others = all.of(other_rows);
        const std::uint64_t seed = run.seed + 10 * std::uint64_t(fold);
        const auto train = [&](Net& net, const auto& model) {
            net.parameters = model.count();
            net.wrong.resize(std::size_t(epochs));
            const std::clock_t start = std::clock();
            learn(model, model, seen,
                  {.epochs = epochs,
                   .after_epoch =
                       [&](int epoch, double loss) {
                           net.wrong[std::size_t(epoch - 1)] += 100 * wrong_part(model, others) / folds;
                           progress.update(++done, loss);
                       }},
                  Rng{seed + 1});
            net.seconds += double(std::clock() - start) / CLOCKS_PER_SEC / folds;
            net.right += 100 * (1 - wrong_part(model, others)) / folds;
        };
        train(nets[0], ode_net(ode::backsolve, seed));
        train(nets[1], ode_net(ode::discrete, seed));
        train(nets[2], residual_classifier(channels, 1, 6, Rng{seed}));
        train(nets[3], perceptron(64, 64, Rng{seed}));
    }

    std::vector<double> x;
    for (int epoch = 1; epoch <= epochs; ++epoch) x.push_back(epoch);
    Plot errors({.title = "Wrong on new pictures", .x = "epoch", .y = "%", .log_y = true});
    Plot price({.title = "And at which price", .x = "thousand parameters", .y = "% right"});
    for (const Net& net : nets) {
        run.merit("percent_right_" + net.name, net.right);
        run.merit("parameters_" + net.name, double(net.parameters));
        run.merit("memory_mb_" + net.name, net.memory);
        run.merit("seconds_a_fold_" + net.name, net.seconds);
        errors.line(x, net.wrong, {.label = net.label});
        price.scatter({double(net.parameters) / 1000}, {net.right}, {.label = net.label, .width = 4});
    }
    price.x_range(0, 1.1e-3 * double(nets[2].parameters));
    run.merit("parameters_ODE_Net_over_ResNet", double(nets[0].parameters) / double(nets[2].parameters));
    run.merit("points_ODE_Net_above_ResNet", nets[0].right - nets[2].right);
    run.merit("updates_a_fold", double(epochs) * 45);
    run.merit("peak_megabytes", peak_megabytes());
    run.save({errors, price, memory}, {.title = "One field in place of six residual blocks", .columns = 3});
}

int main(int argc, char** argv) {
    return Experiment("24_odenet_digits", "Can one field, solved in time, stand for six residual blocks?")
        .run(argc, argv, compare);
}
