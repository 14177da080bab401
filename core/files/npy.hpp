// core/files/npy.hpp — one tensor in a file of NumPy's: numpy.load reads what save_npy writes, load_npy what numpy.save writes
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
#include <vector>

#include "core/tensor.hpp"  // brings: Tensor, View

namespace costate::inline COSTATE_PRECISION {

void save_npy(const std::string& path, View tensor, Where at = {});
Tensor load_npy(const std::string& path, Where at = {});

// The same on memory. `origin` is what error messages call the bytes.
std::vector<std::uint8_t> serialize_npy(View tensor);
Tensor parse_npy(std::span<const std::uint8_t> bytes, const std::string& origin = "memory", Where at = {});

}  // namespace costate
