// tests/examples/idx_test.cpp — MNIST's files are read, and what is foreign, packed or short is refused by its name
#include "examples/support/idx.hpp"

#include <doctest/doctest.h>

#include <vector>

#include "core/files/file.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace costate;
using namespace costate::support;
using test::contains;

namespace {

using Bytes = std::vector<std::uint8_t>;
const Bytes images{0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3, 0, 1, 2, 253, 254, 255};

std::string refusal(const Bytes& bytes) {
    return test::error_of([&] { parse_idx(bytes, "images"); });
}

}  // namespace

TEST_SUITE_BEGIN("examples");

TEST_CASE("idx: extents and entries, and the file's checksum") {
    const TemporaryFolder folder;
    replace_file(folder / "images", images);
    const Idx read = read_idx(folder / "images");
    CHECK(read.values == Tensor({2, 1, 3}, {0, 1, 2, 253, 254, 255}));
    CHECK(read.crc32 == 0x430cb731);  // Python's zlib.crc32
    CHECK(parse_idx(Bytes{0, 0, 8, 1, 0, 0, 0, 1, 7}, "x").values == Tensor({1}, {7}));
}

TEST_CASE("idx: a file that is none, or not all of one, is an error that says so") {
    CHECK(contains(refusal({}), "'images' is no idx file"));
    CHECK(contains(refusal({'P', 'K', 3, 4}), "two bytes 0, the type, the number of axes"));
    CHECK(contains(refusal({0x1f, 0x8b, 8, 0}), "'images' is packed"));
    CHECK(contains(refusal({0x1f, 0x8b, 8, 0}), "gunzip it"));
    CHECK(contains(refusal({0, 0, 13, 1, 0, 0, 0, 0}), "'images' holds another type"));
    CHECK(contains(refusal({0, 0, 8, 3, 0, 0}), "'images' is cut off, or no idx file"));
    CHECK(contains(refusal({0, 0, 8, 9}), "1 to 6 axes"));
    CHECK(contains(refusal({0, 0, 8, 1, 255, 255, 255, 255}), "an axis of 4294967295"));
    Bytes shorter = images, longer = images;
    shorter.pop_back(), longer.push_back(0);
    CHECK(contains(refusal(shorter), "'images' is cut off"));
    CHECK(contains(refusal(shorter), "21 bytes"));
    CHECK(contains(refusal(shorter), "16 and 6 for [2,1,3]"));
    CHECK(contains(refusal(longer), "'images' is too long"));
    CHECK(contains(test::error_of([] { read_idx("there/is/none"); }), "there/is/none"));
}

TEST_SUITE_END();
