// ode/tainted.hpp — a field that reads values, recorded anew at every evaluation
//   if (t.value()[0] < 0.5) ...          a branch that the tape cannot see
// No program may stand for such a field: it would freeze the branch of its first recording. So the field is called for
// every stage, its derivatives are recorded behind it, and the results are copied out. Slow, but right; the statistics
// name the line that read the value. where(...) keeps a branch on the tape and is replayed like anything else.
#pragma once
#include <memory>

#include "ode/record_field.hpp"  // brings: Recording, record_field, bring_captures
#include "ode/stages.hpp"        // brings: Stages, Part

namespace costate::ode {
inline namespace COSTATE_PRECISION {

// Where a tainted field lives: the tape of the solve, and the Vars there that it captures.
struct TaintedContext {
    Tape* outer = nullptr;
    std::vector<Var> captures;
};

class TaintedStages final : public Stages {
public:
    void prepare(const FieldPlan& plan, Part part, const TaintedContext& context, std::span<const View> captures,
                 int stages, int sets);
    // While set, Vars that the field captures are gathered here instead of being required.
    void gather_into(std::vector<Var>* captures) { gathered_ = captures; }

    void begin_tile(Index, Index) override {}
    Real* state(std::size_t c, int stage) override { return at(states_, c, stage); }
    Real* rate(std::size_t c, int stage) override { return at(rates_, c, stage); }
    Real* seed(std::size_t c, int stage) override { return at(seeds_, c, stage); }
    Real* pulled(std::size_t c, int stage) override { return at(pulled_, c, stage); }
    void forward(int stage, double t) override;
    void reverse(int stage) override;
    void accumulate(int first, int stages, const double* weights, int set) override;
    void clear(int set) override;
    void add_set(int from, int to) override;
    void finish(int set) override { finished_ = set; }
    View summed(std::size_t capture) const override;

private:
    using Numbers = std::vector<Real>;
    Real* at(std::vector<Numbers>& list, std::size_t c, int stage) {
        return list[static_cast<std::size_t>(stage) * widths_.size() + c].data();
    }
    void keep_sums(int stage, const std::vector<Var>& capture_bars);

    Field field_;
    Where where_{nullptr, 0};
    int tangents_ = 0;
    Part part_ = Part::forward;
    TaintedContext context_;
    std::vector<View> captures_;
    std::vector<Var>* gathered_ = nullptr;
    std::vector<Shape> shapes_, sum_shapes_;         // of the state's components; of the differentiable captures
    std::vector<std::unique_ptr<Recording>> tapes_;  // one for each stage: the reverse part continues its tape
    std::vector<Numbers> states_, rates_, seeds_, pulled_;
    std::vector<Numbers> stage_sums_, sums_;  // [stage, capture], [set, capture]
    int finished_ = 0;
};

}  // namespace COSTATE_PRECISION
}  // namespace costate::ode
