// core/npy.hpp — one tensor in a file of NumPy's: numpy.load reads what save_npy writes, load_npy what numpy.save writes
//   save_npy("trajectory.npy", z);        Tensor z = load_npy("trajectory.npy");
//   0x93 "NUMPY"   u8 version, u8 0   u16 (version 1) or u32 (2, 3): length of the header   the header   the entries
//   header         {'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }    a line of Python, filled up by spaces
//   descr          <, > or | (least significant byte first, last, or only one), then the kind and the bytes of an entry
// Written: version 1.0, '<f8' or '<f4' as Real is, row by row. Read: versions 1 to 3, f4, f8, all integers and truths (as
// numbers, rounded to Real where they are wider), either order of bytes, row by row or column by column.
// errors   A foreign, short, damaged or pickled file, and entries that are no numbers, each say so. Nothing is executed.
// source   NEP 1, and numpy.lib.format.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/bytes.hpp"   // brings: ByteReader, ByteWriter
#include "core/tensor.hpp"  // brings: Tensor, View

namespace costate {
inline namespace COSTATE_PRECISION {

void save_npy(const std::string& path, View tensor, Where at = {});
Tensor load_npy(const std::string& path, Where at = {});

// The same on memory. `origin` is what error messages call the bytes.
std::vector<std::uint8_t> serialize_npy(View tensor);
Tensor parse_npy(std::span<const std::uint8_t> bytes, const std::string& origin = "memory", Where at = {});

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

}  // namespace COSTATE_PRECISION
}  // namespace costate
