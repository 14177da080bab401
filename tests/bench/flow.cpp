// tests/bench/flow.cpp — W6 and W6h: a continuous normalising flow in the plane, adaptive steps
//   dz/dt = net(z, t),   dl/dt = tr ∂net/∂z,   loss = −mean( log N(z(1); 0, I) + l(1) )
// The state is (z, l), [512, 3]. W6: the trace exactly, by two tangents. W6h: eᵀ (∂net/∂z) e, one tangent along
// fixed noise.
// A tangent starts behind the first linear map: along a unit vector it is there one column of the weight, the same row for
// the whole batch.
// norm     backward error: root mean square over state and adjoint, without the parameter gradient.
#include <cmath>
#include <numbers>

#include "autodiff/operators.hpp"
#include "optim/adam.hpp"
#include "tests/bench/training.hpp"

namespace costate::bench {
namespace {

constexpr double unit_interval[]{0, 1};

struct FlowField {
    nn::MLP net;   // of (z1, z2, t)
    Tensor noise;  // [512, 2], or empty: the exact trace

    Var operator()(Var t, Var state) const {
        Tape& tape = state.tape();
        const std::span<const Parameter> theta = net.parameters();
        const Var z = slice(state, 1, 0, 2), time = broadcast_to(reshape(t, {1, 1}), {z.shape()[0], 1});
        const Var W = tape.use(theta[0]);
        const Var first = nn::linear(concatenate({z, time}, 1), theta.first(2));
        const Var second = nn::linear(tanh(first), theta.subspan(2, 2));
        const Var rate = nn::linear(tanh(second), theta.subspan(4, 2));
        const auto along = [&](Var direction) { return jvp(rate, first, direction); };
        if (noise.size() > 0) {
            const Var e = tape.constant(noise);
            const Var tangent = along(matmul(e, slice(W, 1, 0, 2), false, true));
            return concatenate({rate, sum(tangent * e, {1}, true)}, 1);
        }
        const auto diagonal = [&](Index j) {
            const Var column = reshape(slice(W, 1, j, 1), {1, W.shape()[0]});
            return slice(along(broadcast_to(column, first.shape())), 1, j, 1);
        };
        return concatenate({rate, diagonal(0) + diagonal(1)}, 1);
    }
};

class Flow final : public Training {
public:
    Flow(FlowField field, const Doubles& points, ode::Route gradient)
        : Training(std::make_unique<optim::Adam>(field.net.parameters(), optim::AdamOptions{.lr = 1e-3})),
          field_(std::move(field)),
          options_{.method = ode::dopri5, .rtol = 1e-5, .atol = 1e-5, .gradient = gradient, .control = ode::i_control} {
        Doubles states;
        for (std::size_t i = 0; i < points.size(); i += 2) states.insert(states.end(), {points[i], points[i + 1], 0});
        start_ = rows_of(states, 3);
    }

private:
    Var loss(int) override {
        const Var end = solve(field_, start_, unit_interval, options_).end();
        const Var z = slice(end, 1, 0, 2), l = slice(end, 1, 2, 1);
        const double log_two_pi = std::log(2 * std::numbers::pi), rows = static_cast<double>(start_.shape()[0]);
        return (0.5 * sum(square(z)) - sum(l)) / rows + log_two_pi;
    }

    FlowField field_;
    ode::SolveOptions options_;
    Tensor start_;
};

}  // namespace

std::unique_ptr<Problem> make_flow(const Setting& setting) {
    const Moons data = cnf_data();
    const bool sampled = setting.workload == "cnf_2d_hutch";
    return std::make_unique<Flow>(FlowField{.net = network(initial_mlp(setting.workload), nn::tanh),
                                            .noise = sampled ? rows_of(data.noise, 2) : Tensor(Shape{0})},
                                  data.points, adjoint_by(setting.variant));
}

}  // namespace costate::bench
