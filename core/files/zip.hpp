// core/files/zip.hpp — several files in one, as they are: a zip archive that compresses nothing
//   for each entry   local header (30 bytes, then the name)   the entry's bytes
//   directory        for each entry: 46 bytes, then the name: its CRC-32, its length, where its local header begins
//   end record       22 bytes: how many entries, how long the directory is, where it begins
// A reader begins at the end: only the directory counts, whatever the local headers say. Every place and length is held
// against the bytes that are there, the lengths of all entries together as well, and each CRC-32 is checked.
// limits   Archives below 4 GiB and 65 535 entries (no zip64), neither compressed nor encrypted, in one part.
// source   PKWARE, APPNOTE.TXT 6.3, §4.3 and §4.4. CRC-32: ISO 3309; the polynomial's bits, lowest first, are 0xEDB88320.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/error.hpp"        // brings: Where
#include "core/files/bytes.hpp"  // brings: ByteWriter

namespace costate::inline COSTATE_PRECISION {

std::uint32_t crc32(std::span<const std::uint8_t> bytes);

class ZipWriter {
public:
    void add(const std::string& name, std::span<const std::uint8_t> bytes, Where at = {});
    std::vector<std::uint8_t> finish();

private:
    ByteWriter archive_, directory_;
    std::uint16_t count_ = 0;
};

struct ZipEntry {
    std::string name;
    std::span<const std::uint8_t> bytes;  // within the archive's
};

bool is_zip(std::span<const std::uint8_t> bytes);  // do they begin as an archive does?
std::vector<ZipEntry> unzip(std::span<const std::uint8_t> archive, const std::string& origin, Where at = {});

}  // namespace costate
