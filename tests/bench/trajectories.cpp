// tests/bench/trajectories.cpp — the workloads that fit a trajectory at many times, with adaptive steps: W3, W4, W5, W10
//   All by dopri5 and the continuous adjoint (`backsolve`), which takes up z again from every observation and keeps its
//   step size across them. The backward error norm is the root mean square over state and adjoint; the parameter
//   gradient is a quadrature beside the steps and takes no part in it (the specification asks which norm is used).
#include "autodiff/operators.hpp"
#include "nn/losses.hpp"  // brings: mse, mae
#include "optim/adam.hpp"
#include "tests/bench/training.hpp"

namespace costate::bench {
namespace {

ode::SolveOptions dopri5(double rtol, double atol, Variant variant) {
    return {
        .method = ode::dopri5, .rtol = rtol, .atol = atol, .gradient = adjoint_by(variant), .control = ode::i_control};
}

struct Linear {  // dz/dt = A z, one row: z Aᵀ
    Parameter A{"A", Tensor({2, 2})};
    Var operator()(Var, Var z) const { return matmul(z, z.tape().use(A), false, true); }
    std::span<const Parameter> parameters() const { return {&A, 1}; }
};

struct Network {  // dz/dt = net(z)
    nn::MLP net;
    Var operator()(Var, Var z) const { return net(z); }
    std::span<const Parameter> parameters() const { return net.parameters(); }
};

struct CubicNetwork {  // dz/dt = net(z³)
    nn::MLP net;
    Var operator()(Var, Var z) const { return net(z * z * z); }
    std::span<const Parameter> parameters() const { return net.parameters(); }
};

// One trajectory [1, 2], the loss over its last `targets` observations.
template <class Field>
class Trace final : public Training {
public:
    Trace(Field field, const Doubles& times, const Tensor& start, const Doubles& targets, double lr,
          const ode::SolveOptions& options)
        : Training(std::make_unique<optim::Adam>(field.parameters(), optim::AdamOptions{.lr = lr})),
          field_(std::move(field)),
          times_(times),
          start_(start),
          target_({static_cast<Index>(targets.size()) / 2, 1, 2}, std::span<const double>(targets)),
          options_(options) {}

private:
    Var loss(int) override {
        const Var z = solve(field_, start_, times_, options_).z;
        const Index count = target_.shape()[0], all = z.shape()[0];
        return nn::mse(count == all ? z : slice(z, 0, all - count, count), target_);
    }

    Field field_;
    Doubles times_;
    Tensor start_, target_;
    ode::SolveOptions options_;
};

class SpiralMlp final : public Training {  // W5: a batch of 20 windows of one long path, another one each iteration
public:
    SpiralMlp(CubicNetwork field, const Windows& data, const ode::SolveOptions& options)
        : Training(std::make_unique<optim::Adam>(field.parameters(), optim::AdamOptions{.lr = 1e-3})),
          field_(std::move(field)),
          times_(data.times),
          options_(options) {
        for (std::size_t batch = 0; batch < batches; ++batch) {
            Doubles target;
            for (int time = 0; time < 10; ++time)
                for (std::size_t j = 0; j < 20; ++j) {
                    const auto at = data.path.begin() + 2 * (data.starts[20 * batch + j] + time);
                    target.insert(target.end(), at, at + 2);
                }
            targets_.emplace_back(Shape{10, 20, 2}, std::span<const double>(target));
            starts_.emplace_back(Shape{20, 2}, std::span<const double>(target).first(40));
        }
    }

private:
    static constexpr std::size_t batches = 64;

    Var loss(int k) override {
        const std::size_t batch = static_cast<std::size_t>(k) % batches;
        return nn::mae(solve(field_, starts_[batch], times_, options_).z, targets_[batch]);
    }

    CubicNetwork field_;
    Doubles times_;
    std::vector<Tensor> starts_, targets_;
    ode::SolveOptions options_;
};

}  // namespace

std::unique_ptr<Problem> make_lkv_adjoint(const Setting& setting) {
    const Trajectory data = lkv_adjoint_data();
    return std::make_unique<Trace<Network>>(Network{network(initial_mlp(setting.workload), nn::sigmoid)}, data.times,
                                            Tensor({1, 2}, lkv_start), data.states, 0.1,
                                            dopri5(1e-6, 1e-6, setting.variant));
}

std::unique_ptr<Problem> make_spiral_linear(const Setting& setting) {
    const Trajectory data = spiral_linear_data();
    Linear field;
    set_numbers(field.A, spiral_linear_init());
    return std::make_unique<Trace<Linear>>(field, data.times, Tensor({1, 2}, {1, 1}), data.states, 0.1,
                                           dopri5(1e-7, 1e-9, setting.variant));
}

std::unique_ptr<Problem> make_spiral_mlp(const Setting& setting) {
    return std::make_unique<SpiralMlp>(CubicNetwork{network(spiral_mlp_init(), nn::tanh)}, spiral_mlp_data(),
                                       dopri5(1e-7, 1e-9, setting.variant));
}

std::unique_ptr<Problem> make_spiral_single(const Setting& setting) {
    const Trajectory data = spiral_single_data();
    return std::make_unique<Trace<CubicNetwork>>(CubicNetwork{network(initial_mlp(setting.workload), nn::tanh)},
                                                 data.times, Tensor({1, 2}, spiral_start), data.states, 0.05,
                                                 dopri5(1e-7, 1e-9, setting.variant));
}

}  // namespace costate::bench
