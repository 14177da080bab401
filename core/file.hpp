// core/file.hpp — whole files of bytes, written so that a failure never costs the file that was there before
//   replace_file   write "<path>.tmp" beside the target, flush it to the disk, close it, rename it over the target
// why      A program that dies (or a disk that fills up) half-way through fwrite leaves half a file. A rename within
//          one folder is all or nothing: whoever opens `path` finds the complete old file or the complete new one.
// limits   One writer at a time for one path. Windows does not rename over an existing file, so there the old one is
//          removed just before; a crash in between leaves the complete new file under its ".tmp" name.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/error.hpp"  // brings: Where

namespace costate {

std::vector<std::uint8_t> read_file(const std::string& path, Where at = {});
void replace_file(const std::string& path, std::span<const std::uint8_t> bytes, Where at = {});

}  // namespace costate
