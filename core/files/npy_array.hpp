// core/files/npy_array.hpp — an array of NumPy's format before its entries are read, for npy.cpp and npz.cpp
// source   core/files/npy.hpp (the format)
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/files/bytes.hpp"  // brings: ByteReader, ByteWriter
#include "core/tensor.hpp"       // brings: Tensor, Shape

namespace costate::inline COSTATE_PRECISION {

void write_npy_header(ByteWriter& out, std::string_view type, const Shape& shape);  // the entries come behind it

// An array whose header has been read, and whose entries have not.
struct NpyArray {
    char kind;  // 'f' reals, 'i' integers, 'u' integers from 0 on, 'b' truths
    int width;  // bytes of an entry
    bool last_byte_first, column_by_column;
    Shape shape;
    ByteReader entries;

    std::uint64_t next_bits();  // of the next entry; a negative integer's are filled up to 64
    Real to_real(std::uint64_t bits) const;
    Tensor tensor();
};
NpyArray open_npy(std::span<const std::uint8_t> bytes, const std::string& origin, Where at);

}  // namespace costate
