// optim/fitter.hpp — what a least-squares fit is made of: parameters and tape on one side, the problems' numbers on the other
// Column j of J belongs to one entry of a row of a parameter; problem b has row b of each parameter and of the residuals.
#pragma once
#include <algorithm>
#include <string>
#include <vector>

#include "optim/levenberg.hpp"  // brings: Problem, Fit, Residuals

namespace costate::optim::inline COSTATE_PRECISION {

class Fitter {
public:
    Fitter(bool by_rows, const Parameters& parameters, const Residuals& residuals, const LeastSquaresOptions& options,
           Where at);
    std::vector<Fit> run();

private:
    struct Column {  // of J: entry `entry` of each row of a parameter
        std::size_t parameter;
        Index entry, row_size;
        Tensor tangent;  // 1 there, in all rows
    };

    template <class Use>
    void for_active(Use use) {
        for (Problem& problem : problems_)
            if (problem.stop == Stop::not_yet) use(problem);
    }
    bool any_active() const {
        return std::any_of(problems_.begin(), problems_.end(), [](const auto& p) { return p.stop == Stop::not_yet; });
    }
    Index count() const { return problems_.size(); }
    Index residuals_each() const { return recorded_.size() / count(); }

    void read_theta();
    void write_theta(bool with_step);  // to the parameters
    void record();                     // the residuals where the parameters are
    void measure();
    void start();
    void iterate();
    void linearise();  // r and J from the tape to the problems
    void linearise_by_cotangents();
    Var along_velocity(Var y);
    void require_residuals(Var r) const;
    void require_dependence(bool any) const;

    std::vector<Parameter> parameters_;
    const Residuals& residuals_;
    const LeastSquaresOptions& options_;
    const bool by_rows_;
    const Where at_;
    std::vector<Problem> problems_;
    std::vector<Column> columns_;
    std::vector<Tensor> directions_;  // one in the shape of each parameter
    Tensor unit_;                     // in that of the residuals
    Tape tape_;
    Var recorded_;
    bool is_recorded_ = false;  // is what stands on the tape from the θ of all problems?
    long evaluations_ = 0;
    std::string error_;
};

}  // namespace costate::optim
