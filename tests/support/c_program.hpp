// tests/support/c_program.hpp — a printed C program, compiled and run on numbers
#pragma once
#include <cstdlib>  // brings: std::system
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "core/real.hpp"
#include "tests/support/temporary_folder.hpp"

namespace costate::test {

// The bits are the library's where it rounds every product and sum, too; elsewhere the last digits are others.
#if defined(COSTATE_SAME_BITS)
inline constexpr bool same_bits_wanted = true;
#else
inline constexpr bool same_bits_wanted = false;
#endif

inline bool has_compiler() { return std::system("cc --version > /dev/null 2>&1") == 0; }

// What this C program writes, given those numbers; nothing, if it does not compile without a warning.
inline std::vector<Real> numbers_of(const std::string& source, const std::vector<Real>& input) {
    const TemporaryFolder folder;
    const std::string file = folder / "all.c", program = folder / "all", in = folder / "in", out = folder / "out";
    std::ofstream(file) << source;
    std::ofstream(in, std::ios::binary)
        .write(reinterpret_cast<const char*>(input.data()), static_cast<std::streamsize>(input.size() * sizeof(Real)));
    const std::string compile =
        "cc -std=c99 -O0 -Wall -Wextra -Wpedantic -Wconversion -Werror " + file + " -o " + program;
    if (std::system(compile.c_str()) != 0) return {};
    if (std::system((program + " < " + in + " > " + out).c_str()) != 0) return {};
    std::vector<Real> found(std::filesystem::file_size(out) / sizeof(Real));
    std::ifstream(out, std::ios::binary)
        .read(reinterpret_cast<char*>(found.data()), static_cast<std::streamsize>(found.size() * sizeof(Real)));
    return found;
}

}  // namespace costate::test
