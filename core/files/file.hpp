// core/files/file.hpp — whole files of bytes, written so that a failure never costs the file that was there before
//   replace_file   write a new file beside the target, flush it to the disk, close it, rename it over the target
// The new file is "<path>.tmp", or "<path>.tmp1", ... where such a file is there already: nobody's is written over. A link
// stays a link: its target is replaced. What is no ordinary file (a pipe, a device) is written to as it is.
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

bool file_exists(const std::string& path);  // and may be read
std::vector<std::uint8_t> read_file(const std::string& path, Where at = {});
void replace_file(const std::string& path, std::span<const std::uint8_t> bytes, Where at = {});
void require_replaceable(const std::string& path,
                         Where at = {});  // before the work whose result replace_file shall keep

}  // namespace costate
