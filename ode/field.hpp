// ode/field.hpp — the right-hand side of dz/dt = f(t, z; c) as a recording, and what is derived from it
//   recording   f on a child tape: leaves t, z and the captures c (parameters, outer Vars, constants); results f
//   tangent     the field of (z, ż):  ( f,  ∂f/∂z ż + ∂f/∂c ċ )                                                       (1)
//   forward     the program of f                                        a solve
//   reverse     the program of f and of  wᵀ∂f/∂z, wᵀ∂f/∂c               the exact gradient of a discrete solve        (2)
//   adjoint     the program of ( f, −aᵀ∂f/∂z ), summing −aᵀ∂f/∂c        the continuous adjoint                        (3)
// Each is more tape behind a copy of the recording, compiled when it is first needed. The minus signs of the adjoint
// equations stand here and nowhere else.
// A field's state is a list of components: one for a user's z, two for its tangent (z, ż), four for the tangent's tangent.
// source   (3): Chen, Rubanova, Bettencourt & Duvenaud 2018, "Neural ordinary differential equations", equations 4 and 5
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "autodiff/program.hpp"  // brings: Tape, Var, Program

namespace costate::ode {
inline namespace COSTATE_PRECISION {

// What a user writes: dz/dt from the time (rank 0) and the state, in Vars.
using Field = std::function<Var(Var t, Var z)>;

// A field as operations. Vars are leaves and results on `tape`; a zero Var among the rates is a rate that is always 0.
struct Recording {
    Tape tape;
    Var t;
    std::vector<Var> z, captures, rates;
    std::vector<bool> differentiable;  // of each capture
    std::vector<Var> operands;         // of the solve that this recording is for, on the outer tape

    void copy(const Recording& other);  // its operations, without numbers
    std::vector<Var> differentiable_captures() const;
    std::size_t differentiable_count() const;
};

class FieldPlan {
public:
    Recording source;

    const Program& forward() const;
    const Program& reverse() const;
    const Program& adjoint() const;
    std::shared_ptr<const FieldPlan> tangent() const;

    std::size_t components() const { return source.z.size(); }
    std::size_t captures() const { return source.captures.size(); }

    // A field that reads values while it is recorded may branch on them: it is recorded anew at every evaluation, and what
    // led to this plan (how often the tangent was taken) is derived anew from it (ode/tainted.hpp).
    struct Tainted {
        Field field;
        int tangents = 0;
        Where where{nullptr, 0};
    };
    std::shared_ptr<const Tainted> tainted;

private:
    mutable std::optional<Program> forward_, reverse_, adjoint_;
    mutable std::shared_ptr<FieldPlan> tangent_;
};

// The derivations, as operations appended to a recording. `seeds` are leaves for w or a. The new leaves' numbers are
// given where the recording evaluates; a recording that only notes operations needs none.
struct Pullback {
    std::vector<Var> seeds, z_bars, capture_bars;
};
Pullback append_pullback(Recording& r, bool minus, std::span<const View> numbers = {});
void append_tangent(Recording& r, std::span<const View> numbers = {});  // (1): ż, then ċ of the differentiable captures

}  // namespace COSTATE_PRECISION
}  // namespace costate::ode
