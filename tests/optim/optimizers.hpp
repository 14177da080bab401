// tests/optim/optimizers.hpp — the one list of optimisers that every law runs over (optimizers_test.cpp)
// An optimiser added is a row; one that is not here turns the suite red. Options that change what is kept, or by which
// way a step goes, have rows of their own.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "optim/adam.hpp"
#include "optim/rmsprop.hpp"
#include "optim/sgd.hpp"

namespace costate::test {

struct OptimizerCase {
    std::string kind, options;  // the class, and what is special about it
    std::function<std::unique_ptr<optim::Optimizer>(const std::vector<Parameter>&)> make;
};

template <class Optimizer, class Options>
OptimizerCase optimizer_case(std::string kind, std::string text, Options options) {
    return {std::move(kind), std::move(text), [options](const std::vector<Parameter>& parameters) {
                return std::make_unique<Optimizer>(parameters, options);
            }};
}

inline std::vector<OptimizerCase> all_optimizers() {
    using namespace optim;
    return {
        optimizer_case<SGD>("SGD", "with decay", SGDOptions{.weight_decay = 0.01}),
        optimizer_case<SGD>("SGD", "heavy ball", SGDOptions{.momentum = 0.5, .weight_decay = 0.5}),
        optimizer_case<SGD>("SGD", "Nesterov", SGDOptions{.momentum = 0.9, .nesterov = true}),
        optimizer_case<Adam>("Adam", "defaults", AdamOptions{}),
        optimizer_case<Adam>("Adam", "the size of g counts", AdamOptions{.eps = 1}),
        optimizer_case<AdamW>("AdamW", "defaults", AdamWOptions{}),
        optimizer_case<RMSprop>("RMSprop", "defaults", RMSpropOptions{}),
        optimizer_case<RMSprop>("RMSprop", "the size of g counts", RMSpropOptions{.eps = 1}),
        optimizer_case<RMSprop>("RMSprop", "everything kept", RMSpropOptions{.momentum = 0.9, .centered = true}),
    };
}

}  // namespace costate::test
