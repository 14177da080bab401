// examples/support/idx.hpp — the files in which MNIST comes: arrays of bytes behind a short header
//   bytes 0, 0     type (8: bytes without a sign)     rank r     r extents, 4 bytes each, most significant first     entries
//   const Idx images = read_idx("train-images-idx3-ubyte");    images.values [60000,28,28], 0 ... 255; images.crc32
// Anything else (a packed file, another type, fewer or more bytes than the extents say) is an error that says what it is.
// The checksum is of the whole file: two tables that quote the same one were made from the same data.
// source   LeCun, Cortes & Burges, "The MNIST database", section "File formats". CRC-32: ISO 3309, as in zip and PNG.
#pragma once
#include <cstdint>
#include <span>
#include <string>

#include "core/error.hpp"   // brings: Where
#include "core/tensor.hpp"  // brings: Tensor

namespace costate::support {

struct Idx {
    Tensor values;
    std::uint32_t crc32;
};

Idx read_idx(const std::string& path, Where at = {});
Idx parse_idx(std::span<const std::uint8_t> bytes, const std::string& origin, Where at = {});

}  // namespace costate::support
