#include "examples/support/png.hpp"

#include <algorithm>
#include <string_view>

namespace costate::support {

namespace {

using Bytes = std::vector<std::uint8_t>;

void big_endian(Bytes& out, std::uint32_t number) {
    for (const int shift : {24, 16, 8, 0}) out.push_back(static_cast<std::uint8_t>(number >> shift));
}

std::uint32_t crc32(std::span<const std::uint8_t> bytes) {
    std::uint32_t crc = 0xFFFFFFFF;
    for (const std::uint8_t byte : bytes) {
        crc ^= byte;
        for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ (crc & 1 ? 0xEDB88320 : 0);
    }
    return ~crc;
}

std::uint32_t adler32(std::span<const std::uint8_t> bytes) {
    std::uint32_t a = 1, b = 0;
    for (const std::uint8_t byte : bytes) a = (a + byte) % 65521, b = (b + a) % 65521;
    return b << 16 | a;
}

void chunk(Bytes& out, std::string_view name, const Bytes& data) {
    big_endian(out, static_cast<std::uint32_t>(data.size()));
    const std::size_t begin = out.size();
    out.insert(out.end(), name.begin(), name.end());
    out.insert(out.end(), data.begin(), data.end());
    big_endian(out, crc32(std::span(out).subspan(begin)));
}

Bytes stored(const Bytes& data) {
    Bytes out{0x78, 0x01};
    for (std::size_t begin = 0; begin < data.size(); begin += 65535) {
        const std::size_t size = std::min<std::size_t>(65535, data.size() - begin);
        out.push_back(begin + size == data.size());  // the last block
        for (const std::size_t word : {size, ~size})
            for (const int shift : {0, 8}) out.push_back(static_cast<std::uint8_t>(word >> shift));
        const auto from = data.begin() + static_cast<std::ptrdiff_t>(begin);
        out.insert(out.end(), from, from + static_cast<std::ptrdiff_t>(size));
    }
    big_endian(out, adler32(data));
    return out;
}

}  // namespace

Bytes png(std::span<const std::uint8_t> indices, std::uint32_t width, std::uint32_t height,
          std::span<const Color> palette) {
    Bytes header, colors, rows;
    big_endian(header, width);
    big_endian(header, height);
    header.insert(header.end(), {8, 3, 0, 0, 0});  // 8 bits, a palette, nothing special
    for (const Color& color : palette) colors.insert(colors.end(), color.begin(), color.end());
    for (std::size_t row = 0; row < height; ++row) {
        rows.push_back(0);  // not filtered
        const auto pixels = indices.subspan(row * width, width);
        rows.insert(rows.end(), pixels.begin(), pixels.end());
    }
    Bytes out{0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
    chunk(out, "IHDR", header);
    chunk(out, "PLTE", colors);
    chunk(out, "IDAT", stored(rows));
    chunk(out, "IEND", {});
    return out;
}

std::string base64(std::span<const std::uint8_t> bytes) {
    constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
        std::uint32_t group = 0;
        for (std::size_t k = 0; k < 3; ++k) group = group << 8 | (k < count ? bytes[i + k] : 0U);
        for (std::size_t k = 0; k < 4; ++k) out += k <= count ? digits[group >> (18 - 6 * k) & 63] : '=';
    }
    return out;
}

std::string png_data_uri(std::span<const std::uint8_t> indices, std::uint32_t width, std::uint32_t height,
                         std::span<const Color> palette) {
    return "data:image/png;base64," + base64(png(indices, width, height, palette));
}

}  // namespace costate::support
