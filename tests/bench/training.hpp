// tests/bench/training.hpp — what the workloads that train on a tape share
//   One Tape for the whole run; an iteration rewinds it, records the loss, takes the gradient and lets the optimiser
//   step. The loss is read last and beside the tape: nothing is recorded after it.
// A workload derives from Training, gives it what is trained and by which optimiser, and records its loss.
#pragma once
#include <memory>
#include <span>
#include <vector>

#include "autodiff/derivatives/grad.hpp"  // brings: Tape, Var, Parameter, grad
#include "nn/mlp.hpp"                     // brings: MLP, Activation
#include "ode/solve.hpp"                  // brings: solve, SolveOptions
#include "optim/optimizer.hpp"            // brings: Optimizer
#include "tests/bench/data.hpp"           // brings: Layers, Doubles
#include "tests/bench/workloads.hpp"      // brings: Problem, Setting, Variant

namespace costate::bench {

class Training : public Problem {
public:
    explicit Training(std::unique_ptr<optim::Optimizer> optimizer) : optimizer_(std::move(optimizer)) {}
    std::vector<double> first_gradient() override;
    double step(int k) override;
    Evaluations evaluations() const override;

protected:
    virtual Var loss(int k) = 0;  // records iteration k's loss on tape()
    Tape& tape() { return tape_; }
    // Solves, and remembers whose evaluations to report.
    const ode::Solution<Var>& solve(ode::FieldRef field, const Tensor& z0, const ode::Times& times,
                                    const ode::SolveOptions& options) {
        return solution_ = ode::solve(tape_, std::move(field), z0, times, options);
    }

private:
    std::unique_ptr<optim::Optimizer> optimizer_;
    Tape tape_;
    ode::Solution<Var> solution_;  // of no solve: a workload without one
};

ode::Route exact_by(Variant variant);    // how a solve is backpropagated through
ode::Route adjoint_by(Variant variant);  // how an adjoint workload is differentiated: spec means backsolve
nn::MLP network(const Layers& layers, nn::Activation activation);  // with these numbers
void set_numbers(const Parameter& parameter, std::span<const double> numbers);
Tensor rows_of(const Doubles& numbers, Index width);  // [numbers / width, width]
std::vector<double> flat(std::span<const View> gradients);

}  // namespace costate::bench
