// tests/core/npy_test.cpp — arrays that NumPy wrote are read, ours are written as NumPy writes, all others are refused
#include "core/files/npy.hpp"
#include "core/files/npy_array.hpp"

#include <doctest/doctest.h>
#include <cmath>
#include <filesystem>

#include "core/files/file.hpp"
#include "tests/core/npy_files.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace costate;
using test::Bytes, test::data, test::ramp;
using test::contains;
using test::error_of;

namespace {

// A file of format 1.0 with this header and so many bytes of entries, all 0.
Bytes forged(const std::string& header, std::size_t entries, int version = 1) {
    ByteWriter out;
    out.integer(std::uint8_t{0x93});
    out.text("NUMPY");
    out.integer(static_cast<std::uint8_t>(version));
    out.integer(std::uint8_t{0});
    out.integer(static_cast<std::uint16_t>(header.size()));
    out.text(header);
    out.bytes.resize(out.bytes.size() + entries);
    return out.bytes;
}
Bytes of_type(const std::string& type, std::size_t entries) {
    return forged("{'descr': " + type + ", 'fortran_order': False, 'shape': (2,), }\n", entries);
}
Bytes of_shape(const std::string& shape, std::size_t entries) {
    return forged("{'descr': '<f8', 'fortran_order': False, 'shape': " + shape + ", }\n", entries);
}
std::string refusal(const Bytes& bytes) {
    return error_of([&] { parse_npy(bytes, "x.npy"); });
}

}  // namespace

TEST_SUITE_BEGIN("core");

TEST_CASE("npy: a tensor comes back as it was, whatever its rank") {
    const TemporaryFolder folder;
    const std::string path = folder / "x.npy";
    for (const Tensor& x : {ramp(), Tensor::scalar(-0.5), Tensor({3}, {1, 2, 3}), Tensor(Shape{2, 0, 3}),
                            Tensor({1, 2, 1, 2, 1, 1}, {4, 3, 2, 1})}) {
        save_npy(path, x);
        CHECK(load_npy(path) == x);
        CHECK(parse_npy(serialize_npy(x)) == x);
    }
    CHECK(std::distance(std::filesystem::directory_iterator(folder.path), {}) == 1);  // no .tmp is left
}

TEST_CASE("npy: versions 2 and 3 of the format are read") {
    CHECK(load_npy(data + "version2.npy") == ramp());
    CHECK(load_npy(data + "version3.npy") == ramp());
}

TEST_CASE("npy: the header is Python, written in any of Python's ways") {
    const auto reads = [](const std::string& header) { return parse_npy(forged(header, 8)).shape() == Shape{1}; };
    CHECK(reads("{'descr':'<f8','fortran_order':False,'shape':(1,)}"));
    CHECK(reads("{\"shape\": (1), 'fortran_order' : True , 'descr': \"<i8\"}   \n"));
    CHECK(reads("  { 'shape' : ( 1 , ) , 'descr' : '<u8' , 'fortran_order' : False , } "));
}

TEST_CASE("npy: a file of another kind is refused with the reason") {
    const std::string foreign = refusal({'P', 'K', 3, 4});
    CHECK(contains(foreign,
                   "load: 'x.npy' is not an .npy file\n  got       byte 0 is 80\n  expected  147: a file begins"));
    CHECK(contains(foreign, "load_npz"));
    const std::string pickled = error_of([] { load_npy(data + "pickled.npy"); });
    CHECK(contains(pickled, "holds no numbers, but pickled Python objects\n  got       entries of type '|O'"));
    CHECK(contains(pickled, "npy_test.cpp:"));
    CHECK(contains(error_of([] { load_npy(data + "structure.npy"); }), "got       a structure of several fields"));
    CHECK(contains(error_of([] { load_npy(data + "complex.npy"); }), "entries of type '<c16'"));
    CHECK(contains(error_of([] { load_npy(data + "seven_axes.npy"); }), "has too many axes"));
    CHECK(contains(error_of([] { load_npy(data + "nothing_there.npy"); }), "the file cannot be opened"));
    for (const char* type : {"'<f2'", "'<f1'", "'<U2'", "'<M8[s]'", "'<i3'", "'<b2'", "'V8'", "'f8'", "''", "'<f16'"})
        CHECK(contains(refusal(of_type(type, 16)), "holds no numbers"));
    CHECK(contains(refusal(forged("{}", 0, 4)), "version 4.0"));
}

TEST_CASE("npy: a header that is none is damage") {
    for (const char* header :
         {"", "{", "{}", "{'descr': '<f8'}", "[1, 2]", "{'descr': '<f8', 'fortran_order': Maybe, 'shape': ()}",
          "{'descr': '<f8', 'fortran_order': False, 'shape': (-1,)}", "{'descr: 1", "{'descr' '<f8'}",
          "{'descr': '<f8', 'descr': '<f8', 'fortran_order': False, 'shape': ()}",
          "{'descr': '<f8', 'fortran_order': False, 'shape': (), 'more': 1}",
          "{'descr': '<f8', 'fortran_order': False, 'shape': (1 1)}",
          "{'descr': '<f8', 'fortran_order': False, 'shape': ("})
        CHECK(contains(refusal(forged(header, 8)), "a header that cannot be read"));
}

TEST_CASE("npy: sizes that cannot be are refused before memory is asked for") {
    for (const char* shape :
         {"(2147483648,)", "(99999999999999999999999,)", "(65536, 65536, 65536, 65536)", "(2147483647, 2147483647, 0)"})
        CHECK(contains(refusal(of_shape(shape, 16)), "is damaged"));
    CHECK(contains(refusal(of_shape("(2147483647, 1000)", 16)), "is truncated"));
    CHECK(parse_npy(of_shape("(0, 2147483647)", 0)).size() == 0);
    CHECK(contains(refusal(of_shape("(2,)", 17)), "1 bytes after the last entry"));
    CHECK(contains(refusal(of_shape("(2,)", 15)), "x.npy' is truncated"));
}

TEST_CASE("npy: every truncation is an error, and no changed byte is a crash") {
    Bytes bytes = serialize_npy(ramp());
    int accepted = 0;
    for (std::size_t length = 0; length < bytes.size(); ++length)
        accepted += error_of([&] { parse_npy(std::span(bytes).first(length)); }).empty();
    CHECK(accepted == 0);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        for (const int other : {0, 1, 39, 48, 57, 128, 255}) {
            const std::uint8_t kept = std::exchange(bytes[i], static_cast<std::uint8_t>(other));
            error_of([&] { parse_npy(bytes); });
            bytes[i] = kept;
        }
    }
}

TEST_CASE("npy: a double beyond float is an error in a float build, not an infinity") {
    ByteWriter out;
    write_npy_header(out, "<f8", {1});
    out.real(1e300);
    CHECK(contains(refusal(out.bytes), "too large for this build") == (sizeof(Real) == 4));
}

TEST_SUITE_END();
