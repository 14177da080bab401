#include "core/files/zip.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

namespace costate::inline COSTATE_PRECISION {

namespace {

constexpr std::uint32_t local_mark = 0x04034B50, directory_mark = 0x02014B50, end_mark = 0x06054B50;  // "PK" and a kind
constexpr std::size_t local_size = 30, entry_size = 46, end_size = 22;
constexpr std::uint16_t zip_version = 20, flag_utf8 = 1 << 11, flag_encrypted = 1 << 0, method_stored = 0;
constexpr std::uint32_t first_of_january_1980 = 0x00210000;  // the date that NumPy gives, too: equal data, equal bytes
constexpr std::uint32_t max_32 = std::numeric_limits<std::uint32_t>::max();
constexpr std::uint16_t max_16 = std::numeric_limits<std::uint16_t>::max();

constexpr std::array<std::uint32_t, 256> crc_of_byte = [] {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
        table[byte] = byte;
        for (int bit = 0; bit < 8; ++bit) table[byte] = (table[byte] >> 1) ^ ((table[byte] & 1) != 0 ? 0xEDB88320 : 0);
    }
    return table;
}();

// The records of an archive behind their marks: `fields` names what stands there once, for a writer and for a reader.
struct Facts {  // what the local header and the directory say alike of an entry
    std::uint16_t version = zip_version, flags = 0, method = method_stored;
    std::uint32_t date = first_of_january_1980, crc = 0, packed = 0, length = 0;
    std::uint16_t name = 0, extra = 0;

    void fields(auto& stream) { stream.integers(version, flags, method, date, crc, packed, length, name, extra); }
};
struct DirectoryEntry {
    std::uint16_t made_by = zip_version;
    Facts facts;
    std::uint16_t comment = 0, disk = 0, kind_of_text = 0;
    std::uint32_t rights = 0, begin = 0;  // of access; of the local header

    void fields(auto& stream) {
        stream.integers(made_by);
        facts.fields(stream);
        stream.integers(comment, disk, kind_of_text, rights, begin);
    }
};
struct EndRecord {
    std::uint32_t disks = 0;              // this one's number, and that on which the directory begins
    std::uint16_t here = 0, count = 0;    // entries
    std::uint32_t length = 0, begin = 0;  // of the directory
    std::uint16_t comment = 0;

    void fields(auto& stream) { stream.integers(disks, here, count, length, begin, comment); }
};

[[noreturn]] void too_large(const std::string& what, Where at) {
    fail(at, {.what = text("zip: ", what, " is too large"),
              .got = "4 GiB or more, or 65 535 names or more",
              .expected = "less than that: its tables count in 32 and 16 bits",
              .fix = "save in several files, or in costate's own format (any ending but .npz)"});
}

// The end record stands at the very end, or before a comment whose length it states.
EndRecord find_end(std::span<const std::uint8_t> archive, const std::string& origin, Where at) {
    const ByteReader whole(archive, origin, at);
    if (archive.size() < end_size) whole.truncated(archive.size(), "at least 22 bytes");
    const std::size_t furthest = std::min<std::size_t>(archive.size() - end_size, max_16);
    for (std::size_t comment = 0; comment <= furthest; ++comment) {
        ByteReader in(archive.last(end_size + comment), origin, at);
        if (in.integer<std::uint32_t>() != end_mark) continue;
        EndRecord end;
        end.fields(in);
        if (end.comment != comment) continue;
        if (end.count == max_16 || end.length == max_32 || end.begin == max_32) too_large("'" + origin + "'", at);
        if (end.disks != 0 || end.here != end.count) whole.corrupted("one part of an archive in several parts");
        if (std::uint64_t{end.begin} + end.length > archive.size() - end_size - comment)
            whole.corrupted(
                text("a directory of ", end.length, " bytes from byte ", end.begin, " on, of ", archive.size()));
        return end;
    }
    whole.truncated(archive.size(), "an archive to its end, where its table of contents stands");
}

void require_stored(const ZipEntry& entry, const Facts& facts, const std::string& origin, Where at) {
    if ((facts.flags & flag_encrypted) == 0 && facts.method == method_stored) return;
    fail(at,
         {.what = text("load: '", origin, "' is ", ((facts.flags & flag_encrypted) != 0 ? "encrypted" : "compressed")),
          .got = text("'", entry.name, "' by method ", facts.method),
          .expected = "entries that are stored as they are",
          .likely = facts.method == 8 ? "it was written by numpy.savez_compressed" : "",
          .fix = "numpy.savez(path, **numpy.load(old_path))"});
}

}  // namespace

std::uint32_t crc32(std::span<const std::uint8_t> bytes) {
    std::uint32_t crc = max_32;
    for (const std::uint8_t byte : bytes) crc = (crc >> 8) ^ crc_of_byte[(crc ^ byte) & 0xFF];
    return ~crc;
}

void ZipWriter::add(const std::string& name, std::span<const std::uint8_t> bytes, Where at) {
    const std::uint64_t length = bytes.size(), begin = archive_.bytes.size();
    const std::uint64_t tables = local_size + directory_.bytes.size() + entry_size + 2 * name.size() + end_size;
    if (name.size() >= max_16 || count_ == max_16 - 1 || begin + length + tables >= max_32)
        too_large("the archive, with '" + name + "',", at);
    const bool ascii =
        std::all_of(name.begin(), name.end(), [](char c) { return static_cast<unsigned char>(c) < 128; });
    DirectoryEntry entry;
    entry.facts.flags = ascii ? std::uint16_t{0} : flag_utf8;
    entry.facts.crc = crc32(bytes);
    entry.facts.packed = entry.facts.length = static_cast<std::uint32_t>(length);
    entry.facts.name = static_cast<std::uint16_t>(name.size());
    entry.begin = static_cast<std::uint32_t>(begin);
    archive_.integer(local_mark);
    entry.facts.fields(archive_);
    archive_.text(name);
    archive_.block(bytes);

    directory_.integer(directory_mark);
    entry.fields(directory_);
    directory_.text(name);
    ++count_;
}

std::vector<std::uint8_t> ZipWriter::finish() {
    EndRecord end{.here = count_,
                  .count = count_,
                  .length = static_cast<std::uint32_t>(directory_.bytes.size()),
                  .begin = static_cast<std::uint32_t>(archive_.bytes.size())};
    archive_.block(directory_.bytes);
    archive_.integer(end_mark);
    end.fields(archive_);
    return std::exchange(*this, {}).archive_.bytes;
}

bool is_zip(std::span<const std::uint8_t> bytes) { return bytes.size() >= 2 && bytes[0] == 'P' && bytes[1] == 'K'; }

std::vector<ZipEntry> unzip(std::span<const std::uint8_t> archive, const std::string& origin, Where at) {
    const EndRecord end = find_end(archive, origin, at);
    const auto from = [&](std::uint64_t begin) {
        return archive.subspan(std::min<std::uint64_t>(begin, archive.size()));
    };
    ByteReader in(from(end.begin).first(end.length), origin, at);
    std::vector<ZipEntry> entries;
    std::uint64_t total = 0;
    for (std::uint64_t i = 0; i < end.count; ++i) {
        if (in.integer<std::uint32_t>() != directory_mark) in.corrupted("no entry where the directory should go on");
        DirectoryEntry listed;
        listed.fields(in);
        const Facts& facts = listed.facts;
        ZipEntry entry{in.text(facts.name), {}};
        in.block(std::uint64_t{facts.extra} + listed.comment);
        require_stored(entry, facts, origin, at);
        if (facts.packed == max_32 || listed.begin == max_32) too_large("'" + origin + "'", at);

        ByteReader local(from(listed.begin), origin, at);
        if (local.integer<std::uint32_t>() != local_mark)
            local.corrupted(text("'", entry.name, "' is not where it should be"));
        Facts again;  // lengths may stand behind the entry here; those of name and extra count
        again.fields(local);
        local.block(std::uint64_t{again.name} + again.extra);
        entry.bytes = local.block(facts.packed);
        total += facts.packed;
        if (facts.packed != facts.length || total > archive.size())
            in.corrupted(text("'", entry.name, "' has a wrong length"));
        if (crc32(entry.bytes) != facts.crc)
            in.corrupted(text("the checksum does not fit the contents of '", entry.name, "'"));
        entries.push_back(std::move(entry));
    }
    return entries;
}

}  // namespace costate
