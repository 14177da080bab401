// tests/fuzz/questions.hpp — a model, and what it can be asked: a loss of a solve of it, and its derivatives
#pragma once
#include <memory>
#include <stdexcept>

#include "nn/mlp.hpp"
#include "ode/models/neural_ode.hpp"
#include "ode/steps/complaint.hpp"
#include "optim/adam.hpp"
#include "optim/sgd.hpp"
#include "tests/autodiff/laws.hpp"
#include "tests/fuzz/hunter.hpp"

namespace costate::test {

inline const std::vector<double> moments{0, 0.4, 1};

struct Life {
    std::unique_ptr<nn::MLP> model;
    std::unique_ptr<optim::Optimizer> optimiser;

    Life(Index kind, Index hidden, bool time) {
        model = std::make_unique<nn::MLP>(std::vector<Index>{2, hidden, 2}, nn::tanh, Rng{7}, nn::MLPOptions{time});
        make_optimiser(kind);
    }
    void make_optimiser(Index kind) {
        if (kind == 0)
            optimiser =
                std::make_unique<optim::SGD>(model->parameters(), optim::SGDOptions{.lr = 0.1, .momentum = 0.5});
        else
            optimiser = std::make_unique<optim::Adam>(model->parameters(), optim::AdamOptions{.lr = 0.05});
    }
    void edit(Index place, double by) {
        const std::span<const Parameter> all = model->parameters();
        const Parameter& p = all[static_cast<std::size_t>(place) % all.size()];
        p.edit()[place % p.size()] += static_cast<Real>(by);
    }
    Tensors parameters() const {
        Tensors list;
        for (const Parameter& p : model->parameters()) list.push_back(p.value());
        return list;
    }
};

// What is asked of a model: a loss of a solve, and its derivatives.
struct Question {
    Index rows = 1, field = 0, seed = 0;
    ode::SolveOptions options;
    bool time_var = false, second = false;

    explicit Question(Choices& choices) {
        constexpr Index counts[] = {2, 1, 5, 9, 33};
        constexpr int steps[] = {2, 3, 0};
        constexpr ode::Route routes[] = {ode::discrete, ode::backsolve, ode::direct, ode::checkpointed(2),
                                         ode::reversible};
        rows = choices.pick(counts);
        field = choices.below(4);
        seed = choices.below(3);
        options.gradient = choices.pick(routes);
        options.method = choices.pick(ode::all_methods);
        options.steps = choices.pick(steps);
        options.rtol = options.atol = choices.flip() ? 1e-3 : 1e-4;
        if (options.gradient == ode::reversible && !options.method.paired()) options.method = ode::reversible_heun;
        const bool tainted = options.method.implicit() && options.gradient == ode::direct;  // it reads numbers
        if (tainted || ode::first_complaint(options).option) options.method = ode::dopri5;
        time_var = choices.below(4) == 1;
        second = choices.below(3) == 1;
    }
    std::string text() const {
        constexpr const char* fields[] = {"the model", "a NeuralODE", "the model times an outer Var",
                                          "a double on top"};
        return std::string(fields[field]) + ", " + std::to_string(rows) + " rows, numbers " + std::to_string(seed) +
               ", " + options.method.name + " " + options.gradient.name + " " +
               (options.steps > 0 ? std::to_string(options.steps) + " steps" : "rtol " + number_text(options.rtol)) +
               (time_var ? ", times as a Var" : "") + (second ? ", second order" : "");
    }
    Tensor start() const {
        Rng rng(static_cast<std::uint64_t>(100 + seed));
        return random_like(Shape{rows, 2}, rng);
    }
};

struct Posed {
    Var x, times, loss;
    ode::Solution<Var> solution;
};

inline Posed posed(Tape& tape, const nn::MLP& model, const Question& q, Index throws_at = -1) {
    Posed r;
    r.x = tape.variable(q.start());
    r.times = tape.variable(Tensor::vector(moments));
    const Var outer = tanh(sum(tape.use(model.parameters()[0])));
    const double on_top = 0.1 * double(q.seed);
    const auto solved = [&](const auto& field) {
        return q.time_var ? ode::solve(tape, field, r.x, r.times, q.options)
                          : ode::solve(tape, field, r.x, moments, q.options);
    };
    if (q.field == 1 && !q.time_var && throws_at < 0) {
        r.solution = ode::NeuralODE(model, moments, q.options).solve(r.x);
    } else {
        r.solution = solved([&](Var t, Var z) {
            const Var rate = model(t, z);
            if (throws_at == 0) throw std::runtime_error("thrown by the field");
            --throws_at;
            return q.field == 2 ? rate * outer : q.field == 3 ? rate + on_top : rate;
        });
    }
    r.loss = mean(square(r.solution.z)) + mean(r.solution.z);  // moderate, whatever the number of rows
    return r;
}

inline Tensors answers(Tape& tape, const nn::MLP& model, const Question& q, bool twice = false) {
    const Posed r = posed(tape, model, q);
    Tensors found{Tensor(tape.view(r.solution.z)), Tensor(tape.view(r.loss))};
    std::vector<Var> leaves{r.x, r.times};
    for (const Parameter& p : model.parameters()) leaves.push_back(tape.use(p));
    Vars bars = grad(r.loss, Vars(leaves));
    if (twice) bars = grad(r.loss, Vars(leaves));
    for (const Var& g : bars) found.push_back(Tensor(tape.view(g)));
    ode::Statistics s = r.solution.statistics();
    // a second gradient takes more, and where a gradient has made the solve keep its stages, the sweep takes none
    if (q.options.gradient.is_kind_of(ode::checkpointed())) s.backward_evaluations = 0;
    if (q.options.gradient.is_kind_of(ode::discrete)) s.evaluations = s.backward_evaluations = 0;
    found.push_back(Tensor({6}, {double(s.evaluations), double(s.backward_evaluations), double(s.accepted),
                                 double(s.rejected), double(s.backward_accepted), double(s.backward_rejected)}));
    if (!q.second) return found;
    for (const Var& g : grad(sum(bars[0] * bars[0]), Vars(leaves))) found.push_back(Tensor(tape.view(g)));
    const Var dot = jvp(bars[2], r.x, r.x);
    found.push_back(dot.is_zero() ? Tensor(bars[2].shape()) : Tensor(tape.view(dot)));
    return found;
}

}  // namespace costate::test
