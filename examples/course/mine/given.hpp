// examples/course/mine/given.hpp — names that your header and the steps share: there is nothing to do here
//   List<S>      a state, or parameters: a vector of S, where S is double or Var
//   Path<S>      a state for each of some times
//   field        f(t, z, θ), a List<S> as long as z: for every S, so that it may be followed and recorded
#pragma once
#include <cmath>
#include <cstddef>
#include <vector>

namespace mine {

template <class S>
using List = std::vector<S>;
template <class S = double>
using Path = std::vector<List<S>>;
using Numbers = List<double>;
using std::exp;  // of a double; yours is one more, of a Var

template <class S>
List<S> part(const List<S>& x, std::size_t from, std::size_t count) {  // x[from] and those after it
    return List<S>(x.begin() + static_cast<std::ptrdiff_t>(from),
                   x.begin() + static_cast<std::ptrdiff_t>(from + count));
}

}  // namespace mine
