// examples/support/fit_model.hpp — what is fitted to a table: a law in the units of FitData, and where each sequence begins
//   dz/dt = f(z; θ)      f: a network, of z and maybe of the inputs u(t) and of t;   z(first row) = z0, one for each sequence
//   dz/dt = unit · law(θ, y)_j / deviation_j,  y_j = mean_j + deviation_j z_j        the same for a law with a name (of ln y:
//                                                                                    also divided by y_j)
// shapes   z [B,D + k]: the columns, then k states that nobody observed (--augment, or those of the law)
// see      examples/support/fit_data.hpp · examples/support/laws.hpp
#pragma once
#include <optional>

#include "core/files/tensor_file.hpp"     // brings: TensorFile
#include "examples/support/fit_data.hpp"  // brings: FitData, FitUnits, Lists
#include "examples/support/laws.hpp"      // brings: Law
#include "nn/mlp.hpp"                     // brings: MLP, Module
#include "ode/solve.hpp"                  // brings: solve, SolveOptions

namespace costate::support {

struct Net {
    int width = 16, depth = 1, augment = 0;
    std::string activation = "tanh";
    bool time = false;
    std::uint64_t seed = 1;
};

class FitField : public nn::Module {
public:
    FitField(const FitData& data, const Net& net);
    FitField(const FitData& data, Law law);

    Var operator()(Var t, Var z) const { return law_ ? of_law(z) : of_net(t, z); }
    Index states() const { return states_; }
    bool autonomous() const { return law_ || (inputs_.size() == 0 && !time_); }
    const Law* law() const { return law_ ? &*law_ : nullptr; }
    double size(std::size_t parameter) const { return sizes_[parameter]; }  // of the law's: θ = size · q or size · e^q

private:
    Var of_net(Var t, Var z) const;
    Var of_law(Var z) const;

    Index states_;
    std::optional<nn::MLP> net_;
    Tensor knots_, inputs_;
    std::optional<Law> law_;
    std::vector<double> sizes_;
    std::optional<Parameter> q_;
    double unit_;
    bool log_, time_ = false;
    Tensor mean_, deviation_;  // of all states
};

struct FitModel : nn::Module {
    FitModel(const FitData& data, FitField law)
        : field(add("field", std::move(law))), z0(add("z0", data.start(field.states()))), columns(data.columns()) {}

    // The columns [T,B,D] at these times; each sequence has its own.
    Var columns_at(Tape& tape, const Lists& times, const ode::SolveOptions& options,
                   ode::Solution<Var>* solved = nullptr) const;
    Tensor path(const Lists& times, const ode::SolveOptions& options) const;  // all states [T,B,D+k]
    // dz/dt at states [N,D+k], with t [] or, with inputs, [B,1] and N = B.
    Tensor slopes(const Tensor& t, const Tensor& z) const;

    FitField field;
    Parameter z0;
    Index columns;
};

Tensor columns_of(const Tensor& states, Index columns);  // [T,B,D] of [T,B,states]

}  // namespace costate::support
