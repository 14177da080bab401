// autodiff/parameter.hpp — a tensor that training changes
//   Parameter W("weight", Tensor({64, 2}));   tape.use(W) is its leaf on a tape;   W.edit() to change it
// A Parameter is a handle: copies share one tensor, as copies of a Var mean one value. A tape's leaf looks at the
// parameter's storage without copying it, so every change raises a version number, and differentiating a tape that was
// recorded with older numbers is an error instead of a wrong gradient.
#pragma once
#include <cstdint>
#include <memory>
#include <string>

#include "core/tensor.hpp"  // brings: Tensor, View, MutableView

namespace costate {
inline namespace COSTATE_PRECISION {

class Parameter {
public:
    Parameter() : Parameter("", Tensor()) {}
    Parameter(std::string name, Tensor value)
        : body_(std::make_shared<Body>(Body{std::move(name), std::move(value), 0})) {}

    const std::string& name() const { return body_->name; }
    const Tensor& value() const { return body_->value; }
    const Shape& shape() const { return body_->value.shape(); }
    Index size() const { return body_->value.size(); }
    std::uint64_t version() const { return body_->version; }

    MutableView edit() const {  // the tensor, to be written to: tapes that used the old numbers can tell
        ++body_->version;
        return body_->value.view();
    }
    bool operator==(const Parameter& other) const { return body_ == other.body_; }

private:
    struct Body {
        std::string name;
        Tensor value;
        std::uint64_t version;
    };
    std::shared_ptr<Body> body_;
};

}  // namespace COSTATE_PRECISION
}  // namespace costate
