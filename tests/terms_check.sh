#!/bin/sh
# tests/terms_check.sh — is each term of the course defined once, and before it is used?               make docs-check
#   A term stands in bold where it is defined, **tableau**; chapters come in the order of examples/course/contents.
#   Used before means: the same words, or their plural, in the text of an earlier chapter, or higher up in its own. Code,
#   displayed equations and the headings do not count, and chapter 0 may use every word: it says what will be learned.
#   A term that is an English word, too, and is used as such before: examples/course/everyday_words, a line for each.
set -eu
contents=${1:-examples/course/contents}
everyday=${2:-examples/course/everyday_words}
# shellcheck disable=SC2046
LC_ALL=C awk -v everyday="$everyday" '
function complain(text) { printf "%s:%d: %s\n", FILENAME, FNR, text; failures++ }
function plain(text) {  # lower case, one space between words, none of the marks
    text = tolower(text)
    gsub(/[^a-z0-9\200-\377-]+/, " ", text)
    return " " text " "
}
BEGIN { while ((getline line < everyday) > 0) if (line !~ /^#/ && line != "") ordinary[line] = 1 }
FNR == 1 { fenced = 0; skipped = FILENAME == "README.md" }
/^ *```/ { fenced = !fenced; next }
fenced || skipped || /^    / || /^#/ || /^<!--/ || /^!\[/ { next }
{
    line = $0
    gsub(/`[^`]*`/, " ", line)
    gsub(/\]\([^)]*\)/, "]", line)
    rest = line
    while (match(rest, /\*\*[^*]+\*\*/)) {
        name = plain(substr(rest, RSTART + 2, RLENGTH - 4))
        rest = substr(rest, RSTART + RLENGTH)
        if (name in home) complain("\"" substr(name, 2, length(name) - 2) "\" is defined again; first in " home[name])
        else {
            home[name] = FILENAME ":" FNR
            if (!(substr(name, 2, length(name) - 2) in ordinary)) {
                for (i = 1; i <= count; i++)
                    if (index(said[i], name) || index(said[i], substr(name, 1, length(name) - 1) "s ")) {
                        complain("\"" substr(name, 2, length(name) - 2) "\" is used before it is defined, in " place[i])
                        break
                    }
            } else used[substr(name, 2, length(name) - 2)] = 1
            terms++
        }
    }
    said[++count] = plain(line)
    place[count] = FILENAME ":" FNR
}
END {
    for (word in ordinary) if (!(word in used)) { print everyday ": \"" word "\" is no term"; failures++ }
    printf "terms: %d: ", terms
    print failures ? failures " failed" : "each defined once, before its use"
    exit failures != 0
}' $(awk '!/^#/ && NF { print $2 }' "$contents")
