// core/nested.hpp — a tensor written down as it is printed: lists of lists of numbers
//   tensor({1, 2, 3})                      [3]
//   tensor({{1, 2, 3}, {4, 5, 6}})         [2,3]        any depth up to Shape::max_rank
// Beware: Tensor({2, 3}) is a shape, six zeros; tensor({2, 3}) is the vector (2, 3).
// shapes   one axis for each level of braces. Lists of unequal lengths at one level: an error that says where.
// why      Not a constructor: Tensor{{1, 2}, {3, 4}} already has a meaning, the shape [1,2] with the entries 3 and 4.
#pragma once
#include <concepts>
#include <initializer_list>

namespace costate {

// A number, or a list of such. It owns nothing: the lists live as long as the expression in which they are written, and so
// it is never a variable.
class NestedList {
public:
    template <class N>
    requires std::floating_point<N> || std::integral<N> NestedList(N number) : number_(static_cast<double>(number)) {}
    NestedList(std::initializer_list<NestedList> list) : list_(list), is_list_(true) {}

    NestedList(const NestedList&) = delete;  // write the list in the call: tensor({{1, 2}, {3, 4}})

    bool is_list() const { return is_list_; }
    std::initializer_list<NestedList> list() const { return list_; }
    double number() const { return number_; }

private:
    std::initializer_list<NestedList> list_ = {};
    double number_ = 0;
    bool is_list_ = false;
};

}  // namespace costate
