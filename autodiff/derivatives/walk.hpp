// autodiff/derivatives/walk.hpp — one walk over the tape, backwards or forwards, that appends a derivative
// It visits only what lies between the first x and the last y, and asks a rule only for what is needed.
#pragma once
#include "autodiff/derivatives/lent.hpp"   // brings: Lent
#include "autodiff/derivatives/marks.hpp"  // brings: Marks, Stretch, depends, mixes_rows, Vars

namespace costate::inline COSTATE_PRECISION {
namespace walking {

// The contributions to the cotangent of each value, in the order in which they come.
class Cotangents {
public:
    void start(std::size_t values);
    void add(std::uint32_t value, Var g);
    Var of(std::uint32_t value);  // their sum: a fan-out is one sum of many

private:
    static constexpr std::int32_t none = -1;
    struct Term {
        Var g;
        std::int32_t before;
    };
    std::vector<std::int32_t> last_;  // of each value: its last term, or none
    std::vector<Term> terms_;
    std::vector<Var> gathered_;
};

class Walk {
public:
    Walk(Vars xs, Vars ys, Where at);
    void backwards(Vars ys, Vars y_bars, Vars xs, std::span<Var> x_bars);  // x̄ = Jᵀ ȳ
    void forwards(Vars ys, Vars xs, Vars x_dots, std::span<Var> y_dots);   // ẏ = J ẋ

private:
    struct Lists {
        Marks marks;
        Cotangents cotangents;
        std::vector<Var> tangents;              // of each value
        std::vector<Var> in, out, d_in, d_out;  // one operation's operands and results, and what belongs to them
        std::vector<std::uint8_t> wanted;       // its operands whose cotangents are
    };
    void require_here(Var v, Where at) const;
    bool is_between(std::uint32_t value) const { return lists_->marks[value] == (from_x | to_y); }
    bool load(const Tape::Operation& operation);  // false: it does not lie between
    Call call(const Tape::Operation& operation) const;
    Var checked(const Tape::Operation& operation, const char* rule, const char* what, std::size_t i, Vars given,
                Vars like) const;

    Tape& tape_;
    Lent<Lists> lists_;
    Where at_;
    Stretch between_;
};

// The j-th unit vector along the last axis, the same in all rows of x: a direction, as a constant of its tape.
Var along(Var x, Index j);

}  // namespace walking
}  // namespace costate
