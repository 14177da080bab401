// tests/support/temporary_folder.hpp — an empty folder of one's own that is gone at the end of a test
#pragma once
#include <filesystem>
#include <random>  // brings: random_device, so that test runs side by side do not meet
#include <string>

struct TemporaryFolder {
    std::filesystem::path path;
    TemporaryFolder() {
        std::random_device random;
        path =
            std::filesystem::temp_directory_path() / ("costate_" + std::to_string(random()) + std::to_string(random()));
        std::filesystem::create_directory(path);
    }
    ~TemporaryFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path, ignored);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    std::string operator/(const std::string& name) const { return (path / name).string(); }
};
