// tests/support/declared.hpp — is every class that a folder's headers make from a base in the list of cases?
// Classes and structs whose line begins with the word, and names the base: as clang-format leaves all that have a short name.
#pragma once
#include <doctest/doctest.h>
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

// Of `base` itself, or of a class in the list.
template <class Cases>
void check_listed(const Cases& cases, const std::string& base, const std::string& folder) {
    std::vector<std::string> kinds;
    for (const auto& c : cases) kinds.push_back(c.kind);
    std::vector<std::string> bases = kinds;
    bases.push_back(base);
    const std::vector<std::string> made = classes_made_from(bases, folder);
    CHECK_FALSE(made.empty());
    for (const std::string& name : made)
        CHECK_MESSAGE(std::find(kinds.begin(), kinds.end(), name) != kinds.end(), name);
}

}  // namespace costate::test
