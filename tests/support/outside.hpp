// tests/support/outside.hpp — what the tests take from outside the house, read once and kept precompiled
// The Makefile puts it before every test: parsing these headers anew is a third of what a small test's compiling takes.
// A test names what it uses all the same.
#include <doctest/doctest.h>

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
