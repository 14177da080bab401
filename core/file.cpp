#include "core/file.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>  // brings: strerror

#if defined(__unix__) || defined(__APPLE__)
#include <unistd.h>  // brings: fsync
#endif

namespace costate {

namespace {

bool reach_the_disk(std::FILE* file) {
    if (std::fflush(file) != 0) return false;
#if defined(__unix__) || defined(__APPLE__)
    // Without it a power cut soon after the rename may show the new name with no contents. Pipes refuse it: EINVAL.
    if (fsync(fileno(file)) != 0 && errno != EINVAL) return false;
#endif
    return true;
}

bool write_all(const std::string& path, std::span<const std::uint8_t> bytes) {
    std::FILE* file = std::fopen(path.c_str(), "wb");
    if (!file) return false;
    const bool written = std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size() && reach_the_disk(file);
    int reason = errno;
    const bool closed = std::fclose(file) == 0;  // the last chance of a network disk to say that it is full
    if (written && closed) return true;
    if (written) reason = errno;
    std::remove(path.c_str());
    errno = reason;
    return false;
}

bool rename_over(const std::string& from, const std::string& to) {
#if defined(_WIN32)
    std::remove(to.c_str());
#endif
    return std::rename(from.c_str(), to.c_str()) == 0;
}

}  // namespace

std::vector<std::uint8_t> read_file(const std::string& path, Where at) {
    std::vector<std::uint8_t> bytes;
    std::FILE* file = std::fopen(path.c_str(), "rb");
    if (!file)
        fail({.what = "read_file: the file cannot be opened",
              .got = "'" + path + "': " + std::strerror(errno),
              .expected = "a file that exists and may be read",
              .fix = "check the path; a relative one starts at the folder in which the program was started"},
             at);
    // In pieces until the end, as a length asked for beforehand may be wrong (pipes, files that grow).
    std::uint8_t piece[1 << 12];
    for (std::size_t n; (n = std::fread(piece, 1, sizeof piece, file)) > 0;)
        bytes.insert(bytes.end(), piece, piece + n);
    const bool failed = std::ferror(file) != 0;
    const int reason = errno;
    std::fclose(file);
    if (failed)
        fail({.what = "read_file: reading failed",
              .got = "'" + path + "': " + std::strerror(reason) + " after " + std::to_string(bytes.size()) + " bytes",
              .expected = "an ordinary file"},
             at);
    return bytes;
}

void replace_file(const std::string& path, std::span<const std::uint8_t> bytes, Where at) {
    const std::string temporary = path + ".tmp";
    const bool written = write_all(temporary, bytes);
    if (written && rename_over(temporary, path)) return;
    const std::string reason = std::strerror(errno);
    if (written) std::remove(temporary.c_str());
    fail({.what = "replace_file: the file could not be written",
          .got = "'" + (written ? path : temporary) + "': " + reason + ", while writing " +
                 std::to_string(bytes.size()) + " bytes",
          .expected = "a folder that exists and may be written to, with enough room",
          .likely = "an older '" + path + "', if there was one, is as it was",
          .fix = "free some space, or write to another folder"},
         at);
}

}  // namespace costate
