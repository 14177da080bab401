// tests/core/file_test.cpp — a tensor file on disk: whole or not at all
#include "core/files/file.hpp"

#include <doctest/doctest.h>
#include <filesystem>
#include <string>

#include "core/files/tensor_file.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/temporary_folder.hpp"

#if defined(__unix__) || defined(__APPLE__)
#include <sys/resource.h>
#include <csignal>
#endif

using namespace costate;
using test::contains;
using test::error_of;

namespace {

TensorFile small_file() {
    TensorFile file;
    file.add("weight", Tensor({2, 2}, {1, 2, 3, 4}));
    return file;
}

}  // namespace

TEST_SUITE_BEGIN("core");

TEST_CASE("file: load returns what save was given, and leaves no temporary file") {
    const TemporaryFolder folder;
    const std::string target = folder / "round_trip";
    save(target, small_file());
    CHECK(serialize(load(target)) == serialize(small_file()));
    CHECK_FALSE(std::filesystem::exists(target + ".tmp"));
}

TEST_CASE("file: save replaces an older, longer file") {
    const TemporaryFolder folder;
    const std::string target = folder / "replace";
    save(target, small_file());
    save(target, TensorFile{});
    CHECK(load(target).items().empty());
}

TEST_CASE("file: a missing file is an error that names it") {
    const std::string error = error_of([] { load("no/such/model.bin"); });
    CHECK(contains(error, "'no/such/model.bin': "));
    CHECK(contains(error, "file_test.cpp"));
}

TEST_CASE("file: a folder is not a file") {
    CHECK(contains(error_of([] { load("/"); }), "'/'"));
}

TEST_CASE("file: saving into a folder that does not exist is an error that names the path") {
    const std::string error = error_of([] { save("no/such/folder/model.bin", small_file()); });
    CHECK(contains(error, "replace_file: the file could not be written"));
    CHECK(contains(error, "no/such/folder/model.bin"));
}

#if defined(__unix__) || defined(__APPLE__)
TEST_CASE("file: a full disk is an error, keeps the older file and leaves no temporary one") {
    const TemporaryFolder folder;
    const std::string target = folder / "full_disk";
    save(target, small_file());
    TensorFile large;
    large.add("w", Tensor(Shape{100000}, 1));
    // Files may not grow beyond 64 kB: write fails as it does on a full disk. No test output while the limit holds.
    rlimit unlimited{};
    getrlimit(RLIMIT_FSIZE, &unlimited);
    rlimit limited = unlimited;
    limited.rlim_cur = 1 << 16;
    const auto previous = std::signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &limited);
    const std::string error = error_of([&] { save(target, large); });
    setrlimit(RLIMIT_FSIZE, &unlimited);
    std::signal(SIGXFSZ, previous);
    CHECK(contains(error, "could not be written"));
    CHECK(contains(error, "is as it was"));
    CHECK(serialize(load(target)) == serialize(small_file()));
    CHECK_FALSE(std::filesystem::exists(target + ".tmp"));
    save(target, large);  // and with room again it works
    CHECK(load(target).tensor("w") == large.tensor("w"));
}
#endif

#if defined(__unix__) || defined(__APPLE__)
TEST_CASE("file: a link stays a link, and what it points to is replaced, near or far, there or not") {
    namespace fs = std::filesystem;
    const TemporaryFolder folder;
    fs::create_directory(folder.path / "elsewhere");
    const std::string file = folder / "elsewhere/model", near = folder / "near", far = folder / "far",
                      chain = folder / "chain";
    fs::create_symlink("elsewhere/model", near);
    fs::create_symlink(file, far);
    fs::create_symlink("near", chain);
    std::uint64_t n = 0;
    for (const std::string& link : {near, far, chain}) {
        for (int time = 0; time < 2; ++time) {  // first the file is not there yet
            TensorFile content;
            content.add_integer("n", ++n);
            require_replaceable(link);
            save(link, content);
            CHECK(fs::is_symlink(link));
            CHECK(fs::is_regular_file(fs::symlink_status(file)));
            CHECK(load(file).integer("n") == n);
            CHECK(load(link).integer("n") == n);
        }
        fs::remove(file);
    }
    fs::create_symlink("circle", folder.path / "circle");
    CHECK(contains(error_of([&] { save(folder / "circle", small_file()); }), "symbolic links"));
    CHECK(contains(error_of([&] { require_replaceable(folder / "circle"); }), "symbolic links"));
}

TEST_CASE("file: what is no ordinary file is written to, and stays what it is") {
    save("/dev/null", small_file());
    require_replaceable("/dev/null");
    CHECK(std::filesystem::is_character_file("/dev/null"));
}
#endif

TEST_CASE("file: somebody's .tmp files are not touched") {
    const TemporaryFolder folder;
    const std::string target = folder / "model";
    const std::string text = "mine";
    const std::vector<std::uint8_t> mine(text.begin(), text.end());
    for (const char* name : {"model.tmp", "model.tmp1", "model.tmp2"}) replace_file(folder / name, mine);
    save(target, small_file());
    require_replaceable(target);
    save(target, TensorFile{});
    CHECK(contains(error_of([&] { save(folder / "no/model", small_file()); }), "could not be written"));
    for (const char* name : {"model.tmp", "model.tmp1", "model.tmp2"}) CHECK(read_file(folder / name) == mine);
    CHECK(load(target).items().empty());
    CHECK(std::distance(std::filesystem::directory_iterator(folder.path), {}) == 4);
}

TEST_CASE("file: whether a file could be written is asked without a trace") {
    const TemporaryFolder folder;
    const std::string target = folder / "model";
    require_replaceable(target);
    CHECK(std::filesystem::is_empty(folder.path));
    save(target, small_file());
    require_replaceable(target);
    CHECK(serialize(load(target)) == serialize(small_file()));
    const std::string error = error_of([] { require_replaceable("no/such/folder/model.bin"); });
    CHECK(contains(error, "no/such/folder/model.bin"));
    CHECK(contains(error, "file_test.cpp:"));
    CHECK(contains(error_of([&] { require_replaceable(folder.path.string()); }), "Is a directory"));
}

TEST_CASE("file: a target that cannot be replaced leaves no temporary file") {
    const TemporaryFolder folder;
    const std::string target = folder / "folder";
    std::filesystem::create_directories(std::filesystem::path(target) / "occupied");
    CHECK(contains(error_of([&] { save(target, small_file()); }), "could not be written"));
    CHECK_FALSE(std::filesystem::exists(target + ".tmp"));
}

TEST_SUITE_END();
