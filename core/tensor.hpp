// core/tensor.hpp — dense arrays of Real: Tensor owns its entries, View and MutableView look at somebody else's
//   Tensor A({2, 3}, {1, 2, 3, 4, 5, 6});   A(1, 2) == 6;   A.view(), A.rows(0, 1)
//   Tensor B = tensor({{1, 2, 3}, {4, 5, 6}});    the same, written as it is printed (core/nested.hpp)
//   Tensor c(std::vector<float>{7, 8});           any list of numbers in one piece of memory: [2]
// Entries lie row by row (row-major) without gaps; a view is a pointer and a shape. Copies of a Tensor are independent,
// moves are cheap. Storage is aligned to 64 bytes, one cache line and one AVX-512 vector.
#pragma once
#include <concepts>
#include <initializer_list>
#include <span>
#include <string>
#include <utility>

#include "core/nested.hpp"  // brings: NestedList
#include "core/real.hpp"    // brings: Real, Index
#include "core/shape.hpp"   // brings: Shape

namespace costate::inline COSTATE_PRECISION {

// std::vector<float>, std::array<double, 3>, std::span<const int>, a C array: numbers side by side.
template <class List>
using NumberIn = typename decltype(std::span(std::declval<const List&>()))::value_type;
template <class List>
concept NumberList = std::floating_point<NumberIn<List>> ||
    (std::integral<NumberIn<List>> && sizeof(NumberIn<List>) > 1);  // letters and truths are no numbers

// The first index of A(i, j), with the line on which it stands.
struct Subscript {
    Index index;
    Where at;
    template <std::integral I>
    Subscript(I i, Where at_ = {}) : index(static_cast<Index>(i)), at(at_) {}
};

// Where entry (i, j, ...) lies. No such entry: an error.
Index offset_of(const Shape& shape, std::initializer_list<Index> indices, Where at = {});

// The number of an entry in storage order, x[i]. One beyond the entries is an error that names its line.
[[noreturn]] void fail_no_entry(const Shape& shape, const Subscript& i);
inline Index entry_of(const Shape& shape, const Subscript& i) {
    if (i.index < 0 || i.index >= shape.size()) fail_no_entry(shape, i);
    return i.index;
}

struct View {
    const Real* data = nullptr;
    Shape shape;

    Index size() const { return shape.size(); }
    Index size(int axis, Where at = {}) const { return shape[{axis, at}]; }  // negative: counted from the end
    std::span<const Real> entries() const { return {data, static_cast<std::size_t>(size())}; }
    Real operator[](Subscript i) const { return data[entry_of(shape, i)]; }  // i-th entry in storage order
    template <std::integral... I>
    Real operator()(Subscript i, I... j) const {  // v(i, j): checked
        return data[offset_of(shape, {i.index, static_cast<Index>(j)...}, i.at)];
    }
};

struct MutableView {
    Real* data = nullptr;
    Shape shape;

    operator View() const { return {data, shape}; }
    Index size() const { return shape.size(); }
    Index size(int axis, Where at = {}) const { return shape[{axis, at}]; }
    std::span<Real> entries() const { return {data, static_cast<std::size_t>(size())}; }
    Real& operator[](Subscript i) const { return data[entry_of(shape, i)]; }
    template <std::integral... I>
    Real& operator()(Subscript i, I... j) const {
        return data[offset_of(shape, {i.index, static_cast<Index>(j)...}, i.at)];
    }
};

// 64-byte aligned storage that only ever grows: resize keeps the memory when it is large enough.
class Storage {
public:
    Storage() = default;
    ~Storage();
    Storage(const Storage& other);
    Storage(Storage&& other) noexcept;
    Storage& operator=(Storage other) noexcept;

    void resize(Index count, Where at = {});  // the entries are not kept; no memory left: an error
    Real* data() { return data_; }
    const Real* data() const { return data_; }
    Index size() const { return size_; }

private:
    Real* data_ = nullptr;
    Index size_ = 0, capacity_ = 0;
};

class Tensor {
public:
    Tensor() : Tensor(Shape{}) {}                                              // the scalar 0
    explicit Tensor(Shape shape, Real fill = 0, Where at = {});                // every entry `fill`
    Tensor(Shape shape, std::initializer_list<double> values, Where at = {});  // row by row; a wrong count is an error
    template <NumberList List>
    Tensor(Shape shape, const List& values, Where at = {}) : Tensor(shape, 0, at) {
        require_count(std::ssize(values), at);
        Real* to = data();
        for (const auto value : values) *to++ = static_cast<Real>(value);
    }
    template <NumberList List>
    explicit Tensor(const List& values, Where at = {})  // rank 1
        : Tensor(Shape({std::ssize(values)}, at), values, at) {}
    template <class V>  // a template, so that {0} can only be a shape
    requires std::same_as<V, View> || std::same_as<V, MutableView>
    explicit Tensor(V view, Where at = {}) : Tensor(nullptr, view, at) {}
    template <class V>  // such as a Var, which has numbers and is none
    requires requires(const V& v, View& numbers) { numbers = v.value(); }
    Tensor(const V&) = delete;  // Tensor(v.value()); of an expression of Tensors: nn::evaluate([&](Var x) { ... }, A)
    Tensor(const Tensor&) = default;
    Tensor& operator=(const Tensor&) = default;
    Tensor(Tensor&& other) noexcept
        : shape_(std::exchange(other.shape_, empty())), storage_(std::move(other.storage_)) {}
    Tensor& operator=(Tensor&& other) noexcept {
        shape_ = std::exchange(other.shape_, empty());
        storage_ = std::move(other.storage_);
        return *this;
    }
    static Tensor scalar(double value) { return Tensor(Shape{}, static_cast<Real>(value)); }
    template <NumberList List = std::initializer_list<double>>
    static Tensor vector(const List& values, Where at = {}) {
        return Tensor(values, at);
    }

    const Shape& shape() const { return shape_; }
    int rank() const { return shape_.rank(); }
    Index size() const { return storage_.size(); }
    Index size(int axis, Where at = {}) const { return shape_[{axis, at}]; }  // the extent of one axis
    Real* data() { return storage_.data(); }
    const Real* data() const { return storage_.data(); }
    std::span<Real> entries() & { return {data(), static_cast<std::size_t>(size())}; }
    std::span<const Real> entries() const& { return {data(), static_cast<std::size_t>(size())}; }
    std::span<const Real> entries() && = delete;  // of what is gone at once: keep the Tensor in a variable first

    View view() const { return {data(), shape_}; }
    MutableView view() { return {data(), shape_}; }
    operator View() const { return view(); }
    View rows(Index first, Index count, Where at = {}) const&;  // entries first .. first + count of axis 0
    Tensor rows(Index first, Index count, Where at = {}) && {
        return Tensor(std::as_const(*this).rows(first, count, at));
    }

    Real& operator[](Subscript i) { return data()[entry_of(shape_, i)]; }  // i-th entry in storage order
    Real operator[](Subscript i) const { return data()[entry_of(shape_, i)]; }
    template <std::integral... I>
    Real& operator()(Subscript i, I... j) {  // A(i, j): checked
        return view()(i, j...);
    }
    template <std::integral... I>
    Real operator()(Subscript i, I... j) const {
        return view()(i, j...);
    }
    Real item(Where at = {}) const;  // the entry of a tensor that has exactly one

    Tensor reshaped(Shape shape, Where at = {}) const;
    bool operator==(const Tensor& other) const;  // same shape, equal entries

private:
    static Shape empty() { return Shape::of_rank(1, 0); }  // of what was moved from
    Tensor(std::nullptr_t, View view, Where at);
    void require_count(Index values, Where at) const;  // one for each entry, or an error

    Shape shape_;
    Storage storage_;
};

Tensor tensor(std::initializer_list<NestedList> list, Where at = {});  // tensor({{1, 2}, {3, 4}}); ragged: an error

std::string to_text(View view);  // "[[1, 2], [3, 4]]"
template <TextStream Stream>
Stream& operator<<(Stream& stream, const View& view) {  // of a Tensor, too
    stream << to_text(view).c_str();
    return stream;
}

}  // namespace costate
