// examples/exercises/programs.cpp — the exercises of autodiff/programs.md: each piece is wrong until you have written it
//   make exercises CHAPTER=programs        "not yet", with what it gives and what it should, then "done"
// Yours goes between an exercise's comment and its check, in place of what stands there. make hint EX=programs-1 helps.
#include "examples/exercises/exercise.hpp"  // brings: costate.hpp; Check, Exercise, report

using namespace costate;

namespace {

struct Lines {  // of each phase, as to_text(program) lists them
    int prologue, forward, reverse, sums;
};
std::string to_text(const Lines& n) {
    return text(n.prologue, " ", n.forward, " ", n.reverse, " ", n.sums, " (prologue, forward, reverse, sums)");
}
Lines lines_of_field(bool has_bias, bool has_tangent) {  // tanh(z Wᵀ) of the chapter with its pullback: 1 2 3 1
    Tape tape;
    const Parameter W("W", Tensor({2, 2}, {0, 1, -1, 0})), b("b", Tensor({2}));
    const std::array states{tape.variable(Tensor({4, 2})), tape.variable(Tensor({4, 2}))};  // z, ż
    const Var w = tape.variable(Tensor({4, 2})), Wz = matmul(states[0], W, false, true);
    const Var f = tanh(has_bias ? Wz + b : Wz);
    std::vector<Var> forward{f}, xs{states[0], tape.use(W)};
    if (has_tangent) forward.push_back(jvp(f, states[0], states[1]));
    if (has_bias) xs.push_back(tape.use(b));
    const Vars bars = vjp(Vars(&f, 1), xs, Vars(&w, 1));
    const Program program = compile(tape, {.states = Vars(states.data(), has_tangent ? 2 : 1),
                                           .cotangents = Vars(&w, 1),
                                           .forward = forward,
                                           .reverse = bars.first(1),
                                           .summed = bars.subspan(1)});
    const auto lines = [&](Phase phase) { return static_cast<int>(program.code_of(phase).size()); };
    return {lines(Phase::prologue), lines(Phase::forward), lines(Phase::reverse), lines(Phase::sums)};
}

// programs 1: tanh(z Wᵀ + b), with b a parameter. How many lines has each phase now
// (predict, then run)?
constexpr Lines with_bias{1, 2, 2, 1};
void programs_1(Check& check) { check.equal("with_bias", text(with_bias), text(lines_of_field(true, false))); }

// programs 2: tanh(z Wᵀ) and its tangent J ż, with ż one more of the states. How many lines has each phase now
// (predict, then run)?
constexpr Lines with_tangent{1, 2, 2, 1};
void programs_2(Check& check) { check.equal("with_tangent", text(with_tangent), text(lines_of_field(false, true))); }

// programs 3: f = tanh(z Wᵀ) without its pullback, z [B,D], W [D,D], W turned once: how many flops have n stages (derive)?
double flops(double B, double D, double n) { return n * B * D; }
void programs_3(Check& check) {
    const double B = check.given("B", {4, 8, 16}), D = check.given("D", {2, 5, 3}),
                 n = check.given("n", {100, 60, 1000});
    Tape tape;
    const Parameter W("W", Tensor({Index(D), Index(D)}));
    const Var z = tape.variable(Tensor({Index(B), Index(D)})), f = tanh(matmul(z, W, false, true));
    const Program field = compile(tape, {.states = Vars(&z, 1), .forward = Vars(&f, 1)});
    check.derived("flops", flops(B, D, n), field.flops(Phase::prologue) + n * field.flops(Phase::forward), 1e-9);
}

// programs 4: z below 1, and 1 + ln z beyond, entry by entry. Its recording cannot be replayed (find the bug).
Var softened(Var z) {
    if (z[0].item() > 1) return 1 + log(z);
    return z;
}
void programs_4(Check& check) {
    Tape tape;
    const Var z = tape.variable(tensor({0.5, 0.5})), y = softened(z);
    const Program program = compile(tape, Vars(&z, 1), Vars(&y, 1));
    const Tensor other = tensor({0.25, 4});
    Tensor value({2});
    Workspace workspace;
    run(program, workspace, std::array<View, 1>{other}, std::array{value.view()});
    check.near("softened, replayed at 0.25", double(value[0]), 0.25, 1e-6);
    check.near("softened, replayed at 4", double(value[1]), 1 + std::log(4), 1e-6);
}

// programs 5: what a program of one input and one output says for these rows, which may be more than it was recorded with:
// [B,D] gives [B,D] (write).
Tensor replayed(const Program& /*program*/, const Tensor& rows) { return rows; }
void programs_5(Check& check) {
    Tape tape;
    const Var z = tape.variable(Tensor({2, 3})), y = square(z) - z;
    const Program program = compile(tape, {}, Vars(&y, 1), Vars(&z, 1));
    for (const Index B : {2, 5}) {
        const Tensor value = replayed(program, Tensor({B, 3}, Real(3)));
        check.equal(text("replayed, ", B, " rows of 3"), value, Tensor({B, 3}, Real(6)));
    }
}

// programs 6: a law of yours, dz/dt from z [4,3]: five lines or more, rows that do not mix (your own law).
Var my_field(Var z) { return z; }
void programs_6(Check& check) {
    Tape tape;
    const Var z = tape.variable(Tensor({4, 3}, Real(0.5))), f = my_field(z);
    check.equal("my_field, its shape", to_text(f.shape()), std::string("[4,3]"));
    if (!check.done()) return;
    const Program program = compile(tape, {}, Vars(&f, 1), Vars(&z, 1));
    check.that("my_field, lines of its program", program.code.size() >= 5, text(program.code.size()), "5 or more");
    check.that("my_field, its rows run in tiles", program.tileable, program.rows_fixed, "rows that do not mix");
}

}  // namespace

int main(int argc, char** argv) {
    const Exercise exercises[] = {
        {1, 2, "what a bias adds to a program", programs_1},
        {2, 2, "what a tangent adds, and what moves", programs_2},
        {3, 2, "what a stage costs", programs_3},
        {4, 2, "a branch that a replay keeps", programs_4},
        {5, 2, "more rows than were recorded", programs_5},
        {6, 1, "a law of yours as a program", programs_6},
    };
    return report("programs", exercises, argc, argv);
}
