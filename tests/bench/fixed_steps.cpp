// tests/bench/fixed_steps.cpp — the workloads with steps known beforehand: W1, W2, W7, W8
//   All by classical RK4 over [0, 1]. W1, W2 and W8 bp ask for backpropagation through the solve: `discrete`, its exact
//   gradient. W7 and W8 adj ask for the continuous adjoint: `backsolve`, as many steps
//   backwards; with steps known beforehand no error norm is taken.
#include <string>

#include "autodiff/operators.hpp"
#include "nn/losses.hpp"  // brings: mse
#include "optim/adam.hpp"
#include "optim/sgd.hpp"
#include "tests/bench/training.hpp"

namespace costate::bench {
namespace {

constexpr double unit_interval[]{0, 1};

ode::SolveOptions rk4(int steps, ode::Route gradient) {
    return {.method = ode::rk4_classic, .gradient = gradient, .steps = steps};
}

// dx/ds = T (a x1 − b x1 x2,  d x1 x2 − g x2), T the row's own time span. T meets the coefficients first: their product
// does not change during the solve, so it is formed once.
struct LotkaVolterra {
    std::vector<Parameter> abdg;
    Tensor gap;  // T: [499, 1]

    Var operator()(Var, Var z) const {
        Tape& tape = z.tape();
        const Var x1 = slice(z, 1, 0, 1), x2 = slice(z, 1, 1, 1), both = x1 * x2, T = tape.constant(gap);
        const auto rate = [&](std::size_t i) { return T * tape.use(abdg[i]); };
        return concatenate({rate(0) * x1 - rate(1) * both, rate(2) * both - rate(3) * x2}, 1);
    }
};

class LkvParams final : public Training {  // W1
public:
    LkvParams(const LotkaVolterra& field, const Pairs& pairs, const ode::Route& route)
        : Training(std::make_unique<optim::SGD>(field.abdg, optim::SGDOptions{.lr = 1e-4})),
          field_(field),
          start_(rows_of(pairs.start, 2)),
          target_(rows_of(pairs.target, 2)),
          route_(route) {}

private:
    Var loss(int) override { return nn::mse(solve(field_, start_, unit_interval, rk4(100, route_)).end(), target_); }

    LotkaVolterra field_;
    Tensor start_, target_;
    ode::Route route_;
};

// dx/ds = T net(x) with T repeated over the columns: no broadcasting. Without T: dx/ds = net(x).
struct NetworkField {
    nn::MLP net;
    Tensor gap = Tensor(Shape{0});  // [B, D], or empty

    Var operator()(Var, Var z) const { return gap.size() == 0 ? net(z) : net(z) * gap; }
};

class Regression final : public Training {  // W2, W7, W8
public:
    Regression(NetworkField field, const Mapping& data, double lr, const ode::SolveOptions& options)
        : Training(std::make_unique<optim::Adam>(field.net.parameters(), optim::AdamOptions{.lr = lr})),
          start_(rows_of(data.start, field.net.parameters()[0].shape()[1])),
          target_(start_.shape(), std::span<const double>(data.target)),
          field_(std::move(field)),
          options_(options) {}

private:
    Var loss(int) override { return nn::mse(solve(field_, start_, unit_interval, options_).end(), target_); }

    Tensor start_, target_;
    NetworkField field_;
    ode::SolveOptions options_;
};

}  // namespace

std::unique_ptr<Problem> make_lkv_params(const Setting& setting) {
    const Pairs pairs = lkv_pairs();
    LotkaVolterra field{.abdg = {}, .gap = rows_of(pairs.gap, 1)};
    for (double start : lkv_params_init()) field.abdg.emplace_back("rate", Tensor::scalar(start));
    return std::make_unique<LkvParams>(field, pairs, exact_by(setting.variant));
}

std::unique_ptr<Problem> make_lkv_mlp(const Setting& setting) {
    const Pairs pairs = lkv_pairs();
    Doubles gap;
    for (double T : pairs.gap) gap.insert(gap.end(), {T, T});
    return std::make_unique<Regression>(NetworkField{network(initial_mlp(setting.workload), nn::relu), rows_of(gap, 2)},
                                        Mapping{pairs.start, pairs.target}, 1e-4, rk4(100, exact_by(setting.variant)));
}

std::unique_ptr<Problem> make_wide_mlp(const Setting& setting) {
    return std::make_unique<Regression>(NetworkField{network(initial_mlp(setting.workload), nn::tanh)}, wide_data(),
                                        1e-3, rk4(20, adjoint_by(setting.variant)));
}

std::unique_ptr<Problem> make_long_horizon(const Setting& setting) {
    // long_horizon_bp_1000, long_horizon_adj_100, long_horizon_wide_bp_100
    const std::string_view name = setting.workload;
    const int rows = name.find("_wide_") != name.npos ? 1024 : 64;
    const bool adjoint = name.find("_adj_") != name.npos;
    const int steps = std::stoi(std::string(name.substr(name.rfind('_') + 1)));
    return std::make_unique<Regression>(NetworkField{network(initial_mlp(name), nn::tanh)}, horizon_data(rows), 1e-3,
                                        rk4(steps, adjoint ? adjoint_by(setting.variant) : exact_by(setting.variant)));
}

}  // namespace costate::bench
