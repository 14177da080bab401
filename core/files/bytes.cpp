#include "core/files/bytes.hpp"

#include <algorithm>

namespace costate::inline COSTATE_PRECISION {

void ByteWriter::block(std::span<const std::uint8_t> block) { bytes.insert(bytes.end(), block.begin(), block.end()); }

void ByteWriter::text(std::string_view text) { bytes.insert(bytes.end(), text.begin(), text.end()); }

void ByteReader::corrupted(const std::string& finding) const {
    fail(at_, {.what = costate::text("load: '", *origin_, "' is damaged"),
               .got = finding,
               .expected = "the bytes that save wrote",
               .fix = "use a backup, or copy the file again in binary mode"});
}

void ByteReader::truncated(std::size_t size, const std::string& expected) const {
    fail(at_, {.what = costate::text("load: '", *origin_, "' is truncated"),
               .got = costate::text(size, " bytes"),
               .expected = expected,
               .likely = "a copy or a download that stopped half-way",
               .fix = "copy the file again"});
}

void ByteReader::too_large(double value) const {
    fail(at_,
         {.what = costate::text("load: '", *origin_, "' holds a number that is too large for this build"),
          .got = number_text(value),
          .expected = costate::text("at most ", std::numeric_limits<float>::max(), " in absolute value: REAL is float"),
          .fix = "load it in a build with REAL=double"});
}

void Signature::require(std::span<const std::uint8_t> bytes, const std::string& origin, Where at) const {
    for (std::size_t i = 0; i < std::min(bytes.size(), magic.size()); ++i)
        if (bytes[i] != magic[i])
            fail(at, {.what = text("load: '", origin, "' is not ", kind),
                      .got = text("byte ", i, " is ", bytes[i]),
                      .expected = text(magic[i], ": a file begins with ", shown),
                      .fix = fix});
}

}  // namespace costate
