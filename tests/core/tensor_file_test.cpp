// tests/core/tensor_file_test.cpp — what was saved is loaded bit for bit, or an error says why not
#include "core/files/tensor_file.hpp"

#include <doctest/doctest.h>
#include <cmath>
#include <initializer_list>
#include <limits>
#include <string>
#include <vector>

#include "core/random.hpp"
#include "tests/support/error_of.hpp"

using namespace costate;
using test::contains;
using test::error_of;
using Bytes = std::vector<std::uint8_t>;

namespace {

TensorFile small_file() {
    TensorFile file;
    file.add("layer.weight", Tensor({2, 3}, {1, -2, 0.1, 4, 5e-20, 6}));
    file.add_integer("epoch", 0x0123456789ABCDEF);
    file.add_number("loss", 0.1);
    file.add("bias", Tensor::scalar(-0.0));
    file.add("none", Tensor(Shape{100, 0}));
    return file;
}

void append(Bytes& bytes, std::uint64_t value, int count) {
    for (int i = 0; i < count; ++i) bytes.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

// A file with a right header and checksum around whatever an attacker puts between them.
Bytes forged(const Bytes& items, std::uint64_t item_count, std::uint64_t width = sizeof(Real),
             std::uint64_t version = 1) {
    Bytes bytes{0x89, 'C', 'O', 'S', 'T', 'A', 'T', 'E'};
    append(bytes, version, 4);
    append(bytes, width, 4);
    append(bytes, 28 + items.size() + 8, 8);
    append(bytes, item_count, 4);
    bytes.insert(bytes.end(), items.begin(), items.end());
    std::uint64_t hash = 14695981039346656037u;  // FNV-1a, written out a second time
    for (std::uint8_t byte : bytes) hash = (hash ^ byte) * 1099511628211u;
    append(bytes, hash, 8);
    return bytes;
}

Bytes tensor_item(std::initializer_list<std::uint64_t> extents, const Bytes& entries) {
    Bytes bytes{0, 1, 0, 0, 0, 'w', static_cast<std::uint8_t>(extents.size())};
    for (std::uint64_t extent : extents) append(bytes, extent, 4);
    bytes.insert(bytes.end(), entries.begin(), entries.end());
    return bytes;
}

Bytes doubles(std::initializer_list<double> values) {
    Bytes bytes;
    for (double value : values) append(bytes, __builtin_bit_cast(std::uint64_t, value), 8);
    return bytes;
}

Bytes floats(std::initializer_list<float> values) {
    Bytes bytes;
    for (float value : values) append(bytes, __builtin_bit_cast(std::uint32_t, value), 4);
    return bytes;
}

}  // namespace

TEST_SUITE_BEGIN("core");

TEST_CASE("tensor file: parse returns what serialize was given, in order") {
    const TensorFile file = small_file(), copy = parse(serialize(file));
    REQUIRE(copy.items().size() == 5);
    for (std::size_t i = 0; i < 5; ++i) CHECK(copy.items()[i].name == file.items()[i].name);
    CHECK(copy.tensor("layer.weight") == file.tensor("layer.weight"));
    CHECK(copy.integer("epoch") == 0x0123456789ABCDEF);
    CHECK(copy.number("loss") == 0.1);
    CHECK(std::signbit(copy.tensor("bias").item()));
    CHECK(copy.tensor("none").shape() == Shape{100, 0});
    CHECK_FALSE(copy.rounded());
    CHECK(serialize(copy) == serialize(file));
}

TEST_CASE("tensor file: infinities, NaN and the smallest numbers survive") {
    using Limits = std::numeric_limits<Real>;
    Tensor extreme(Shape{5});
    extreme[0] = Limits::infinity(), extreme[1] = -Limits::infinity(), extreme[2] = Limits::quiet_NaN();
    extreme[3] = Limits::denorm_min(), extreme[4] = Limits::max();
    TensorFile file;
    file.add("extreme", extreme);
    const Tensor copy = parse(serialize(file)).tensor("extreme");
    for (Index i : {0, 1, 3, 4}) CHECK(copy[i] == extreme[i]);
    CHECK(std::isnan(copy[2]));
}

TEST_CASE("tensor file: the bytes are those of the documented format") {
    TensorFile file;
    file.add("w", Tensor({2}, {1, -2}));
    const Bytes entries = sizeof(Real) == 8 ? doubles({1, -2}) : floats({1, -2});
    CHECK(serialize(file) == forged(tensor_item({2}, entries), 1));
}

TEST_CASE("tensor file: an empty file is a file") { CHECK(parse(serialize(TensorFile{})).items().empty()); }

TEST_CASE("tensor file: a random state continues after a round trip") {
    Rng rng(3);
    rng.normal();
    TensorFile file;
    file.add_integer("rng.seed", rng.state().seed);
    file.add_integer("rng.counter", rng.state().counter);
    const TensorFile copy = parse(serialize(file));
    CHECK(Rng(Rng::State{copy.integer("rng.seed"), copy.integer("rng.counter")}) == rng);
}

TEST_CASE("tensor file: floats are read exactly by either build") {
    const TensorFile file = parse(forged(tensor_item({2}, floats({0.1f, -3e38f})), 1, 4));
    CHECK(file.tensor("w")[0] == static_cast<Real>(0.1f));
    CHECK(file.tensor("w")[1] == static_cast<Real>(-3e38f));
    CHECK_FALSE(file.rounded());
}

TEST_CASE("tensor file: doubles are rounded to nearest by a float build, which says so") {
    const TensorFile file = parse(forged(tensor_item({2}, doubles({0.1, 1e-300})), 1, 8));
    CHECK(file.tensor("w")[0] == static_cast<Real>(0.1));
    CHECK(file.tensor("w")[1] == static_cast<Real>(1e-300));
    CHECK(file.rounded() == (sizeof(Real) == 4));
}

TEST_CASE("tensor file: a double beyond float is an error in a float build, not an infinity") {
    const std::string error = error_of([] { parse(forged(tensor_item({1}, doubles({1e300})), 1, 8)); });
    CHECK(contains(error, "too large for this build") == (sizeof(Real) == 4));
}

TEST_CASE("tensor file: every truncation is an error") {
    const Bytes bytes = serialize(small_file());
    int accepted = 0, unclear = 0;
    for (std::size_t length = 0; length < bytes.size(); ++length) {
        const std::string error = error_of([&] { parse(std::span(bytes).first(length)); });
        accepted += error.empty();
        unclear += !contains(error, "is truncated");
    }
    CHECK(accepted == 0);
    CHECK(unclear == 0);
}

TEST_CASE("tensor file: every flipped bit is an error") {
    Bytes bytes = serialize(small_file());
    int accepted = 0;
    for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
        const auto mask = static_cast<std::uint8_t>(1u << (bit % 8));
        bytes[bit / 8] ^= mask;
        accepted += error_of([&] { parse(bytes); }).empty();
        bytes[bit / 8] ^= mask;
    }
    CHECK(accepted == 0);
}

TEST_CASE("tensor file: each kind of unreadable file has its own message") {
    Bytes bytes = serialize(small_file());
    CHECK(contains(error_of([] {
                       parse(Bytes{'P', 'K', 3, 4}, "model.zip");
                   }),
                   "load: 'model.zip' is not a costate file"));
    CHECK(contains(error_of([] { parse(forged({}, 0, 8, 2)); }), "was written by a newer costate"));
    CHECK(contains(error_of([] { parse(forged({}, 0, 8, 0)); }), "format version 0"));
    CHECK(contains(error_of([] { parse(forged({}, 0, 3)); }), "entries of 3 bytes"));
    bytes[bytes.size() / 2] ^= 1;
    CHECK(contains(error_of([&] { parse(bytes); }), "the checksum does not fit"));
    bytes[bytes.size() / 2] ^= 1;
    bytes.push_back(0);
    CHECK(contains(error_of([&] { parse(bytes); }), "is damaged"));
}

TEST_CASE("tensor file: absurd sizes under a right checksum are refused before they are allocated") {
    const std::uint64_t big = 0x7fffffff;
    for (const auto& extents : {std::initializer_list<std::uint64_t>{big},
                                {big, big},
                                {big, big, big, big},
                                {big, big, big, 0},
                                {0x80000000},
                                {65536, 65536, 65536, 65536},
                                {1u << 30, 1u << 30, 8}})
        for (const Bytes& entries : {doubles({}), doubles({1, 2})})  // none: a count that wraps around to 0 would fit
            CHECK(contains(error_of([&] { parse(forged(tensor_item(extents, entries), 1)); }), "is damaged"));
    CHECK(contains(error_of([] { parse(forged({}, 0xffffffff)); }), "is damaged"));
    CHECK(contains(error_of([] {
                       parse(forged({1, 0xff, 0xff, 0xff, 0xff, 'n'}, 1));
                   }),
                   "a length of 4294967295 bytes"));
    CHECK(contains(error_of([] {
                       parse(forged(tensor_item({1, 1, 1, 1, 1, 1, 1}, doubles({1})), 1));
                   }),
                   "extent 1 of 'w', after [1,1,1,1,1,1]"));
}

TEST_CASE("tensor file: forged items are refused") {
    const Bytes number{2, 1, 0, 0, 0, 'n', 0, 0, 0, 0, 0, 0, 0, 0};
    Bytes twice = number, unknown = number, nameless{2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    twice.insert(twice.end(), number.begin(), number.end());
    unknown[0] = 3;
    CHECK(parse(forged(number, 1)).number("n") == 0);
    CHECK(contains(error_of([&] { parse(forged(twice, 2)); }), "for the second time"));
    CHECK(contains(error_of([&] { parse(forged(twice, 1)); }), "14 bytes after the last item"));
    CHECK(contains(error_of([&] { parse(forged(unknown, 1)); }), "unknown kind 3"));
    CHECK(contains(error_of([&] { parse(forged(nameless, 1)); }), "empty"));
}

TEST_CASE("tensor file: a missing name lists the names that are there") {
    const TensorFile file = small_file();
    CHECK(file.find("weight") == nullptr);
    CHECK(file.find("bias") == &file.items()[3]);
    const std::string missing = error_of([&] { file.tensor("weight"); });
    CHECK(contains(missing, "TensorFile: there is no tensor named 'weight'"));
    CHECK(contains(missing, "the names: layer.weight, epoch, loss, bias, none"));
    CHECK(contains(error_of([&] { file.integer("loss"); }), "of another kind"));
    CHECK(contains(error_of([&] { file.number("layer.weight"); }), "of another kind"));
    CHECK(contains(missing, "tensor_file_test.cpp"));
}

TEST_CASE("tensor file: an integer and a number are tensors of rank 0, and such a tensor is a number") {
    TensorFile file = small_file();
    file.add_integer("three", 3);
    file.add_number("huge", 1e300);
    CHECK(file.tensor("three") == Tensor::scalar(3));
    CHECK(file.number("three") == 3);
    CHECK(file.tensor("loss") == Tensor::scalar(0.1));
    CHECK(file.number("bias") == 0);
    CHECK(file.number("huge") == 1e300);
    const std::string error = error_of([&] { file.tensor("huge"); });
    CHECK(contains(error, "too large for this build") == (sizeof(Real) == 4));
}

TEST_CASE("tensor file: a name is given once, and is not empty") {
    TensorFile file = small_file();
    CHECK(contains(error_of([&] { file.add_number("bias", 1); }), "two items have the same name"));
    CHECK(contains(error_of([&] { file.add_number("", 1); }), "a name is empty"));
    CHECK(serialize(file) == serialize(small_file()));
}

TEST_SUITE_END();
