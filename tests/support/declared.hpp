// tests/support/declared.hpp — the classes and structs of a folder's headers that are made from one of these bases
// Those whose line begins with the word, and names the base: as clang-format leaves all that have a short name.
#pragma once
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "tests/support/error_of.hpp"  // brings: contains

namespace costate::test {

inline std::vector<std::string> classes_made_from(const std::vector<std::string>& bases, const std::string& folder) {
    std::vector<std::string> found;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        if (entry.path().extension() != ".hpp") continue;
        std::ifstream file(entry.path());
        for (std::string line; std::getline(file, line);) {
            std::istringstream words(line);
            std::string first, name;
            words >> first >> name;
            const std::size_t from = line.find(" : ");
            if ((first != "class" && first != "struct") || from == line.npos) continue;
            const auto is_base = [&](const std::string& base) { return contains(line.substr(from), base); };
            if (std::any_of(bases.begin(), bases.end(), is_base)) found.push_back(name);
        }
    }
    return found;
}

}  // namespace costate::test
