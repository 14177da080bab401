// examples/support/png.hpp — a small image with 256 colours, as text that an SVG may contain
//   png_data_uri(indices, width, height, palette) = "data:image/png;base64,iVBORw0..."      indices: row by row from the top
// One byte a pixel, not compressed ("stored" blocks): a heat map of 80 × 80 is 9 kB, and no part of zlib is needed.
// source   PNG: RFC 2083; zlib's frame and Adler-32: RFC 1950; stored blocks: RFC 1951, §3.2.4; base64: RFC 4648
#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace costate::support {

using Color = std::array<unsigned char, 3>;

std::vector<std::uint8_t> png(std::span<const std::uint8_t> indices, std::uint32_t width, std::uint32_t height,
                              std::span<const Color> palette);
std::string base64(std::span<const std::uint8_t> bytes);
std::string png_data_uri(std::span<const std::uint8_t> indices, std::uint32_t width, std::uint32_t height,
                         std::span<const Color> palette);

}  // namespace costate::support
