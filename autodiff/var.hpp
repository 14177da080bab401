// autodiff/var.hpp — a handle to one value on a tape
//   Var y = tanh(x);   y.shape();   y.value();   y.item()
// A Var is (tape, index, era): copying it copies the handle, not the number. It is valid until its tape forgets the value
// (rewind, cut_back); using it later is an error, also when another value, or another tape, has taken its place. The
// default Var{} is a zero of any shape: an absent tangent or cotangent, which linear operators absorb. There is no
// conversion to bool and no ordering: a branch belongs on the tape, as where(...).
#pragma once
#include <cstdint>

#include "core/tensor.hpp"  // brings: View, Shape

namespace costate {
inline namespace COSTATE_PRECISION {

class Tape;

class Var {
public:
    Var() = default;
    Var(Tape& tape, std::uint32_t index, std::uint64_t era) : tape_(&tape), era_(era), index_(index) {}

    bool is_zero() const { return tape_ == nullptr; }
    Tape& tape() const { return *tape_; }
    std::uint32_t index() const { return index_; }
    std::uint64_t era() const { return era_; }

    Shape shape(Where at = {}) const;  // a copy: the tape may move while an expression records
    Index size(Where at = {}) const { return shape(at).size(); }

    // Reading a number taints what is recorded after it on this tape: it may depend on the number in a way that the tape
    // does not show (a branch), so it is never replayed from a Program.
    View value(Where at = {}) const;
    Real item(Where at = {}) const;  // the number of a Var with exactly one entry

    // Entry i of axis 0, counted from the end when negative: of the shape without that axis. [times,B,D]: z[-1] is [B,D].
    struct Entry {
        Index place;
        Where at;
        Entry(Index i, Where where = {}) : place(i), at(where) {}
    };
    Var operator[](Entry i) const;

private:
    Tape* tape_ = nullptr;
    std::uint64_t era_ = 0;
    std::uint32_t index_ = 0;
};

}  // namespace COSTATE_PRECISION
}  // namespace costate
