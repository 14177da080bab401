#include "core/nested.hpp"

#include "core/tensor.hpp"

namespace costate {
inline namespace COSTATE_PRECISION {

namespace {

std::string count_text(std::size_t n) { return n == 1 ? "1 entry" : std::to_string(n) + " entries"; }

// Fills the entries in order; `place` is where `nested` stands: "[1][0]".
void fill_in(const NestedList& nested, const Shape& shape, int axis, const std::string& place, Real*& next, Where at) {
    const bool list_expected = axis < shape.rank();
    const std::size_t length = nested.list().size();
    if (nested.is_list() != list_expected || (list_expected && static_cast<Index>(length) != shape[axis]))
        fail({.what = "tensor: the lists are ragged",
              .got =
                  "entry " + place + " is " +
                  (nested.is_list() ? "a list of " + count_text(length) : "the number " + number_text(nested.number())),
              .expected =
                  (list_expected ? "a list of " + count_text(static_cast<std::size_t>(shape[axis])) : "a number") +
                  std::string(", as the first one on its level"),
              .fix = "fill short rows up, with 0 or nan, or keep them as tensors of their own"},
             at);
    if (!list_expected) {
        *next++ = static_cast<Real>(nested.number());
        return;
    }
    Index i = 0;
    for (const NestedList& entry : nested.list())
        fill_in(entry, shape, axis + 1, place + "[" + std::to_string(i++) + "]", next, at);
}

}  // namespace

Tensor tensor(std::initializer_list<NestedList> list, Where at) {
    Shape shape;
    const NestedList all(list);
    for (const NestedList* first = &all; first->is_list(); first = first->list().begin()) {
        shape.append(static_cast<Index>(first->list().size()), at);
        if (first->list().size() == 0) break;
    }
    Tensor tensor(shape, 0, at);
    Real* next = tensor.data();
    fill_in(all, shape, 0, "", next, at);
    return tensor;
}

}  // namespace COSTATE_PRECISION
}  // namespace costate
