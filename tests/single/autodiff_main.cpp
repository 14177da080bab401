// tests/single/autodiff_main.cpp — derivatives and a Program, to the last bit, by the part of the library that ends there
#include <cstdio>

#include "costate_autodiff.hpp"

using namespace costate;

int main() {
    Tape tape;
    Rng rng(3);
    Tensor a({4, 3}), b({3, 2});
    for (Tensor* t : {&a, &b})
        for (Index i = 0; i < t->size(); ++i) (*t)[i] = static_cast<Real>(rng.normal());
    const Var x = tape.variable(a), w = tape.variable(b);
    const Var loss = mean(square(tanh(matmul(x, w))) + 0.1 * logsumexp(sin(x), {0, 1}));
    const Var g = grad(loss, w), h = grad(sum(g * g), x);
    const std::string law = to_c(compile(tape, std::vector{x, w}, std::vector{loss, g}), "law");
    for (const Var v : {loss, g, h})
        for (const Real entry : tape.view(v).entries()) std::printf("%a\n", static_cast<double>(entry));
    std::printf("%s", law.c_str());
}
