// nn/resnet.hpp — a residual network: a chain of blocks, each with a field of its own
//   z_{n+1} = z_n + f_n(t_n, z_n),   t_n = n/N,   n = 0 ... N − 1         Euler's method, where the f_n are one field's
//   nn::ResNet net(6, [&] { return Field(24, rng); });                    // six fields, with parameters each
//   ode::NeuralODE flow(Field(24, rng));                                  // one, at every t: a sixth of them
// field    A Module, callable as Var(Var t, Var z) or Var(Var z): what makes a NeuralODE makes a ResNet.
// names    "block0.weight", "block1.weight", ...
// source   He, Zhang, Ren & Sun 2016, "Deep residual learning", equation 1, without an activation behind the sum as in their
//          "Identity mappings" of the same year
#pragma once
#include <type_traits>
#include <vector>

#include "autodiff/operators/elementwise.hpp"  // brings: +
#include "nn/evaluate.hpp"                     // brings: evaluate
#include "nn/module.hpp"                       // brings: Module

namespace costate::nn::inline COSTATE_PRECISION {

template <class F>
class ResNet : public Module {
    static constexpr bool takes_time = std::is_invocable_r_v<Var, const F&, Var, Var>;
    static_assert(std::is_base_of_v<Module, F> && (takes_time || std::is_invocable_r_v<Var, const F&, Var>),
                  "the blocks of a ResNet are modules, fields Var(Var t, Var z) or layers Var(Var z)");

public:
    explicit ResNet(std::vector<F> blocks, Where at = {}) : blocks_(std::move(blocks)) {
        for (std::size_t n = 0; n < blocks_.size(); ++n) add(spelled("block", n), blocks_[n], at);
    }
    template <class Make>
    requires std::is_invocable_r_v<F, Make&> ResNet(int count, Make make, Where at = {})
        : ResNet(made(count, make), at) {}

    Var operator()(Var z, Where at = {}) const {
        const CalledFrom caller(at);
        for (std::size_t n = 0; n < blocks_.size(); ++n) {
            const Number t = static_cast<Number>(n) / static_cast<Number>(blocks_.size());
            if constexpr (takes_time)
                z = z + blocks_[n](z.tape().constant(t), z);
            else
                z = z + blocks_[n](z);
        }
        return z;
    }
    Tensor operator()(View z, Where at = {}) const { return evaluate(*this, z, at); }
    const std::vector<F>& blocks() const { return blocks_; }

private:
    template <class Make>
    static std::vector<F> made(int count, Make& make) {
        std::vector<F> blocks;
        for (int n = 0; n < count; ++n) blocks.push_back(make());
        return blocks;
    }

    std::vector<F> blocks_;
};
template <class Make>
ResNet(int, Make) -> ResNet<std::invoke_result_t<Make&>>;

}  // namespace costate::nn
