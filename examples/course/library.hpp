// examples/course/library.hpp — what the library's own files say: C++ as HTML, who cites an equation, a file's head
#pragma once
#include <algorithm>
#include <map>

#include "examples/course/course.hpp"  // brings: read_text, Words

namespace costate::course {

using support::Citation, support::escaped_html;

// Comments, strings, keywords, figures: <i class="c">, "s", "k", "n". Equations that a comment cites become links.
inline std::string highlighted(const Piece& code, support::Words& words) {
    static const std::regex tokens(
        "(//[^\n]*|/\\*[^*]*\\*/"
        ")|(\"(?:\\\\.|[^\"\\\\\n])*\"|'(?:\\\\.|[^'\\\\\n])')|(#\\w+|\\b(?:auto|bool|break|case|"
        "char|class|const|constexpr|continue|default|double|else|enum|false|float|for|if|inline|int|namespace|noexcept|"
        "nullptr|operator|private|public|return|static|struct|switch|template|this|throw|true|try|catch|typename|"
        "unsigned|using|virtual|void|while)\\b)|(\\b[0-9][\\w.']*)|\\w+");
    std::string out;
    std::size_t done = 0;
    for (std::sregex_iterator match(code.text.begin(), code.text.end(), tokens), end; match != end; ++match) {
        std::string text = match->str(), kind;
        for (std::size_t i = 1; i <= 4; ++i)
            if ((*match)[i].matched) kind = "csknn"[i - 1];
        const auto at = std::size_t(match->position());
        out += escaped_html(code.text.substr(done, at - done)) + (kind.empty() ? "" : "<i class=\"" + kind + "\">");
        done = at + text.size();
        std::size_t cut = 0;
        if (kind == "c")
            for (const Citation& cited : support::citations(text, words)) {
                out += escaped_html(text.substr(cut, cited.begin - cut)) + words.equation(cited, code.line);
                cut = cited.end;
            }
        out += escaped_html(text.substr(cut)) + (kind.empty() ? "" : "</i>");
    }
    return out + escaped_html(code.text.substr(done));
}

struct Line {
    std::string file, text;
    int number = 0;
};

// The lines of code that cite an equation, each list in the order of the files: "adjoint-3" -> lines.
inline std::map<std::string, std::vector<Line>> citing_lines(const support::Words& words) {
    std::map<std::string, std::vector<Line>> citing;
    for (const char* folder : {"core", "autodiff", "nn", "optim", "ode"}) {
        std::vector<std::string> files;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
            if (entry.path().extension() == ".hpp" || entry.path().extension() == ".cpp")
                files.push_back(entry.path().string());
        std::sort(files.begin(), files.end());
        for (const std::string& path : files) {
            std::istringstream lines(read_text(path));
            std::string line;
            for (int number = 1; std::getline(lines, line); ++number) {
                const std::size_t comment = line.find("//");
                if (comment == std::string::npos || line.find('(', comment) == std::string::npos) continue;
                for (const Citation& cited : support::citations(line.substr(comment), words))
                    if (!cited.chapter.empty())
                        citing[equation_id(cited.chapter, cited.number)].push_back(
                            {path, line.substr(line.find_first_not_of(' ')), number});
            }
        }
    }
    return citing;
}

// The library's files that a map names, in its order.
inline std::vector<std::string> files_in(const Block& map) {
    static const std::regex file("`((core|autodiff|nn|optim|ode)/[^`]*\\.[ch]pp)`");
    std::vector<std::string> files;
    for (const Piece& cell : map.pieces)
        for (std::sregex_iterator found(cell.text.begin(), cell.text.end(), file), end; found != end; ++found)
            files.push_back((*found)[1]);
    return files;
}

// The comment at the head of a file.
inline std::string head_of(const std::string& path) {
    std::istringstream lines(read_text(path));
    std::string head;
    for (std::string line; std::getline(lines, line) && line.starts_with("//");)
        head += line.substr(std::min<std::size_t>(3, line.size())) + "\n";
    return head;
}

// All of them, folded; `root` is the way from the page to the project.
inline std::string heads(const std::vector<std::string>& files, const std::string& root) {
    std::string out;
    for (const std::string& path : files)
        out += element("h5", anchor(root + path, path)) + element("pre class=\"head\"", escaped_html(head_of(path)));
    return folded("files", "What these " + std::to_string(files.size()) + " files say of themselves", out);
}

}  // namespace costate::course
