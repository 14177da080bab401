// tests/support/markup.hpp — is a text XML, as far as our own pictures and pages go?
#pragma once
#include <string>
#include <vector>

#include "tests/support/error_of.hpp"  // brings: contains

namespace costate::test {

inline std::size_t count(const std::string& text, const std::string& part) {
    std::size_t n = 0;
    for (std::size_t i = text.find(part); i != text.npos; i = text.find(part, i + 1)) ++n;
    return n;
}

// Elements nest, attributes are quoted, and no stray '<', '&' or control character stands anywhere.
inline bool well_formed(const std::string& xml) {
    std::vector<std::string> open;
    for (std::size_t i = 0; i < xml.size();) {
        if (xml[i] == '&') {
            const std::string entity = xml.substr(i, xml.find(';', i) - i);
            if (entity != "&amp" && entity != "&lt" && entity != "&gt" && entity != "&apos" && entity != "&quot")
                return false;
        }
        if (xml[i] != '<') {
            if (xml[i] != '\n' && static_cast<unsigned char>(xml[i]) < ' ') return false;
            ++i;
            continue;
        }
        const std::size_t end = xml.find('>', i);
        if (end == xml.npos) return false;
        const std::string tag = xml.substr(i + 1, end - i - 1), name = tag.substr(0, tag.find_first_of(" /", 1));
        if (contains(tag, "<") || count(tag, "'") % 2 != 0) return false;
        if (tag.front() == '/') {
            if (open.empty() || "/" + open.back() != tag) return false;
            open.pop_back();
        } else if (tag.back() != '/') {
            open.push_back(name);
        }
        i = end + 1;
    }
    return open.empty();
}

}  // namespace costate::test
