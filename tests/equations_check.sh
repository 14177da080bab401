#!/bin/sh
# tests/equations_check.sh — does each equation that a comment cites stand where it says?           make docs-check
#   adjoint (3)                   number 3 of a chapter: core, autodiff, nn, optim, ode are the README of that folder,
#                                 another chapter goes by its file's name
#   (a)                           a letter of this file: at the end of a comment's line in it, or in the header of its name
#   core/elementary/log.hpp (a)   one of another file
# So digits in parentheses are a chapter's equation and nothing else; a paper has "equation 12". A chapter's text and its
# programs, examples/chapters/<name>.cpp and pictures/, and exercises leave the name out. Its displayed lines are numbered 1, 2, 3, ... at their ends, and
# each is cited by a line of the library: what no code does is a step of a derivation, indented by 8, without a number.
# What they say is written down a second time, in tests/equations.txt: a sign that was lost on the way is found. So are the steps
# of derivations, and the numbers of three digits or more that a chapter's text has and none of its programs prints.
#   tests/equations_check.sh --write      writes it; look at what git diff says of it
set -eu
written=tests/equations.txt
chapters=$(find core autodiff nn optim ode -name '*.md' | LC_ALL=C sort)
sources=$(find core autodiff nn optim ode examples tests -name '*.[ch]pp' ! -path 'tests/mistakes/*' | LC_ALL=C sort)
exercises=$(find examples/exercises tests/exercises -name '*.md' | LC_ALL=C sort)

# shellcheck disable=SC2086  # the list is meant to split
said() {  # chapter and equation, or step, or number, a line each, single spaces
    LC_ALL=C awk '
    /^ *```/ { fenced = !fenced; next }
    pass == 1 { if (fenced) shown[FILENAME] = shown[FILENAME] $0 "\n"; next }
    fenced { next }
    /^    [^ ].*  \([0-9]+\)$/ || /^        [^ ]/ { gsub(/ +/, " "); print FILENAME ":" $0; next }
    {
        gsub(/`[^`]*`|\]\([^)]*\)/, "")  # code and links are held elsewhere
        while (match($0, /[.0-9]*[0-9](e-?[0-9]+)?/)) {
            number = substr($0, RSTART, RLENGTH)
            word = RSTART > 1 && substr($0, RSTART - 1, 1) ~ /[a-zA-Z_.]/
            $0 = substr($0, RSTART + RLENGTH)
            digits = number
            gsub(/^[0.]+|[.e-]/, "", digits)
            if (word || length(digits) < 3 || number ~ /^(18|19|20)[0-9][0-9]$/) continue
            sub(/^0/, "", number)
            if (!index(shown[FILENAME], number)) print FILENAME ": " number
        }
    }' pass=1 $chapters pass=2 $chapters
}
if [ "${1:-}" = --write ]; then said > $written; exit; fi
said | diff $written - > /dev/null || {
    echo "an equation is not as it is written down in $written:"
    said | diff $written - | grep '^[<>]' | sed 's/^</  written /; s/^>/  stands  /'
    echo "  try       tests/equations_check.sh --write, if it is meant"
    exit 1
}

# shellcheck disable=SC2086  # the lists are meant to split
LC_ALL=C awk '
function complain(text) { printf "%s:%d: %s\n", FILENAME, FNR, text; failures++ }
function stem(path) { sub(/\.[a-z]+$/, "", path); return path }
function chapter_of(path) {
    if (path ~ /\/README\.md$/) { sub(/\/README\.md$/, "", path); return path }
    sub(/.*\//, "", path)
    return stem(path)
}
# A displayed line ends in its label, and so does the line of an equation of a file.
function label_at_end(text) {
    return match(text, /  \(([0-9][0-9]?|[a-z])\)$/) ? substr(text, RSTART + 3, RLENGTH - 4) : ""
}
function define(name, label) {
    if ((name, label) in stands) complain("(" label ") is given twice")
    stands[name, label] = 1
}
# The library cites an equation, or all from one to another.
function code(home, from, to) {
    coded[home, to] = 1
    while (from + 0 && from + 0 < to + 0) coded[home, from++] = 1
}
# name: what the first label of a list is said to belong to; those behind it, as in "ode (1), (2)", belong to it, too.
function check(text,    before, label, name, going, home, last) {
    text = " " text
    while (match(text, /\(([0-9][0-9]?|[a-z])\)/)) {
        before = substr(text, 1, RSTART - 1)
        label = substr(text, RSTART + 1, RLENGTH - 2)
        text = substr(text, RSTART + RLENGTH)
        if (!going || before !~ /^(–|-|,? (and |or |to )?)$/) {
            going = before ~ /[ ("|]$/  # f(3) is a call
            if (!going) continue
            name = before
            sub(/ $/, "", name); sub(/.*[ (]/, "", name)
        }
        cited++
        if (label ~ /[a-z]/) home = stem(name ~ /^[a-z0-9_\/]+\.[ch]pp$/ ? name : FILENAME)
        else home = (name in chapter) ? name : own
        if (home == "") complain("(" label "): of which chapter?")
        else if (!((home, label) in stands)) complain(home " (" label "): no such equation")
        if (library) code(home, going && before ~ /^(–|-)$/ ? last : label, label)
        last = label
    }
}

FNR == 1 { markdown = FILENAME ~ /\.md$/; fenced = 0; count = 0 }
markdown && /^ *```/ { fenced = !fenced }
fenced { next }
pass == 1 && FNR == 1 && markdown { chapter[chapter_of(FILENAME)] = 1 }
markdown && /^    .*\*\*/ && pass == 1 { complain("a bold word in a display, where it is no term and stands with its stars") }
pass == 1 && markdown && /^    [^ ]/ {
    label = label_at_end($0)
    if (label != ++count) complain("a displayed line without its number, which is (" count ")")
    define(chapter_of(FILENAME), label)
}
pass == 1 && !markdown && /^ *\/\// {
    label = label_at_end($0)
    if (label ~ /[a-z]/) define(stem(FILENAME), label)
}
pass == 1 { next }
FNR == 1 {
    own = FILENAME ~ /^(examples|tests)\/(chapters|exercises)\// || markdown ? chapter_of(FILENAME) : ""
    library = FILENAME ~ /^(core|autodiff|nn|optim|ode)\/.*\.[ch]pp$/
    if (!(own in chapter)) own = ""
}
markdown { check($0); next }
index($0, "//") { check(substr($0, index($0, "//") + 2)) }

END {
    for (label in stands) {
        numbered++
        split(label, part, SUBSEP)
        if (part[2] ~ /[0-9]/ && !(label in coded)) {
            print part[1] " (" part[2] "): no line of the library cites it"
            failures++
        }
    }
    printf "equations: %d, cited %d times: ", numbered, cited
    print failures ? failures " failed" : "each where it is said to stand"
    exit failures != 0
}' pass=1 $chapters $sources pass=2 $chapters $exercises $sources
