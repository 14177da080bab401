// examples/support/first.hpp — what nearly every program and test reads, read once and kept precompiled
// The Makefile puts it before every program outside the library: parsing these headers anew is two fifths of compiling one.
// A program names what it uses all the same.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <deque>
#include <functional>
#include <initializer_list>
#include <limits>
#include <map>
#include <memory>
#include <numeric>
#include <optional>
#include <set>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "autodiff/operators.hpp"  // brings: every operator
#include "ode/solve.hpp"           // brings: solve, SolveOptions, Solution
