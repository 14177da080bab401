// ode/solve/operator.hpp — a solve is an operator, and so is its derivative (internal to ode/)
//   Solve     z(t_i) = S(x),  x = (times, z0, captures)
//             jvp   ẏ_i = S'(ż0 − f(t_0, z0) ṫ_0, ċ)_i + f(t_i, y_i) ṫ_i:  by the tangent field on the same steps  discrete (2)
//             vjp   (z̄0, c̄) = R(x, w); t̄_i = ⟨w_i, f(t_i, y_i)⟩, and −⟨z̄0, f(t_0, z0)⟩ for t_0  adjoint (6), discrete (3)
//   SolveVjp  R(x, w) = (∂S/∂(z0, c))ᵀ w                                                                           discrete (3)
//             jvp   R(x, ẇ) + the vjp of ⟨w, J ẋ⟩ with respect to (z0, c)
//             vjp   for a cotangent u:  w̄ = J u,  x̄ = the vjp of ⟨w, J u⟩ with respect to x                      discrete (4)
// J ẋ and J u are recorded as Solves, so every order works through every route without nesting augmented systems. What is
// differentiated with respect to is a copy of each operand: two operands that are one Var keep a gradient each.
// operands Solve: times, z0 components, captures [, the token of the solve whose steps it takes]
//          results: the observations of each component [T, ...], a token
//          SolveVjp: times, z0, captures, token, observations, w;  results: z̄0, c̄ of the chosen captures
// The token's number is that of the solve's record (its steps and stored states): "whose steps" is an operand like any.
// times    [T], a Var; or [P,T], constants: a double as the sum of P Reals, without loss. With rows = independent each row of z
//          has its own: [B,T], or [P,B,T].
#pragma once
#include "ode/field.hpp"           // brings: FieldRef
#include "ode/gradients/pull.hpp"  // brings: SolvePlan, SolveRecord, SolveMemory, Pull
#include "ode/steps/check.hpp"     // brings: require_options, require_times, to_failure, outcome_of

namespace costate::ode::inline COSTATE_PRECISION {

struct Solve {
    std::uint32_t plan;
    bool takes_steps;  // from the solve whose token is the last operand
    Where where;       // the line that asked for it

    static constexpr const char* name = "solve";
    static constexpr bool general = true, keeps_object = true;
    bool operator==(const Solve& o) const { return plan == o.plan && takes_steps == o.takes_steps; }
    bool same(const Plans& mine, const Solve& other, const Plans& its) const;
    Solve moved(const Plans& from, Tape& onto) const;
    void eval(std::span<const View> in, std::span<const MutableView> out, const Evaluation& e) const;
    void print(CCode& c) const;
    void jvp(std::span<const Var> in, std::span<const Var> out, std::span<const Var> d_in, std::span<Var> d_out) const;
    void vjp(std::span<const Var> in, std::span<const Var> out, std::span<const Var> g_out, Needs wanted,
             std::span<Var> g_in) const;
};

struct SolveVjp {
    std::uint32_t plan;
    Where where;

    static constexpr const char* name = "solve_vjp";
    static constexpr bool general = true;
    bool operator==(const SolveVjp& o) const { return plan == o.plan; }
    static bool reads_in_c(std::size_t operand, std::size_t operands) {  // captures, the token, w
        return operand >= 2 && operand + 2 != operands;
    }
    bool same(const Plans& mine, const SolveVjp& other, const Plans& its) const;
    SolveVjp moved(const Plans& from, Tape& onto) const;
    void eval(std::span<const View> in, std::span<const MutableView> out, const Evaluation& e) const;
    void print(CCode& c) const;
    void jvp(std::span<const Var> in, std::span<const Var> out, std::span<const Var> d_in, std::span<Var> d_out) const;
    void vjp(std::span<const Var> in, std::span<const Var> out, std::span<const Var> g_out, Needs wanted,
             std::span<Var> g_in) const;
};

// The rules beside the gradient (rules.cpp), as a route brings them along: further_rules.cpp
struct FurtherRules {
    void (*jvp)(const Solve& op, std::span<const Var> in, std::span<const Var> out, std::span<const Var> d_in,
                std::span<Var> d_out);
    void (*times_bar)(const SolvePlan& plan, const Operands<const Var>& x, std::span<const Var> y,
                      std::span<const Var> w, std::span<const Var> z_bars, Var& t_bar);
    void (*gradient_jvp)(const SolveVjp& op, std::span<const Var> in, std::span<const Var> d_in, std::span<Var> d_out);
    void (*gradient_vjp)(const SolveVjp& op, std::span<const Var> in, std::span<const Var> g_out, Needs wanted,
                         std::span<Var> g_in);
};

// discrete (3): R(x, w); and its results (z̄0, c̄), which are those of the chosen captures only, to where each operand has
// its own.
std::span<Var> record_vjp(const SolveVjp& op, const Operands<const Var>& x, Var token,
                          std::span<const Var> observations, std::span<const Var> w);
void distribute(const SolvePlan& plan, std::span<const Var> bars, const Operands<Var>& to);

// What a field sees as t where rows have clocks of their own: a number for each row of z.
inline Shape time_of_rows(const Shape& z) { return Shape::of_rank(z.rank()).with(0, z[0]); }

// What cannot have clocks of its own: by the options, or because its rows mix.
void require_own_rows(const Times& times, const Shape& z, Where at);
void require_own_rows(const Program& program, std::string_view who, Where at);

// Records a solve: the observations of each component, and the token.
std::span<Var> record_solve(Tape& tape, const Solve& solve, std::span<const Var> operands);

// The state at `to` of the solution that is z at `from`: two Vars, or a Var and its number, that are equal now. So it is z,
// but moves with them: a solve over no time, whose derivatives are right to any order. For a field that reads values, a
// midpoint step of length δ = to − from:  z + δ f(from + δ/2, z + δ/2 f(from, z)),  right to the second.
Var moved(Tape& tape, const FieldRef& field, Var z, Var from, Var to, SolveOptions options, Where at);

}  // namespace costate::ode
