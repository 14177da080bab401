// autodiff/parameter.hpp — a tensor that training changes
//   Parameter W("weight", Tensor({64, 2}));   tape.use(W) is its leaf on a tape;   W.edit() to change it
// A Parameter is a handle: copies share one tensor, as copies of a Var mean one value. A tape's leaf looks at the
// parameter's storage without copying it, so every change raises a version number, and differentiating a tape that was
// recorded with older numbers is an error instead of a wrong gradient.
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "core/tensor.hpp"  // brings: Tensor, View, MutableView

namespace costate {
inline namespace COSTATE_PRECISION {

class Parameter {
    struct Body;

public:
    // While one lives, a copy made on its thread is a parameter of its own with equal numbers, and all copies of one
    // parameter are the same new one: so a model is cloned by copying it, whatever it is made of (nn::clone).
    class Separation {
    public:
        Separation() : outer_(current) { current = this; }
        ~Separation() { current = outer_; }
        Separation(const Separation&) = delete;
        Separation& operator=(const Separation&) = delete;

    private:
        friend class Parameter;
        static inline thread_local Separation* current = nullptr;
        Separation* outer_;
        std::map<const Body*, std::shared_ptr<Body>> twins_;
    };

    Parameter() : Parameter("", Tensor()) {}
    Parameter(const Parameter& other) : body_(other.body_or_twin()) {}
    Parameter(Parameter&&) noexcept = default;
    Parameter& operator=(const Parameter& other) {
        body_ = other.body_or_twin();
        return *this;
    }
    Parameter& operator=(Parameter&&) noexcept = default;
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
    std::shared_ptr<Body> body_or_twin() const {
        Separation* separation = Separation::current;
        if (separation == nullptr) return body_;
        std::shared_ptr<Body>& twin = separation->twins_[body_.get()];
        if (twin == nullptr) {
            twin = std::make_shared<Body>(Body{body_->name, body_->value, 0});
            separation->twins_[twin.get()] = twin;  // a twin's copy is the twin
        }
        return twin;
    }
    std::shared_ptr<Body> body_;
};

}  // namespace COSTATE_PRECISION
}  // namespace costate
