#!/bin/sh
# tests/index_check.sh — does the index name every public name, once and where it is?                    make docs-check
#   tests/index_check.sh             complains of each name that is no more, and shows the lines that examples/INDEX.md lacks
#   tests/index_check.sh names       what is public: "header namespace::name", a line each
# Public is what stands at the left margin of a header that costate.hpp includes (or of one in the same room that such a header
# brings: autodiff/operators/) within the namespaces costate, nn, optim, ode, elementary: functions, classes and constants.
# Not: what is deleted, operators, members, using, concepts, templates' deduction guides, and what lies in another namespace.
# A line of the index that counts:   | what it does | `ode::solve`, `ode::Solution` | `ode/start.hpp` | PyTorch, diffrax |
#                                 or - `ode/start.hpp`: `ode::span_of`, ...       for what the library's own files call
set -eu
index=${INDEX:-examples/INDEX.md}
headers="$(sed -n 's/^#include "\(.*\)"/\1/p' costate.hpp) $(sed -n 's/^#include "\(.*\)"/\1/p' autodiff/operators.hpp)"

# shellcheck disable=SC2086  # the list is meant to split
names=$(LC_ALL=C awk '
function put(name) {
    if (name ~ /^[A-Za-z_][A-Za-z_0-9]*$/ && name != "COSTATE_PRECISION" && !((FILENAME, name) in seen)) {
        seen[FILENAME, name] = 1
        print FILENAME, (prefix[depth] == "" ? "" : prefix[depth] "::") name
    }
}
FNR == 1 { depth = 0; prefix[0] = ""; open[0] = 1 }
/^(inline )?namespace / {
    space = $0
    sub(/^(inline )?namespace /, "", space); sub(/ *\{.*/, "", space)
    gsub(/(::)?inline COSTATE_(PRECISION|WIDTH)|COSTATE_(PRECISION|WIDTH)/, "", space); sub(/^costate(::)?/, "", space)
    depth++
    prefix[depth] = space == "" ? prefix[depth - 1] : space
    open[depth] = open[depth - 1] && space ~ /^(nn|optim|ode|elementary)?$/
    next
}
/^}  \/\/ namespace/ { if (depth > 0 && !/costate/) depth--; else depth = 0; next }
!open[depth] || depth == 0 || !/^(\[\[|[A-Za-z])/ { next }
/^(namespace|template|using|concept|friend|public|private|protected|extern|static_assert)([ <(:]|$)/ || /[=] delete/ || /operator/ { next }
{
    line = $0
    sub(/^\[\[[a-z]*\]\] /, "", line); sub(/^requires.*[)>] (&&|\|\|) /, "", line)
    sub(/ *\/\/.*/, "", line)
}
line ~ /^(struct|class|enum class|enum|union) / {
    if (line ~ /;$/ && line !~ /\{/) next                      # a declaration beforehand
    sub(/^(struct|class|enum class|enum|union) /, "", line); sub(/[ :;{<].*/, "", line)
    put(line)
    next
}
line ~ / -> [A-Za-z:]+<.*>;/ && line !~ /^auto / { next }             # a deduction guide
{
    bracket = index(line, "("); equal = index(line, " = ")
    if (bracket && (!equal || bracket < equal)) {
        name = substr(line, 1, bracket - 1)
        if (name ~ /::[a-z_A-Z]+$/ || name !~ /[ *&]/) next    # of a class, or its constructor
        sub(/.*[ *&]/, "", name)
        put(name)
    } else if (line ~ /^(inline |constexpr |const )/) {
        if (!match(line, /[A-Za-z_0-9]+( =( |$)|[{;[])/)) next
        name = substr(line, RSTART, RLENGTH); line = substr(line, RSTART + RLENGTH)
        sub(/[^a-zA-Z_0-9]+$/, "", name)
        put(name)
        while (match(line, /, [a-z_0-9]+( = |\{)/)) {          # falling = Direction::falling, both = ...
            name = substr(line, RSTART + 2, RLENGTH - 2); line = substr(line, RSTART + RLENGTH)
            sub(/[^a-z_0-9]+$/, "", name)
            put(name)
        }
    }
}' $headers | LC_ALL=C sort -u)
if [ "${1:-}" = names ]; then printf '%s\n' "$names"; exit; fi

LC_ALL=C awk -v index_file="$index" '
FNR == NR { public[$1 " " $2] = 1; next }
# Words in backticks, the headers among them apart.
function words(text, found,    n) {
    while (match(text, /`[^`]+`/)) { found[++n] = substr(text, RSTART + 1, RLENGTH - 2); text = substr(text, RSTART + RLENGTH) }
    return n + 0
}
function enter(name_text, header_text,    names, headers, n, h, i, k, here) {
    n = words(name_text, names); h = words(header_text, headers)
    for (i = 1; i <= n; i++) {
        here = 0
        for (k = 1; k <= h; k++)
            if ((headers[k] " " names[i]) in public) {
                here = 1
                if (line_of[headers[k], names[i]]) complain(names[i] " of " headers[k] " stands here and in line " line_of[headers[k], names[i]])
                line_of[headers[k], names[i]] = FNR
            }
        if (!here) complain("`" names[i] "` is no public name of " header_text)
    }
    for (k = 1; k <= h; k++) {
        here = 0
        for (i = 1; i <= n; i++) if ((headers[k] " " names[i]) in public) here = 1
        if (!here) complain(headers[k] " has none of the names of this line")
    }
}
function complain(what) { printf "%s:%d: %s\n", index_file, FNR, what; failures++ }
/^\| [^|]* \| `/ { split($0, cell, "|"); enter(cell[3], cell[4]); lines++ }
/^- `[a-z]/ { colon = index($0, ":"); enter(substr($0, colon + 1), substr($0, 1, colon)); lines++ }
END {
    for (pair in public) {
        split(pair, part, " "); count++
        if (!((part[1], part[2]) in line_of)) lacks[part[1]] = lacks[part[1]] (lacks[part[1]] == "" ? "" : ", ") "`" part[2] "`"
    }
    for (header in lacks) {
        printf "%s: lacks   | what it does | %s | `%s` | PyTorch, diffrax |\n", index_file, lacks[header], header
        failures++
    }
    printf "index: %d names, %d lines: ", count, lines
    print failures ? failures " failed" : "all as the headers say"
    exit failures != 0
}' - "$index" << END
$names
END
