// autodiff/tape/evaluation.hpp — what an operator may reach, besides its operands' numbers, while it is evaluated
// A solve needs more than numbers: a plan (its field, compiled), a record of what it did (its steps, which its derivative
// takes up again) and memory to work in. Who owns what:
//   plans    immutable and complete, so tapes, programs and threads may share them; an attribute of the operation is a
//            place in its tape's or program's list
//   objects  of the evaluator, which is a tape or a workspace: one for each operation that keeps something, and in a
//            workspace one for each stage. Its number is the value of a result, so that whoever is given that result as
//            an operand finds the object: copies, appended derivatives and common subexpressions need nothing special
//   memory   of the evaluator, too: one piece for each plan, made by whoever asks first. The memory of a solve holds the
//            workspace of its field's program, and that the memory of the solves within the field
// Objects and memory are used again: a warm pass allocates nothing.
#pragma once
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace costate {

class AnyObject {  // one object of any type, which only that type gets out again
public:
    template <class T>
    T& as() {
        static char tag;  // its address tells types apart
        if (tag_ != &tag) object_ = std::make_shared<T>();
        tag_ = &tag;
        return *static_cast<T*>(object_.get());
    }

private:
    std::shared_ptr<void> object_;
    const void* tag_ = nullptr;
};

using Plan = std::shared_ptr<const void>;
using Plans = std::vector<Plan>;

class Objects {
public:
    template <class T>
    T& at(std::size_t number) {
        return object(number).template as<T>();
    }

private:
    AnyObject& object(std::size_t number);
    std::vector<std::unique_ptr<AnyObject>> objects_;  // each stays where it is: others may be added meanwhile
};

class Memory {
public:
    template <class T>
    T& of(const Plan& plan) {
        return piece(plan).template as<T>();
    }
    void forget_unused();  // plans that nobody else holds any more

private:
    AnyObject& piece(const Plan& plan);
    std::vector<std::pair<Plan, std::unique_ptr<AnyObject>>> pieces_;
};

struct Evaluation {
    const Plans& plans;
    Objects& objects;
    Memory& memory;
    std::uint32_t object = 0;   // the number of this operation's object at this stage
    bool finite_check = false;  // look for the first result that is not finite, within the programs that are run, too

    template <class T>
    const T& plan(std::uint32_t place) const {
        return *static_cast<const T*>(plans[place].get());
    }
};

}  // namespace costate
