// examples/support/images.hpp — classifiers of images, and their training
//   stem      conv 3 x 3, then for each halving: norm, silu, conv 4 x 4 with stride 2          [B,H,W,1] -> [B,h,w,C]
//   middle    what one compares: a NeuralODE, a ResNet, both of the field
//               f(t, z) = norm(conv(t, silu(norm(conv(t, silu(norm(z)))))))                                          (a)
//   head      norm, silu, mean over the pixels, linear                                         [B,h,w,C] -> [B,10]
// source   Chen et al. 2018, "Neural ordinary differential equations", §3, and torchdiffeq's odenet_mnist.py, which (a)
//          is, with silu in place of relu: a solver and its adjoint want a smooth field
#pragma once
#include <chrono>
#include <functional>

#include "costate.hpp"

namespace costate::support {

struct Images {
    Tensor pixels;  // [N,H,W,1], 0 to 1
    std::vector<Index> labels;

    Index count() const { return static_cast<Index>(labels.size()); }
    Images of(std::span<const Index> rows) const { return {nn::take_rows(pixels, rows), nn::take_rows(labels, rows)}; }
};

Images read_digits(const std::string& path, Where at = {});  // a table p0 ... p63 of 0 to 16, label
// The idx files of a folder, under MNIST's own names, or with "mnist10k-" before "train-" or "test-": part is "train" or
// "test". Prints their checksums.
Images read_mnist(const std::string& folder, const std::string& part, Where at = {});

struct Jitter {        // of every picture, anew each time that it is seen
    double angle = 0;  // at most, radians
    double scale = 0;  // at most, relative
    Index shift = 1;   // at most, whole pixels
};
Tensor jittered(const Tensor& pixels, const Jitter& jitter, Rng& rng);

struct ConvField : nn::Module {  // (a)
    ConvField(Index channels, Rng& rng);
    Var operator()(Var t, Var z) const;

    nn::GroupNorm norm0, norm1, norm2;
    nn::Conv2d conv0, conv1;
};

nn::Sequential image_stem(Index channels, int halvings, Rng& rng);
nn::Sequential image_head(Index channels, Rng& rng);

template <class Middle>
struct Classifier : nn::Module {
    Classifier(nn::Sequential stem_, Middle middle_, nn::Sequential head_)
        : stem(add("stem", stem_)), middle(add("middle", middle_)), head(add("head", head_)) {}
    Var operator()(Var x) const { return head(middle(stem(x))); }

    nn::Sequential stem;
    Middle middle;
    nn::Sequential head;
};
using OdeClassifier = Classifier<ode::NeuralODE<ConvField>>;
using ResClassifier = Classifier<nn::ResNet<ConvField>>;

// Both draw their stem first: with equal generators it starts from the same numbers.
OdeClassifier ode_classifier(Index channels, int halvings, const ode::SolveOptions& options, Rng rng);
ResClassifier residual_classifier(Index channels, int halvings, int blocks, Rng rng);
nn::Sequential perceptron(Index pixels, Index hidden, Rng rng);

struct Lesson {
    int epochs = 40;
    Index batch = 32;
    double peak = 1e-2;  // of the learning rate, which rises over the first `rise` of the updates and then falls
    double rise = 0.3;
    Jitter jitter = {};
    std::function<void(int epoch, double loss)> after_epoch = {};
};

using ImageModel = std::function<Var(Var)>;
void learn(const nn::Module& parameters, const ImageModel& model, const Images& seen, const Lesson& lesson, Rng rng);
double wrong_part(const ImageModel& model, const Images& others);  // of the pictures

// The most memory, in MB, that a process of its own needs for `work` beyond what is there already; 0 where nothing tells.
double memory_of(const std::function<void()>& work);

// Of one gradient, the tape's and the solves' included.
template <class Model>
double update_memory(const Model& model, const Images& batch) {
    return memory_of([&] {
        Tape tape;
        grad(nn::cross_entropy_with_logits(model(tape.constant(batch.pixels)), batch.labels), model);
    });
}

}  // namespace costate::support
