// core/files/bytes.hpp — integers and reals as bytes, least significant first: the same on every machine
//   ByteWriter out;   out.integer(std::uint32_t{7});   out.real(0.5);   out.text("name");   out.bytes
//   ByteReader in(bytes, "model.npz", at);   in.integer<std::uint32_t>();   in.real<double>();   in.text(4)
//   struct Header { std::uint32_t version, length;   void fields(auto& stream) { stream.integers(version, length); } };
// `integers` writes what a writer is given and fills what a reader is given: a record lists its fields once, for both.
// A reader goes from the front to the end. It is the one place where a length that a file states is compared with the
// bytes that are there, before anybody asks for memory by it: whatever a file says, never more than its own size.
#pragma once
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "core/error.hpp"  // brings: Where
#include "core/real.hpp"   // brings: Real

namespace costate::inline COSTATE_PRECISION {

template <class Float>
using BitsOf = std::conditional_t<sizeof(Float) == 4, std::uint32_t, std::uint64_t>;

class ByteWriter {
public:
    std::vector<std::uint8_t> bytes;

    template <class Unsigned>
    void integer(Unsigned value) {
        bytes.resize(bytes.size() + sizeof value);
        put(bytes.size() - sizeof value, value);
    }
    template <class Unsigned>
    void put(std::size_t at, Unsigned value) {  // where one stands already
        for (std::size_t i = 0; i < sizeof value; ++i) bytes[at + i] = static_cast<std::uint8_t>(value >> (8 * i));
    }
    void integers(const auto&... values) { (integer(values), ...); }
    template <class Float>
    void reals(std::span<const Float> values) {
        std::size_t at = bytes.size();
        bytes.resize(at + values.size_bytes());
        for (std::size_t i = 0; i < values.size(); ++i, at += sizeof(Float))
            put(at, __builtin_bit_cast(BitsOf<Float>, values[i]));
    }
    void real(double value) { reals(std::span<const double>(&value, 1)); }
    void block(std::span<const std::uint8_t> block);
    void text(std::string_view text);
};

class ByteReader {
public:
    // `origin`, which must outlive the reader, is what errors call the bytes.
    ByteReader(std::span<const std::uint8_t> bytes, const std::string& origin, Where at)
        : rest_(bytes), origin_(&origin), at_(at) {}

    std::span<const std::uint8_t> block(std::uint64_t count) {
        if (count > rest_.size())
            corrupted(costate::text("a length of ", count, " bytes where ", rest_.size(), " are left"));
        const auto front = rest_.first(count);
        rest_ = rest_.subspan(front.size());
        return front;
    }
    template <class Unsigned>
    Unsigned integer() {
        Unsigned value = 0;
        const auto little_endian = block(sizeof value);
        for (std::size_t i = 0; i < sizeof value; ++i)
            value = static_cast<Unsigned>(value | static_cast<Unsigned>(Unsigned{little_endian[i]} << (8 * i)));
        return value;
    }
    template <class... Unsigned>
    void integers(Unsigned&... values) {
        ((values = integer<Unsigned>()), ...);
    }
    template <class Float>
    Float real() {
        return __builtin_bit_cast(Float, integer<BitsOf<Float>>());
    }
    std::string text(std::uint64_t count) {
        const auto letters = block(count);
        return {letters.begin(), letters.end()};
    }
    std::size_t left() const { return rest_.size(); }
    const std::string& origin() const { return *origin_; }
    Where at() const { return at_; }

    // The number as a Real; one that is too large for a build in float is an error, not an infinity.
    template <class Stored>
    Real converted(Stored value) const {
        if constexpr (std::is_floating_point_v<Stored> && sizeof(Stored) > sizeof(Real))
            if (std::isfinite(value) && std::fabs(value) > Stored{std::numeric_limits<Real>::max()}) too_large(value);
        return static_cast<Real>(value);
    }

    [[noreturn]] void corrupted(const std::string& finding) const;
    [[noreturn]] void truncated(std::size_t size, const std::string& expected) const;

private:
    [[noreturn]] void too_large(double value) const;

    std::span<const std::uint8_t> rest_;
    const std::string* origin_;
    Where at_;
};

// What the files of a kind begin with, and the words for a file that begins otherwise. One that is too short is no error yet.
struct Signature {
    std::span<const std::uint8_t> magic;
    const char *kind, *shown, *fix;

    void require(std::span<const std::uint8_t> bytes, const std::string& origin, Where at) const;
};

}  // namespace costate
