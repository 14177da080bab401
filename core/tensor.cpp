#include "core/tensor.hpp"

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

namespace costate::inline COSTATE_PRECISION {

namespace {
constexpr std::align_val_t cache_line{line_bytes};
constexpr bool is_aligned = line_bytes <= __STDCPP_DEFAULT_NEW_ALIGNMENT__;  // as all that is new

// Null where there is no memory left.
void* new_bytes(std::size_t bytes) {
    if constexpr (is_aligned)
        return ::operator new(bytes, std::nothrow);
    else
        return ::operator new(bytes, cache_line, std::nothrow);
}
void delete_bytes(void* at) {
    if constexpr (is_aligned)
        ::operator delete(at);
    else
        ::operator delete(at, cache_line);
}
}  // namespace

void fail_no_entry(const Shape& shape, const Subscript& i) {
    fail(i.at, {.what = "tensor: no such entry",
                .got = text("[", i.index, "] of a tensor of shape ", shape),
                .expected = text("a number from 0 up to ", shape.size() - 1, ", in storage order"),
                .fix = "A(i, j) takes one index for each axis; the last entry is [A.size() - 1]"});
}

Index offset_of(const Shape& shape, std::initializer_list<Index> indices, Where at) {
    Index offset = 0;
    int axis = 0;
    bool inside = std::ssize(indices) == shape.rank();
    for (Index i : indices) {
        if (!inside) break;
        inside = i >= 0 && i < shape[axis];
        offset = offset * shape[axis++] + i;
    }
    if (!inside) {
        std::string place;
        for (Index i : indices) place.append(place.empty() ? "" : ",").append(spelled(i));
        fail(at, {.what = "tensor: no such entry",
                  .got = text("(", place, ") of a tensor of shape ", shape),
                  .expected = "one index for each axis, from 0 up to its extent less one"});
    }
    return offset;
}

Storage::~Storage() {
    if (data_) delete_bytes(data_);
}

Storage::Storage(const Storage& other) {
    resize(other.size_);
    std::copy_n(other.data_, size_, data_);
}

Storage::Storage(Storage&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      capacity_(std::exchange(other.capacity_, 0)) {}

Storage& Storage::operator=(Storage other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
    return *this;
}

void Storage::resize(Index count, Where at) {
    if (count > capacity_ || !data_) {  // even no entries have an address: kernels may add to it
        *this = Storage();
        const Index capacity = std::max<Index>(count, 1);
        const bool countable = capacity <= Shape::max_size;
        const std::size_t bytes = countable ? capacity * sizeof(Real) : 0;
        if (countable) data_ = static_cast<Real*>(new_bytes(bytes));
        if (!data_)
            fail(at, {.what = "tensor: there is not enough memory",
                      .got = text(count, " numbers of ", sizeof(Real), " bytes each"),
                      .expected = "room for them in one piece",
                      .fix = "smaller batches, fewer observation times, or REAL=float"});
        capacity_ = capacity;
    }
    size_ = count;
}

Tensor::Tensor(Shape shape, Real fill, Where at) : shape_(shape) {
    storage_.resize(shape.size(), at);
    std::fill_n(data(), size(), fill);
}

Tensor::Tensor(Shape shape, std::initializer_list<double> values, Where at)
    : Tensor(shape, std::span<const double>(values.begin(), values.size()), at) {}

void Tensor::require_count(Index values, Where at) const {
    if (values != size())
        fail(at, {.what = "tensor: the number of values does not fit the shape",
                  .got = text(values, " values for ", shape_),
                  .expected = text(size(), " values, row by row")});
}

Tensor::Tensor(std::nullptr_t, View view, Where at) : shape_(view.shape) {
    storage_.resize(view.size(), at);
    std::copy_n(view.data, size(), data());
}

View Tensor::rows(Index first, Index count, Where at) const& {
    if (rank() == 0 || first < 0 || count < 0 || first > shape_[0] || count > shape_[0] - first)
        fail(at, {.what = "rows: outside the tensor",
                  .got = text(count, " rows from row ", first, " on, of ", shape_),
                  .expected = "a range within axis 0"});
    return {data() + first * shape_.row_size(), shape_.with(0, count)};
}

Real Tensor::item(Where at) const {
    if (size() != 1)
        fail(at, {.what = "item: the tensor is not a single number",
                  .got = text("shape ", shape_),
                  .expected = "exactly one entry",
                  .fix = "reduce it first, with sum or mean"});
    return data()[0];
}

Tensor Tensor::reshaped(Shape shape, Where at) const {
    if (shape.size() != size())
        fail(at, {.what = "reshape: the number of entries would change",
                  .got = text(shape_, " to ", shape),
                  .expected = text(size(), " entries")});
    return Tensor(View{data(), shape}, at);
}

bool Tensor::operator==(const Tensor& other) const {
    return shape_ == other.shape_ && std::equal(data(), data() + size(), other.data());
}

namespace {

void append_text(std::string& text, View view, int axis, const Real*& next) {
    if (axis == view.shape.rank()) {
        text += number_text(static_cast<double>(*next++));
        return;
    }
    text += "[";
    for (Index i = 0; i < view.shape[axis]; ++i) {
        if (i > 0) text += ", ";
        append_text(text, view, axis + 1, next);
    }
    text += "]";
}

}  // namespace

std::string to_text(View view) {
    std::string whole;
    const Real* next = view.data;
    append_text(whole, view, 0, next);
    return whole;
}

// ---- from lists of lists ----

namespace {

std::string count_text(std::size_t n) { return n == 1 ? "1 entry" : text(n, " entries"); }

// Fills the entries in order; `place` is where `nested` stands: "[1][0]".
void fill_in(const NestedList& nested, const Shape& shape, int axis, const std::string& place, Real*& next, Where at) {
    const bool list_expected = axis < shape.rank();
    const std::size_t length = nested.list().size();
    if (nested.is_list() != list_expected || (list_expected && std::ssize(nested.list()) != shape[axis]))
        fail(at,
             {.what = "tensor: the lists are ragged",
              .got = text("entry ", place, " is ",
                          nested.is_list() ? "a list of " + count_text(length) : text("the number ", nested.number())),
              .expected = text(list_expected ? "a list of " + count_text(shape[axis]) : "a number",
                               ", as the first one on its level"),
              .fix = "fill short rows up, with 0 or nan, or keep them as tensors of their own"});
    if (!list_expected) {
        *next++ = static_cast<Real>(nested.number());
        return;
    }
    Index i = 0;
    for (const NestedList& entry : nested.list()) fill_in(entry, shape, axis + 1, text(place, "[", i++, "]"), next, at);
}

}  // namespace

Tensor tensor(std::initializer_list<NestedList> list, Where at) {
    Shape shape;
    const NestedList all(list);
    for (const NestedList* first = &all; first->is_list(); first = first->list().begin()) {
        shape.append(first->list().size(), at);
        if (first->list().size() == 0) break;
    }
    Tensor tensor(shape, 0, at);
    Real* next = tensor.data();
    fill_in(all, shape, 0, "", next, at);
    return tensor;
}

}  // namespace costate
