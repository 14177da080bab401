#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>

// Under the address sanitizer memory that cannot be had is a null pointer, too, as everywhere else.
extern "C" const char* __asan_default_options() { return "allocator_may_return_null=1"; }
