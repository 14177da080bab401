#include "autodiff/tape/parameter.hpp"

#include <algorithm>
#include <map>

namespace costate::inline COSTATE_PRECISION {

struct Parameter::Separation::Twins {
    static COSTATE_THREAD_LOCAL Twins* current;
    Twins* outer;
    std::map<const Body*, std::shared_ptr<Body>> of;
};
COSTATE_THREAD_LOCAL Parameter::Separation::Twins* Parameter::Separation::Twins::current = nullptr;

Parameter::Separation::Separation() : twins_(std::make_unique<Twins>(Twins{Twins::current, {}})) {
    Twins::current = twins_.get();
}
Parameter::Separation::~Separation() { Twins::current = twins_->outer; }

Parameter::Parameter(std::string name, Tensor value)
    : body_(std::make_shared<Body>(Body{std::move(name), std::move(value), 0})) {}

std::shared_ptr<Parameter::Body> Parameter::body_or_twin() const {
    Separation::Twins* twins = Separation::Twins::current;
    if (twins == nullptr) return body_;
    std::shared_ptr<Body>& twin = twins->of[body_.get()];
    if (twin == nullptr) {
        twin = std::make_shared<Body>(Body{body_->name, body_->value, 0});
        twins->of[twin.get()] = twin;  // a twin's copy is the twin
    }
    return twin;
}

void Parameter::Edit::assign(std::span<const Real> numbers, Where at) const {
    if (std::ssize(numbers) != size())
        fail(at, {.what = "assign: the count does not fit",
                  .got = text(numbers.size(), " numbers for parameter \"", body_->name, "\" ", body_->value.shape()),
                  .expected = text(size())});
    std::copy(numbers.begin(), numbers.end(), body_->value.view().data);
}

std::vector<Parameter> Parameters::list() const {
    std::vector<Parameter> list;
    list.reserve(size());
    for (const Parameter& p : *this) list.push_back(p);
    return list;
}

}  // namespace costate
