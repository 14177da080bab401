// optim/sgd.hpp — gradient descent, with momentum
//   g ← scale · ∂L/∂θ + λ θ                  λ: weight_decay, the gradient of ½ λ |θ|²                        (1)
//   u ← μ u + g                              u = 0 before the first step                                     (2)
//   θ ← θ − lr · u                           or, with nesterov:  θ ← θ − lr · (g + μ u)                      (3)
// source   Polyak 1964 (heavy ball) · Nesterov 1983, in the form of Sutskever, Martens, Dahl & Hinton 2013, §2, written
//          for the looked-ahead point as PyTorch's SGD is (without its dampening)
#pragma once
#include "optim/optimizer.hpp"  // brings: Optimizer

namespace costate::optim {
inline namespace COSTATE_PRECISION {

struct SGDOptions {
    double lr = 1e-2;
    double momentum = 0;  // μ
    bool nesterov = false;
    double weight_decay = 0;  // λ
};

class SGD final : public Optimizer {
public:
    explicit SGD(Parameters parameters, SGDOptions options = {}, Where at = {});
    explicit SGD(std::initializer_list<Parameter> list, SGDOptions options = {}, Where at = {})
        : SGD(Parameters(list), options, at) {}
    template <std::floating_point Rate>
    SGD(Parameters, Rate) = delete;  // options are named: SGD(model, {.lr = 1e-2})
    template <NoParameters Model>
    SGD(const Model&, SGDOptions = {}) = delete;  // what is trained: a model, a list {p, q}, or a Parameter

private:
    void update(Real scale) override;
    SGDOptions options_;
};

}  // namespace COSTATE_PRECISION
}  // namespace costate::optim
