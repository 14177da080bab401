#include "core/files/file.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>  // brings: strerror

#if defined(__unix__) || defined(__APPLE__)
#include <sys/stat.h>  // brings: stat
#include <unistd.h>    // brings: fsync, readlink
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

struct Opened {
    std::FILE* file;
    std::string path;
};

// A file that was not there before. Null: errno says why not.
Opened create_beside(const std::string& path) {
    for (int i = 0;; ++i) {
        const std::string name = path + ".tmp" + (i == 0 ? "" : spelled(i));
        std::FILE* file = std::fopen(name.c_str(), "wbx");
        if (file || errno != EEXIST || i == 10'000) return {file, name};
    }
}

bool write_and_close(const Opened& to, std::span<const std::uint8_t> bytes) {
    const bool written = std::fwrite(bytes.data(), 1, bytes.size(), to.file) == bytes.size() && reach_the_disk(to.file);
    const int reason = errno;
    const bool closed = std::fclose(to.file) == 0;  // the last chance of a network disk to say that it is full
    if (!written) errno = reason;
    return written && closed;
}

#if defined(__unix__) || defined(__APPLE__)
// Where a chain of links ends, be there a file or not. Empty: in a circle, and errno says so.
std::string behind_links(std::string path) {
    for (int links = 0; links < 40; ++links) {
        char text[4096];
        const ssize_t length = readlink(path.c_str(), text, sizeof text);
        if (length < 0) return path;
        const std::string to(text, length);
        const std::size_t folder = path.rfind('/');
        path = to.starts_with('/') || folder == path.npos ? to : path.substr(0, folder + 1) + to;
    }
    errno = ELOOP;
    return "";
}
bool is_stream(const std::string& path) {
    struct stat status;
    return stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode);
}
bool is_folder(const std::string& path) {
    struct stat status;
    return stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}
#else
std::string behind_links(std::string path) { return path; }
bool is_stream(const std::string&) { return false; }
bool is_folder(const std::string&) { return false; }
#endif

bool rename_over(const std::string& from, const std::string& to) {
#if defined(_WIN32)
    std::remove(to.c_str());
#endif
    return std::rename(from.c_str(), to.c_str()) == 0;
}

[[noreturn]] void refuse(const std::string& path, int reason, std::size_t bytes, Where at) {
    fail(at, {.what = "replace_file: the file could not be written",
              .got = text("'", path, "': ", std::strerror(reason),
                          (bytes == 0 ? "" : text(", while writing ", bytes, " bytes"))),
              .expected = "a folder that exists and may be written to, with enough room",
              .likely = "an older file of that name, if there was one, is as it was",
              .fix = reason == ENOENT ? "create the folder, or write to one that is there"
                                      : "free some space, or write to another folder"});
}

}  // namespace

bool file_exists(const std::string& path) {
    std::FILE* file = std::fopen(path.c_str(), "rb");
    return file && std::fclose(file) == 0;
}

std::vector<std::uint8_t> read_file(const std::string& path, Where at) {
    std::vector<std::uint8_t> bytes;
    std::FILE* file = std::fopen(path.c_str(), "rb");
    if (!file)
        fail(at, {.what = "read_file: the file cannot be opened",
                  .got = text("'", path, "': ", std::strerror(errno)),
                  .expected = "a file that exists and may be read",
                  .fix = "check the path; a relative one starts at the folder in which the program was started"});
    // In pieces until the end, as a length asked for beforehand may be wrong (pipes, files that grow).
    std::uint8_t piece[1 << 12];
    for (std::size_t n; (n = std::fread(piece, 1, sizeof piece, file)) > 0;)
        bytes.insert(bytes.end(), piece, piece + n);
    const bool failed = std::ferror(file) != 0;
    const int reason = errno;
    std::fclose(file);
    if (failed)
        fail(at, {.what = "read_file: reading failed",
                  .got = text("'", path, "': ", std::strerror(reason), " after ", bytes.size(), " bytes"),
                  .expected = "an ordinary file"});
    return bytes;
}

void replace_file(const std::string& path, std::span<const std::uint8_t> bytes, Where at) {
    const std::string target = behind_links(path);
    if (target.empty()) refuse(path, errno, bytes.size(), at);
    if (is_stream(target)) {
        const Opened stream{std::fopen(target.c_str(), "wb"), target};
        if (stream.file && write_and_close(stream, bytes)) return;
        refuse(target, errno, bytes.size(), at);
    }
    const Opened fresh = create_beside(target);
    if (!fresh.file) refuse(fresh.path, errno, bytes.size(), at);
    const bool written = write_and_close(fresh, bytes);
    if (written && rename_over(fresh.path, target)) return;
    const int reason = errno;
    std::remove(fresh.path.c_str());
    refuse(written ? path : fresh.path, reason, bytes.size(), at);
}

void require_replaceable(const std::string& path, Where at) {
    const std::string target = behind_links(path);
    if (target.empty()) refuse(path, errno, 0, at);
    if (is_stream(target)) return;
    if (is_folder(target)) refuse(path, EISDIR, 0, at);
    const Opened fresh = create_beside(target);
    if (!fresh.file) refuse(fresh.path, errno, 0, at);
    std::fclose(fresh.file);
    std::remove(fresh.path.c_str());
}

}  // namespace costate
