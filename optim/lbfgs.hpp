// optim/lbfgs.hpp — L-BFGS: Newton's direction from the last few steps
//   s = x⁺ − x,  y = g⁺ − g                 the last m pairs tell the curvature: H⁻¹ y ≈ s                     (a)
//   d = −H⁻¹ g                              by the two-loop recursion, from H₀⁻¹ = (sᵀy / yᵀy) I              (b)
//   x⁺ = x + α d                            α from a line search (optim/line_search.hpp)                      (c)
//   optim::LBFGS lbfgs(model, {.memory = 30});
//   const auto end = lbfgs.minimise([&](Tape& tape) { return nn::mse(model(tape.constant(x)), y); }, {.iterations = 200});
//   end.loss, end.stop                      // why it ended
// For a loss that is the same function at every call, and smooth: no minibatches, no noise. There it needs far fewer
// evaluations than Adam to the last digits; far from a minimum Adam is the safer start.
// loss     Var(Tape&): it records one number on the tape that it is given, rewound before each call. Or LossAndGradient():
//          numbers from a Program, say.
// errors   An Error of the loss (a solve that blew up), a loss or a gradient that is not finite: within a line search that
//          was a step too far, and a shorter one is tried. At the start it is an error. Afterwards the parameters are
//          where the loss was lowest.
// memory   (2 m + 4) n numbers for n parameters; a warm step allocates nothing.
// source   Nocedal & Wright, Numerical Optimization, 2nd ed., algorithms 7.4 and 7.5, (7.20) · Liu & Nocedal 1989
#pragma once
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "optim/line_search.hpp"  // brings: WolfeSearch
#include "optim/optimizer.hpp"    // brings: Gradients, Parameters, trained, TensorFile
#include "optim/stop.hpp"         // brings: Stop

namespace costate::optim::inline COSTATE_PRECISION {

struct LBFGSOptions {
    int memory = 10;         // m
    Number decrease = 1e-4;  // c₁ and c₂ of the line search
    Number curvature = 0.9;
    int trials = 25;  // of one line search
};

struct MinimiseOptions {
    int iterations = 100;
    Number gradient = 1e-8;  // ends when no entry of the gradient is larger
    Number change = 0;  // ends when a step changed the loss by no more than this part of it; 0: not because of that
};

struct Minimum {
    Number loss;
    Number gradient;  // its largest entry
    int iterations;
    long evaluations;   // of the loss with its gradient
    Stop stop;          // why it ended
    std::string error;  // the last Error of the loss within a line search; empty: there was none
};

struct LossAndGradient {
    Number loss;
    Gradients gradients;
};

// The loss that is minimised, as a function of the parameters: a view of what the caller has.
class Objective {
public:
    template <class F>
    requires std::is_invocable_r_v<Var, F&, Tape&> Objective(F& loss)
        : object_(&loss), call_([](const void* f, Tape& tape, std::span<const Parameter> parameters, Where at) {
              const Var y = (*static_cast<F*>(const_cast<void*>(f)))(tape);
              return of_recorded(y, tape, parameters, at);
          }) {}
    template <class F>
    requires std::is_invocable_r_v<LossAndGradient, F&> Objective(F& loss)
        : object_(&loss), call_([](const void* f, Tape&, std::span<const Parameter>, Where) -> LossAndGradient {
              return (*static_cast<F*>(const_cast<void*>(f)))();
          }) {}
    LossAndGradient operator()(Tape& tape, std::span<const Parameter> parameters, Where at) const {
        return call_(object_, tape, parameters, at);
    }

private:
    static LossAndGradient of_recorded(Var loss, Tape& tape, std::span<const Parameter> parameters, Where at);
    const void* object_;
    LossAndGradient (*call_)(const void*, Tape&, std::span<const Parameter>, Where);
};

class LBFGS {
public:
    template <class Model = ModelList, class Options = LBFGSOptions>
    explicit LBFGS(const Model& model, const Options& options = {},  // .memory, .decrease, .curvature, .trials
                   Where at = {})
        : parameters_(trained(model).list()), options_(named_options<LBFGSOptions>(options)) {
        prepare(at);
    }

    // From the parameters' present values on, and without what an earlier call has learned: that was another loss, perhaps.
    template <class Loss>
    requires std::is_constructible_v<Objective, Loss&> Minimum minimise(Loss&& loss, MinimiseOptions options = {},
                                                                        Where at = {}) {
        return run(Objective(loss), options, at);
    }
    // One iteration, for loops of your own; it keeps what it has learned, so the loss must stay the same: or forget().
    // False: stuck, nothing has changed.
    template <class Loss>
    requires std::is_constructible_v<Objective, Loss&>
    bool step(Loss&& loss, Where at = {}) { return iterate(Objective(loss), at); }
    void forget() { pairs_ = 0; }

    Number loss() const { return loss_; }  // after the last step
    Number gradient() const;               // the largest entry of its gradient
    long evaluations() const { return evaluations_; }
    std::uint64_t steps() const { return steps_; }
    std::span<const Parameter> parameters() const { return parameters_; }

    void write(TensorFile& file, const std::string& prefix, Where at = {}) const;  // the pairs, the count of steps
    void read(const TensorFile& file, const std::string& prefix, Where at = {});

private:
    void prepare(Where at);
    Minimum run(const Objective& objective, const MinimiseOptions& options, Where at);
    bool iterate(const Objective& objective, Where at);
    void start(const Objective& objective, Where at);
    bool is_at_start() const;
    bool search(const Objective& objective, Where at);
    void arrive();                                             // where the last evaluation was
    Gradients evaluate(const Objective& objective, Where at);  // new_loss_, new_gradient_: where the parameters are
    void try_step(const Objective& objective, Number step, Where at);
    void move_to(Number step);                                                         // x + step d
    void find_direction();                                                             // (b)
    void learn();                                                                      // (a)
    std::span<const Real> pair(const std::vector<Real>& list, std::size_t age) const;  // age 0: the latest
    void stand_here();  // the parameters are where x_ says

    std::vector<Parameter> parameters_;
    LBFGSOptions options_;
    std::size_t size_ = 0;  // n
    std::vector<Real> x_, gradient_, direction_, new_gradient_;
    std::vector<Real> s_, y_;      // a ring of m pairs
    std::vector<Number> weights_;  // α of the recursion
    std::size_t pairs_ = 0, latest_ = 0;
    bool evaluated_ = false;
    Number loss_ = 0, new_loss_ = 0;
    std::vector<std::uint64_t> versions_;  // of the parameters when loss_ and gradient_ were computed
    long evaluations_ = 0;
    std::uint64_t steps_ = 0;
    std::string error_;
    Tape tape_;
};

}  // namespace costate::optim
