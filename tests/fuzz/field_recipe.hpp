// tests/fuzz/field_recipe.hpp — a random field, what it captures, and how it is solved, as data: made of choices, printed,
// changed a little, and called on any tape
//   values   v0 = z [R,D], then the captures and t as [R,D], then one for each step; the rate is one of them
//   steps    operators of the one list on earlier values, where on t and on values, gradients and tangents of earlier
//            values, and solves within the field
// Every step ends with tanh, so solutions stay bounded; branches are continuous, so that they cost no route its order.
#pragma once
#include <memory>

#include "ode/solve.hpp"
#include "tests/fuzz/fitting.hpp"
#include "tests/fuzz/hunter.hpp"

namespace costate::test {

struct Inner;

struct FieldStep {
    enum Kind : std::uint8_t { apply, where_time, where_value, gradient, tangent, solve };
    Kind kind = apply;
    const Case* op = nullptr;
    std::vector<std::size_t> operands;    // which of the values made so far
    std::size_t shared = 0;               // what stands for operands that have no rows
    std::shared_ptr<const Inner> within;  // of a solve within the field
};

struct Inner {
    enum Times : std::uint8_t { forwards, backwards, observed, repeated, a_constant, until_t };
    ode::SolveOptions options;
    Times times = forwards;
    std::vector<FieldStep> steps;  // values: its own state and time, then those of the field around it
};

enum class Source : std::uint8_t { shared, parameter, derived, constant, number, noise, start, rows, time, pulsed };
enum class Start : std::uint8_t { leaf, of_parameter, constant };
enum class Times : std::uint8_t { numbers, leaf, of_shared, constant };
enum class Loss : std::uint8_t { all, last, first, with_parameter };

struct FieldRecipe {
    Index rows = 1, width = 1;
    int layout = 0;  // z is [R,D]; [D] of one row; [R,1,D]
    std::vector<Source> sources;
    std::vector<FieldStep> steps;
    std::size_t result = 0;
    bool bare = false;  // the value itself is the rate, not 0.7 tanh of it
    Start start = Start::leaf;
    Times times = Times::numbers;
    std::vector<double> moments;
    Loss loss = Loss::all;
    std::size_t wanted = 0;  // 0: the gradients by all leaves; k: only by the k-th
    ode::SolveOptions options;

    std::string text() const;
    Shape state() const;
    bool kinked() const;    // somewhere less smooth than differences and the continuous adjoint want it
    double work() const;    // about how many operations a direct solve records
    bool inexact() const;   // a solve within it whose own gradient is not exact, or whose steps move
    bool implicit() const;  // somewhere a stage's equation, which may have several solutions, or none
};

FieldRecipe field_recipe(Choices& choices);
FieldRecipe almost(FieldRecipe recipe, Choices& choices);  // one thing is another

void take_route(ode::SolveOptions& options, const ode::Route& route);  // or discrete, where the method has it not

std::string options_text(const ode::SolveOptions& options);

// What a pass begins with.
struct Numbers {
    Tensor x, s, c, p, q, noise;
    std::vector<double> moments;
    double number = 0.8;

    Numbers(const FieldRecipe& recipe, std::uint64_t seed);
};

struct Leaves {
    Var x, s, c, p, q, times;       // times: zero unless a leaf
    Var start, derived, with_rows;  // of the leaves, on the outer tape
    Var at;                         // the times as a Var, or zero
    Parameter parameter;            // p itself: a field uses it on its own tape
};

Leaves leaves_on(Tape& tape, const FieldRecipe& recipe, const Numbers& numbers, const Parameter& p, const Parameter& q);
ode::Field field_of(const FieldRecipe& recipe, const Numbers& numbers, const Leaves& leaves);

}  // namespace costate::test
