#include "examples/support/idx.hpp"

#include "core/files/file.hpp"  // brings: read_file
#include "core/files/zip.hpp"   // brings: crc32

namespace costate::support {

Idx parse_idx(std::span<const std::uint8_t> bytes, const std::string& origin, Where at) {
    const auto wrong = [&](const std::string& what, const std::string& got, const std::string& expected,
                           const std::string& fix) {
        fail(at, {.what = "'" + origin + "' " + what, .got = got, .expected = expected, .fix = fix});
    };
    const std::string length = std::to_string(bytes.size()) + " bytes";
    if (bytes.size() >= 2 && bytes[0] == 0x1f && bytes[1] == 0x8b)
        wrong("is packed", "a gzip file of " + length, "an idx file", "gunzip it");
    if (bytes.size() < 4 || bytes[0] != 0 || bytes[1] != 0)
        wrong("is no idx file", length + " that begin otherwise", "two bytes 0, the type, the number of axes", "");
    if (bytes[2] != 8)
        wrong("holds another type", "type " + std::to_string(bytes[2]), "type 8, bytes without a sign", "");
    const std::size_t rank = bytes[3], header = 4 + 4 * rank;
    if (rank < 1 || rank > Shape::max_rank || bytes.size() < header)
        wrong("is cut off, or no idx file", length + " for " + std::to_string(rank) + " axes",
              "1 to " + std::to_string(Shape::max_rank) + " axes, 4 bytes for each", "");
    Shape shape;
    for (std::size_t axis = 0; axis < rank; ++axis) {
        std::uint32_t extent = 0;
        for (std::size_t i = 0; i < 4; ++i) extent = extent << 8 | bytes[4 + 4 * axis + i];
        if (!shape.can_append(extent))
            wrong("is no idx file", "an axis of " + std::to_string(extent), "as many entries as can be counted", "");
        shape.append(static_cast<Index>(extent));
    }
    if (bytes.size() - header != static_cast<std::size_t>(shape.size()))
        wrong(bytes.size() - header < static_cast<std::size_t>(shape.size()) ? "is cut off" : "is too long", length,
              std::to_string(header) + " and " + std::to_string(shape.size()) + " for " + to_text(shape),
              "load it once more");
    Tensor values(shape);
    for (Index i = 0; i < values.size(); ++i)
        values[i] = static_cast<Real>(bytes[header + static_cast<std::size_t>(i)]);
    return {std::move(values), crc32(bytes)};
}

Idx read_idx(const std::string& path, Where at) { return parse_idx(read_file(path, at), path, at); }

}  // namespace costate::support
