// core/linspace.hpp — numbers at equal distances, both ends among them
//   t_i = a + i (b − a)/(n − 1),  i = 0 ... n − 1            linspace(0, 3, 4) is {0, 1, 2, 3}
// In double, as times are, and never summed: the last number is b itself. One number alone is a.
#pragma once
#include <string>
#include <vector>

#include "core/error.hpp"  // brings: fail, Where
#include "core/real.hpp"   // brings: Index

namespace costate {

inline std::vector<Number> linspace(Number a, Number b, Index n, Where at = {}) {
    if (n < 1) fail(at, {.what = "linspace: too few numbers", .got = text(n), .expected = "1 or more"});
    std::vector<Number> numbers(static_cast<std::size_t>(n), a);
    const Number intervals = static_cast<Number>(n - 1);
    for (std::size_t i = 1; i < numbers.size(); ++i) numbers[i] = a + static_cast<Number>(i) * (b - a) / intervals;
    if (n > 1) numbers.back() = b;
    return numbers;
}

}  // namespace costate
