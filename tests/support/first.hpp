// tests/support/first.hpp — examples/support/first.hpp for tests: doctest, too
#include <doctest/doctest.h>

#include "examples/support/first.hpp"
