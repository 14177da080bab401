// autodiff/tape/var.hpp — a handle to one value on a tape
//   Var y = tanh(x);   y.shape();   y.value();   y.item()
// A Var is (tape, index, era): copying it copies the handle, not the number. It is valid until its tape forgets the value
// (rewind, cut_back) or is destroyed; using it later is an error, also when another value has taken its place. So a function
// with a tape of its own returns a Tensor; one that returns a Var is given the tape.
// The default Var{} is a zero of any shape: an absent tangent or cotangent, which linear operators absorb. There is no
// conversion to bool and no ordering: a branch belongs on the tape, as where(...). A tape's values never change.
#pragma once
#include <cstdint>

#include "autodiff/tape/living.hpp"  // brings: LivingTapes
#include "core/tensor.hpp"           // brings: View, Shape

namespace costate::inline COSTATE_PRECISION {

class Tape;
class Var;
void fail_for_absent(Var v, Where at);  // where v is a zero Var or stale: an error

class Var {
public:
    Var() = default;
    Var(Tape& tape, std::uint32_t index, Era era) : tape_(&tape), era_(era), index_(index) {}

    Var(const Var&) = default;
    Var& operator=(const Var&) & = default;
    Var& operator=(const Var&) && = delete;  // a tape's values never change: where(...), concatenate make new ones

    bool is_zero() const { return tape_ == nullptr; }
    // The tape that it is on: z.tape().use(k), z.tape().constant(2) make more Vars of it, in a field too.
    Tape& tape(Where at = {}) const {
        if (!has_tape()) fail_for_absent(*this, at);
        return *tape_;
    }
    bool has_tape() const { return LivingTapes::hold(era_, tape_); }  // that is still there
    bool is_on(const Tape& tape) const { return tape_ == &tape; }     // or was on one that lay there: the era tells
    std::uint32_t index() const { return index_; }
    Era era() const { return era_; }

    Shape shape(Where at = {}) const;  // a copy: the tape may move while an expression records
    Index size(Where at = {}) const { return shape(at).size(); }
    Index size(int axis, Where at = {}) const { return shape(at)[{axis, at}]; }  // negative: counted from the end

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

    // What members of other libraries are called here, for the words of compilers.
    void backward() const = delete;                   // gradients are returned: grad(loss, model), grad(loss, x)
    Var grad() const = delete;                        // gradients are returned: Var g = grad(loss, x)
    Var detach() const = delete;                      // detach(x)
    void requires_grad_(bool = true) const = delete;  // tape.variable(x) can be differentiated, tape.constant(x) not
    template <class... Axes>
    Var sum(const Axes&...) const = delete;  // sum(x), sum(x, axis, keep)
    template <class... Axes>
    Var mean(const Axes&...) const = delete;  // mean(x), mean(x, axis, keep)
    template <class... Extents>
    Var reshape(const Extents&...) const = delete;  // reshape(x, {-1, 2})
    template <class... Indices>
    Var operator()(const Indices&...) const = delete;  // an entry: x[0][1]; a column: column(x, 1)
    Shape shape(int) const = delete;                   // the extent of an axis: x.size(0), x.shape()[0]
    Real item(int) const = delete;                     // one number of many: x.value()[0], x[0].item()
    explicit operator bool() const = delete;  // on the tape: where(x, a, b); a number: x.item(); never set: x.is_zero()
    struct Printed;                           // a Var on its way to a stream

private:
    Tape* tape_ = nullptr;
    Era era_ = 0;
    std::uint32_t index_ = 0;
};

// The numbers of x as a text: std::cout << x, to_text(x). That reads them, as value() does.
struct Var::Printed {
    Var var;
    Where at;
    Printed(const Var& x, Where where = {}) : var(x), at(where) {}
};
inline std::string to_text(const Var& x, Where at = {}) { return to_text(x.value(at)); }
template <TextStream Stream>
Stream& operator<<(Stream& stream, const Var::Printed& x) {
    stream << to_text(x.var, x.at).c_str();
    return stream;
}

}  // namespace costate
