// examples/chapters/chip.cpp — the program of examples/chip/README.md: learnt on a laptop, printed as C, learnt on by a device
// The device is examples/chip/sensor.c, compiled by cc. What it learns is held against this library's tape on the same samples.
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "autodiff/operators.hpp"
#include "autodiff/program/program.hpp"
#include "core/linspace.hpp"
#include "nn/mlp.hpp"
#include "ode/plain.hpp"
#include "ode/solve.hpp"
#include "optim/adam.hpp"
#include "optim/to_c.hpp"

using namespace costate;

const std::vector<double> seen_at = linspace(0, 1.8, 10);

// Ten states of a spiral, from one of many starts: what a sensor sees in a while. A worn bearing brakes it more.
Tensor sample_of(int n, Real friction) {
    const auto spiral = [&](double, std::span<const Real> z, std::span<Real> dz) {
        dz[0] = -friction * z[0] + 2 * z[1];
        dz[1] = -2 * z[0] - friction * z[1];
    };
    const std::array start{Real(2 * std::cos(n)), Real(2 * std::sin(n))};
    const auto seen = ode::solve(spiral, start, seen_at, {.rtol = 1e-5, .atol = 1e-5}).z;
    Tensor sample({10, 1, 2});
    for (Index i = 0; i < 10; ++i) sample[2 * i] = seen[i][0], sample[2 * i + 1] = seen[i][1];
    return sample;
}

// [step]
// One iteration, recorded: from a sample to the loss and its gradient.
Var loss_of(const nn::MLP& law, Var sample) {
    const auto field = [&](Var, Var z) { return law(z); };
    const auto z = ode::solve(field, sample[0], seen_at, {.method = "rk4_classic", .steps = 18}).z;
    return mean(square(z - sample));
}

Program training_step(const nn::MLP& law) {
    Tape tape;
    const Var sample = tape.variable(Tensor({10, 1, 2})), loss = loss_of(law, sample);
    std::vector<Var> results{loss};
    for (const Var& g : grad(loss, law.parameters())) results.push_back(g);
    return compile(tape, Vars(&sample, 1), results);
}

Program field_of(const nn::MLP& law) {  // z' at a state: what the device asks it for
    Tape tape;
    const Var z = tape.variable(Tensor({1, 2})), f = law(z);
    return compile(tape, {.states = Vars(&z, 1), .forward = Vars(&f, 1)});
}
// [/step]

// What the device has learnt from the samples in that file: its weights, and then z' at (2, 0) by them.
std::vector<Real> numbers_of_device(const std::string& folder, std::size_t count) {
    const std::string program = folder + "/sensor", quiet = " > " + folder + "/numbers";
    const std::string compile =
        "cc -std=c99 -ffp-contract=off -O1 -I" + folder + " examples/chip/sensor.c -o " + program;
    std::vector<Real> numbers(count);
    if (std::system(compile.c_str()) != 0 || std::system((program + " < " + folder + "/samples" + quiet).c_str()) != 0)
        std::exit(1);
    std::ifstream(folder + "/numbers", std::ios::binary)
        .read(reinterpret_cast<char*>(numbers.data()), std::streamsize(count * sizeof(Real)));
    return numbers;
}

int main() {
    const std::string folder =
        std::filesystem::temp_directory_path() / ("costate-chip-" + std::to_string(sizeof(Real)));
    std::filesystem::create_directories(folder);
    // [laptop]
    nn::MLP law({2, 8, 2}, nn::tanh, Rng{1});
    optim::Adam adam(law, {.lr = 0.01});
    const auto learn = [&](int n, Real friction) {
        Tape tape;
        const Var loss = loss_of(law, tape.constant(sample_of(n, friction)));
        adam.minimise(loss);
        return double(loss.item());
    };
    for (int n = 1; n <= 400; ++n) learn(n, Real(0.1));  // on the laptop: friction as it is when new
    std::ofstream(folder + "/law.c") << optim::to_c(training_step(law), adam, "law", field_of(law));
    // [/laptop]

    std::ofstream samples(folder + "/samples", std::ios::binary);
    for (int n = 1; n <= 300; ++n) {  // what the device will see: the bearing has worn
        const Tensor sample = sample_of(n, Real(0.4));
        samples.write(reinterpret_cast<const char*>(sample.data()), std::streamsize(sample.size() * sizeof(Real)));
    }
    samples.close();
    const std::vector<Real> found = numbers_of_device(folder, 42 + 2);

    double first = 0, last = 0;  // the same here: after the 25th sample it is as it was after the 20th
    for (int n = 1; n <= 300; ++n)
        if (n <= 20 || n > 25) (n == 1 ? first : last) = learn(n, Real(0.4));
    double apart = 0;
    std::size_t at = 0;
    const auto compare = [&](const Tensor& value) {
        for (const Real& x : value.entries()) apart = std::max(apart, std::abs(double(x) - double(found[at++])));
    };
    for (const Parameter& p : law.parameters()) compare(p.value());
    Tape tape;
    compare(Tensor(law(tape.constant(Tensor({1, 2}, {2, 0}))).value()));
    std::printf("loss of the first sample %.3f, of the last one %.4f\n", first, last);
    std::printf("the device's weights, and z' by them, are the laptop's: %s\n",
                apart < (sizeof(Real) == 8 ? 1e-9 : 1e-2) ? "yes" : "no");
}
