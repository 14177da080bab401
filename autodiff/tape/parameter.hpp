// autodiff/tape/parameter.hpp — a tensor that training changes
//   Parameter W("weight", Tensor({64, 2}));   matmul(x, W): its leaf on x's tape, tape.use(W);   W.edit() to change it
// A Parameter is a handle: copies share one tensor, as copies of a Var mean one value. A tape's leaf looks at the
// parameter's storage without copying it, so every change raises a version number, and differentiating a tape that was
// recorded with older numbers is an error instead of a wrong gradient.
//   auto w = W.edit();  w[0] = 1;   // the change lasts until w goes: what is recorded meanwhile cannot be differentiated
#pragma once
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/tensor.hpp"  // brings: Tensor, View, MutableView

namespace costate::inline COSTATE_PRECISION {

class Parameter {
    struct Body;

public:
    // While one lives, a copy made on its thread is a parameter of its own with equal numbers, and all copies of one
    // parameter are the same new one: so a model is cloned by copying it, whatever it is made of (nn::clone).
    class Separation {
    public:
        Separation();
        ~Separation();
        Separation(const Separation&) = delete;
        Separation& operator=(const Separation&) = delete;

    private:
        friend class Parameter;
        struct Twins;
        std::unique_ptr<Twins> twins_;
    };

    Parameter() : Parameter("", Tensor()) {}
    Parameter(std::string name, Tensor value);
    template <class N>
    requires std::is_arithmetic_v<N> Parameter(std::string name, N value)  // of rank 0
        : Parameter(std::move(name), Tensor::scalar(static_cast<Number>(value))) {}
    Parameter(const Parameter& other) : body_(other.body_or_twin()) {}
    Parameter(Parameter&&) noexcept = default;
    Parameter& operator=(const Parameter& other) {
        body_ = other.body_or_twin();
        return *this;
    }
    Parameter& operator=(Parameter&&) noexcept = default;
    template <class Numbers>
    Parameter& operator=(const Numbers&) = delete;  // new numbers: p.edit().assign(w.entries())

    const std::string& name() const { return body_->name; }
    const Tensor& value() const { return body_->value; }
    const Shape& shape() const { return body_->value.shape(); }
    Index size() const { return body_->value.size(); }
    std::uint64_t version() const { return body_->version; }

    class Edit;
    Edit edit() const;  // the tensor, to be written to: tapes that used the old numbers can tell
    bool is_edited() const { return body_->writers > 0; }  // is an Edit out at present?
    bool operator==(const Parameter& other) const { return body_ == other.body_; }

private:
    struct Body {
        std::string name;
        Tensor value;
        std::uint64_t version;
        int writers = 0;
    };
    std::shared_ptr<Body> body_or_twin() const;
    std::shared_ptr<Body> body_;
};

// Access to a parameter's numbers for as long as it lives. What points into them is given only by an Edit that has a name:
// `auto w = p.edit(); w.data()`, not `p.edit().data()`, which would outlive it.
class Parameter::Edit {
public:
    explicit Edit(std::shared_ptr<Body> body) : body_(std::move(body)) { ++body_->writers; }
    Edit(Edit&& other) noexcept : body_(std::move(other.body_)) {}
    Edit& operator=(Edit&&) = delete;
    template <class Numbers>
    Edit& operator=(const Numbers&) = delete;  // new numbers: p.edit().assign(w.entries())
    ~Edit() {
        if (!body_) return;
        ++body_->version;
        --body_->writers;
    }

    Index size() const { return body_->value.size(); }
    Real& operator[](Index i) const { return body_->value[i]; }
    Real* data() & { return body_->value.data(); }
    std::span<Real> entries() & { return body_->value.entries(); }
    operator MutableView() & { return body_->value.view(); }
    void assign(std::span<const Real> numbers, Where at = {}) const;  // one for each entry
    void assign(View numbers, Where at = {}) const { assign(numbers.entries(), at); }

private:
    std::shared_ptr<Body> body_;
};

inline Parameter::Edit Parameter::edit() const { return Edit(body_); }

inline std::string to_text(const Parameter& p) { return to_text(p.value()); }  // its numbers
template <TextStream Stream>
Stream& operator<<(Stream& stream, const Parameter& p) {
    stream << to_text(p).c_str();
    return stream;
}

// A list of parameters as an argument: one parameter, a vector, a model, which has parameters(), or a list of such:
// {p, q}, {encoder, decoder}. It looks at what it was made of and copies nothing; a variable of this
// type would look at a list in braces that is gone, so none can be handed on.
class Parameters {
public:
    Parameters(const Parameter& one) : list_(&one, 1) {}
    Parameters(std::initializer_list<Parameters> parts) : parts_(parts) {
        for (const Parameters& part : parts) size_ += part.size();
    }
    template <std::size_t N>
    Parameters(const Parameter (&list)[N]) : list_(list, N) {}
    template <class List>
    requires requires(const List& list, const Parameter*& first) { first = list.data(); }
    Parameters(const List& list) : list_(list.data(), list.size()) {}
    template <class Model>
    requires requires(const Model& model) { std::span<const Parameter>(model.parameters()); }
    Parameters(const Model& model) : list_(model.parameters()) {}
    Parameters(const Parameters&) = delete;  // an argument, made in the call: keep a std::vector<Parameter>
    Parameters(Parameters&&) = default;

    std::size_t size() const { return list_.size() + size_; }
    const Parameter& operator[](std::size_t i) const {
        for (const Parameters& part : parts_) {
            if (i < part.size()) return part[i];
            i -= part.size();
        }
        return list_[i];
    }

    class Iterator {
    public:
        Iterator(const Parameters& of, std::size_t i) : of_(of), i_(i) {}
        const Parameter& operator*() const { return of_[i_]; }
        Iterator& operator++() {
            ++i_;
            return *this;
        }
        bool operator==(const Iterator& other) const { return i_ == other.i_; }

    private:
        const Parameters& of_;
        std::size_t i_;
    };
    std::vector<Parameter> list() const;  // to be stored
    Iterator begin() const { return {*this, 0}; }
    Iterator end() const { return {*this, size()}; }

private:
    std::span<const Parameter> list_;
    std::initializer_list<Parameters> parts_;
    std::size_t size_ = 0;  // of the parts
};

}  // namespace costate
