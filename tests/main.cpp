#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include <cstdio>
#include <cstdlib>  // brings: std::atoi, getenv

#include "core/width.hpp"

// Under the address sanitizer memory that cannot be had is a null pointer, too, as everywhere else.
extern "C" const char* __asan_default_options() { return "allocator_may_return_null=1"; }

// VECTOR_BITS=128: what a portable build does on a processor without wider registers. Has it none so wide, nothing runs.
int main(int argc, char** argv) {
#if defined(COSTATE_PORTABLE)
    const char* bits = std::getenv("VECTOR_BITS");
    if (bits && !costate::set_vector_bits(std::atoi(bits)))
        return std::printf("this processor has no registers of %s bits\n", bits), 0;
    std::printf("registers of %d bits\n", costate::vector_bits());
#endif
    return doctest::Context(argc, argv).run();
}
