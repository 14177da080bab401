// tests/bench/poisson.cpp — W9: a network that solves Poisson's equation, no ODE
//   loss = mean (Δφ − 2π sin x sin y)² over the interior + mean φ² over the boundary
// The loss and its gradient are recorded once, on a tape that only notes operations, and compiled: an iteration replays
// the program, the interior points in tiles. So neither the tape nor the batch's activations take memory.
#include <cmath>
#include <numbers>
#include <stdexcept>

#include "autodiff/operators.hpp"
#include "autodiff/program/workspace.hpp"  // brings: Program, Workspace, compile, run
#include "optim/adam.hpp"
#include "tests/bench/training.hpp"

namespace costate::bench {
namespace {

class Poisson final : public Problem {
public:
    explicit Poisson(nn::MLP net) : net_(std::move(net)), adam_(net_.parameters(), {.lr = 1e-3}) {
        const Square data = pinn_data();
        Doubles source;
        for (std::size_t i = 0; i < data.interior.size(); i += 2)
            source.push_back(2 * std::numbers::pi * std::sin(data.interior[i]) * std::sin(data.interior[i + 1]));
        data_ = {rows_of(data.boundary, 2), rows_of(data.interior, 2), rows_of(source, 1)};
        inputs_.assign(data_.begin(), data_.end());
        record();
    }

    std::vector<double> first_gradient() override {
        run(program_, workspace_, inputs_, outputs_);
        return flat(gradients_);
    }

    double step(int) override {
        run(program_, workspace_, inputs_, outputs_);
        adam_.step(std::span<const View>(gradients_));
        return static_cast<double>(results_[0][0]);
    }

private:
    void record() {
        Tape tape;
        tape.set_evaluating(false);
        const Var boundary = tape.variable(data_[0]), x = tape.variable(data_[1]), source = tape.variable(data_[2]);
        const Var loss = mean(square(laplacian(net_(x), x) - source)) + mean(square(net_(boundary)));
        const Vars gradients = grad(loss, net_.parameters());
        std::vector<Var> results{loss};
        results.insert(results.end(), gradients.begin(), gradients.end());
        program_ = compile(tape, std::array{boundary}, results, std::array{x, source});
        if (!program_.tileable) throw std::logic_error("the program mixes rows: it cannot run in tiles");
        for (const Var& r : results) results_.emplace_back(r.shape());
        for (Tensor& r : results_) outputs_.push_back(r.view());
        gradients_.assign(outputs_.begin() + 1, outputs_.end());
    }

    nn::MLP net_;
    optim::Adam adam_;
    Program program_;
    Workspace workspace_;
    std::vector<Tensor> data_, results_;  // boundary, interior, source; loss and gradients
    std::vector<View> inputs_, gradients_;
    std::vector<MutableView> outputs_;
};

}  // namespace

std::unique_ptr<Problem> make_poisson(const Setting& setting) {
    return std::make_unique<Poisson>(network(initial_mlp(setting.workload), nn::tanh));
}

}  // namespace costate::bench
