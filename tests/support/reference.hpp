// tests/support/reference.hpp — reads tests/reference/*.json
// A reader for the JSON that those files hold: objects, arrays, strings (without escapes), numbers, true, false, null.
// Numbers stay text until asked for, so that none is rounded on the way.
#pragma once
#include <cctype>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace costate::test {

struct Json {
    std::string text;                // of a string, a number, true, false or null
    std::vector<Json> entries;       // of an object or an array
    std::vector<std::string> names;  // of an object's entries

    bool has(const std::string& name) const { return find(name) != nullptr; }
    const Json& operator[](const std::string& name) const {
        if (const Json* entry = find(name)) return *entry;
        throw std::runtime_error("a reference file has no entry " + name);
    }
    const Json& operator[](std::size_t i) const { return entries.at(i); }
    std::size_t size() const { return entries.size(); }
    double number() const { return std::strtod(text.c_str(), nullptr); }
    std::vector<double> numbers() const {
        std::vector<double> all;
        for (const Json& entry : entries) all.push_back(entry.number());
        return all;
    }

private:
    const Json* find(const std::string& name) const {
        for (std::size_t i = 0; i < names.size(); ++i)
            if (names[i] == name) return &entries[i];
        return nullptr;
    }
};

class JsonReader {
public:
    explicit JsonReader(std::string text) : text_(std::move(text)) {}
    Json value() {
        Json json;
        const char open = next();
        if (open == '{' || open == '[') {
            const char close = open == '{' ? '}' : ']';
            ++at_;
            while (next() != close) {
                if (open == '{') {  // "name" :
                    json.names.push_back(string());
                    next();
                    ++at_;
                }
                json.entries.push_back(value());
                if (next() == ',') ++at_;
            }
            ++at_;
        } else if (open == '"') {
            json.text = string();
        } else {
            const std::size_t end = text_.find_first_of(",]} \n", at_);
            json.text = text_.substr(at_, end - at_);
            at_ = end;
        }
        return json;
    }

private:
    char next() {
        while (std::isspace(static_cast<unsigned char>(text_.at(at_)))) ++at_;
        return text_.at(at_);
    }
    std::string string() {
        const std::size_t begin = at_ + 1, end = text_.find('"', begin);
        at_ = end + 1;
        return text_.substr(begin, end - begin);
    }
    std::string text_;
    std::size_t at_ = 0;
};

inline Json reference(const std::string& name) {  // the suite runs in the project's folder
    const std::string path = "tests/reference/" + name + ".json";
    std::ifstream file(path);
    if (!file) throw std::runtime_error(path + " is not there: run the tests in the project's folder");
    std::stringstream text;
    text << file.rdbuf();
    return JsonReader(text.str()).value();
}

// The states to compare a program in double with.
inline const Json& reference_states(const Json& problem) {
    return problem[problem.has("z_f64_inputs") ? "z_f64_inputs" : "z"];
}

}  // namespace costate::test
