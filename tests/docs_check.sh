#!/bin/sh
# tests/docs_check.sh — do the READMEs still say what the files say?          make docs-check
#   ```cpp, ```c  after <!-- from: examples/chapters/core.cpp -->           a piece of that file, word for word (indent apart);
#             after <!-- from: examples/chapters/core.cpp#name -->      all that stands between // [name] and // [/name]
#   ```text   after <!-- output of: examples/chapters/core.cpp -->      a piece of what that program prints
#   links, and paths in backticks such as `core/kernels/gemm.cpp`, must exist; a chapter has at most 150 lines.
#   no text holds the marks of a merge that was left half way.
# Blocks of another kind (```sh, no language) are free. Markers are left out of what is shown.
set -eu
build=${1:?usage: tests/docs_check.sh build-folder}
missing=0 present=
for file in README.md CONTRIBUTING.md examples/USE.md examples/chip/README.md core/README.md autodiff/README.md nn/README.md optim/README.md ode/README.md \
            $(find core autodiff nn optim ode -name '*.md' ! -name README.md | LC_ALL=C sort); do
    if [ -f "$file" ]; then present="$present $file"; else echo "$file:1: this chapter is missing"; missing=$((missing + 1)); fi
done
if grep -nE '^(<<<<<<<|>>>>>>>) ' /dev/null ./*.md core/*.md autodiff/*.md nn/*.md optim/*.md ode/*.md examples/*.md examples/*/*.md; then
    echo "a merge was left half way there"
    missing=$((missing + 1))
fi

# shellcheck disable=SC2086  # the list is meant to split
LC_ALL=C awk -v build="$build" -v missing="$missing" '
function complain(line, text) { printf "%s:%d: %s\n", FILENAME, line, text; failures++ }
function exists(path) { return system("test -e \"" path "\"") == 0 }
function trimmed(s) { sub(/[ \t\r]+$/, "", s); return s }
function indent(s) { match(s, /^ */); return RLENGTH }

# lines[1..n]: the text of a source file (a section of it, without markers) or what a program prints
function read_source(path, section,    line, inside, n) {
    inside = section == ""
    while ((getline line < path) > 0) {
        if (index(line, "// [" section "]") && section != "") { inside = 1; continue }
        if (index(line, "// [/" section "]") && section != "") inside = 0
        if (inside && line !~ /^ *\/\/ \[\/?[a-z0-9_-]+\]$/) lines[++n] = trimmed(line)
    }
    close(path)
    return n + 0
}
function read_output(program,    line, n, log_file) {
    log_file = program ".out"
    if (!(program in ran)) ran[program] = system("\"" program "\" > \"" log_file "\" 2>&1")
    if (ran[program] != 0) { complain(opened, program " fails: see " log_file); return -1 }
    while ((getline line < log_file) > 0) lines[++n] = trimmed(line)
    close(log_file)
    return n + 0
}
# The longest run of block[1..size] that the lines show somewhere, all of them indented alike; `at`: where.
function longest_match(n, size,    start, i, shift, best) {
    best = 0
    for (start = 1; start <= n; start++) {
        shift = indent(lines[start]) - indent(block[1])
        for (i = 1; i <= size && start + i - 1 <= n; i++) {
            if (block[i] == "" && lines[start + i - 1] == "") continue
            if (indent(lines[start + i - 1]) - indent(block[i]) != shift) break
            if (substr(lines[start + i - 1], indent(lines[start + i - 1]) + 1) != substr(block[i], indent(block[i]) + 1)) break
        }
        if (i - 1 > best) { best = i - 1; at = start }
    }
    return best
}
function check_block(    path, section, n, size, same, kind, program) {
    if (language != "cpp" && language != "c" && language != "text") return
    kind = language == "text" ? "output of" : "from"
    if (directive !~ ("^<!-- " kind ": [^ ]+ -->$")) {
        complain(opened, "a " language " block needs <!-- " kind ": examples/chapters/... --> on the line before it")
        return
    }
    path = directive; sub(/^<!-- [a-z ]+: /, "", path); sub(/ -->$/, "", path)
    section = ""
    if (index(path, "#")) { section = substr(path, index(path, "#") + 1); path = substr(path, 1, index(path, "#") - 1) }
    if (path !~ /^(core|autodiff|nn|optim|ode|examples|tests)\/.*\.([ch]pp|c)$/ || !exists(path)) {
        complain(opened, path ": no such source, or none that make compiles")
        return
    }
    if (language == "text") {
        program = build "/" path; sub(/\.cpp$/, "", program)
        if (path !~ /^examples\/chapters\//) { complain(opened, path ": only programs of examples/chapters are run"); return }
        if ((n = read_output(program)) < 0) return
    } else n = read_source(path, section)
    if (n == 0) { complain(opened, path (section == "" ? " is empty" : " has no section // [" section "]")); return }
    size = block_size
    while (size > 0 && block[size] == "") size--
    if (size == 0) { complain(opened, "an empty block"); return }
    same = longest_match(n, size)
    if (same < size)
        complain(opened + same + 1, (language == "cpp" ? path : "the output of " path) \
                 (same == 0 ? " has no line such as\n    shown     " block[1] \
                            : " differs here\n    shown     " block[same + 1] "\n    is        " lines[at + same]))
    else if (section != "" && (at > first_text(n) || at + size - 1 < last_text(n)))
        complain(opened, path ": section " section " has lines that are not shown")
    shown[language]++
}
function first_text(n,    i) { for (i = 1; i <= n && lines[i] == ""; i++) ; return i }
function last_text(n,    i) { for (i = n; i >= 1 && lines[i] == ""; i--) ; return i }

function check_reference(path, what) {
    sub(/#.*/, "", path)
    if (path == "" || path ~ /^[a-z]+:/) return
    references++
    if (!exists(folder path)) complain(FNR, what " " path ": no such file")
}
function check_references(text,    rest, word) {
    rest = text
    while (match(rest, /\]\([^) ]+\)/)) {
        check_reference(substr(rest, RSTART + 2, RLENGTH - 3), "link to")
        rest = substr(rest, RSTART + RLENGTH)
    }
    rest = text
    while (match(rest, /`[^`]+`/)) {
        word = substr(rest, RSTART + 1, RLENGTH - 2)
        rest = substr(rest, RSTART + RLENGTH)
        sub(/:[0-9]+$/, "", word)
        if (word !~ /^(core|autodiff|nn|optim|ode|examples|tests|\.ci)\/[A-Za-z0-9_.*\/-]*$/) continue
        references++
        if (system("ls -d " word " > /dev/null 2>&1") != 0) complain(FNR, "`" word "`: no such file")
    }
}

FNR == 1 {
    if (fenced) printf "%s: a block opened at line %d never ends\n", previous, opened
    failures += fenced; fenced = 0; directive = ""; previous = FILENAME
    folder = FILENAME; sub(/[^\/]*$/, "", folder)
}
FNR == 151 { complain(FNR, "more than 150 lines: a chapter is to be read in one sitting") }
/^ *```/ && !fenced { fenced = 1; opened = FNR; block_size = 0; language = trimmed($0); sub(/^ *```/, "", language); next }
/^ *``` *$/ && fenced { fenced = 0; check_block(); split("", lines); directive = ""; next }
fenced { block[++block_size] = trimmed($0); next }
{ check_references($0) }
/[^ ]/ { directive = trimmed($0); sub(/^ +/, "", directive) }

END {
    if (fenced) complain(opened, "this block never ends")
    failures += missing
    printf "docs-check: %d programs, %d outputs and %d references: ", shown["cpp"] + shown["c"], shown["text"], references
    print failures ? failures " failed" : "all as the files say"
    exit failures != 0
}' $present
