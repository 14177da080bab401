// tests/support/declared.hpp — is every class that a folder's headers make from a base in the list of cases?
#pragma once
#include <doctest/doctest.h>
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

namespace costate::test {

// In a header's text: a head may stand on several lines, class Adam final :\n public Optimizer {
inline std::vector<std::string> classes_in(const std::string& header, const std::vector<std::string>& bases) {
    static const std::regex comment("//[^\n]*"),
        head(R"(\b(?:class|struct)\s+(\w+)(?:\s+final)?\s*:\s*([^:{;][^{;]*)\{)");
    const std::string code = std::regex_replace(header, comment, "");
    std::vector<std::string> found;
    for (std::sregex_iterator at(code.begin(), code.end(), head), end; at != end; ++at) {
        const std::string made_from = at->str(2);
        const auto is_base = [&](const std::string& base) {
            return std::regex_search(made_from, std::regex("\\b" + base + "\\b"));
        };
        if (std::any_of(bases.begin(), bases.end(), is_base)) found.push_back(at->str(1));
    }
    return found;
}

inline std::vector<std::string> classes_made_from(const std::vector<std::string>& bases, const std::string& folder) {
    std::vector<std::string> found;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        if (entry.path().extension() != ".hpp") continue;
        std::ostringstream header;
        header << std::ifstream(entry.path()).rdbuf();
        for (const std::string& name : classes_in(header.str(), bases)) found.push_back(name);
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
    for (const std::string& name : made) {
        const bool is_listed = std::find(kinds.begin(), kinds.end(), name) != kinds.end();
        CHECK_MESSAGE(is_listed, name, " has no row in the list of cases");
    }
}

}  // namespace costate::test
