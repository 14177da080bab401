#!/bin/sh
# tests/layout_check.sh — is the house still small, and every floor where it belongs?      make lines
#   count      lines of code of each library folder: neither blank nor comment
#   floors     a folder includes from the folders before it in the list, never from those after it
#   embedding  the library uses no streams, files by name, locales, threads or regular expressions of the standard library
#   reading    no file has more than 300 lines, no line more than 128 characters (clang-format keeps code to 120;
#              a table of equations in a comment may need a few more)
#   whole      costate.hpp names every header of the folders once: it includes it, or lists it as internal
set -eu
{ find "$@" examples tests -name '*.[ch]pp' | LC_ALL=C sort; echo costate.hpp; } | LC_ALL=C awk -v folders="$*" '
function complain(text) { printf "%s:%d: %s\n", file, number, text; failures++ }
BEGIN { floors = split(folders, name, " "); for (i = 1; i <= floors; i++) floor_of[name[i]] = i }
{
    file = $0; number = 0; in_comment = 0
    folder = file; sub(/\/.*/, "", folder)
    while ((getline line < file) > 0) {
        number++
        length_of = line; gsub(/[\200-\277]/, "", length_of)        # UTF-8: count a character once
        if (length(length_of) > 128) complain("more than 128 characters")
        if (file == "costate.hpp" && line ~ /^(#include|\/\/  )/)
            while (match(line, /[a-z_]+\/[a-z_0-9]+\.hpp/)) {
                other = substr(line, RSTART, RLENGTH); line = substr(line, RSTART + RLENGTH)
                if (!(other in headers)) complain("there is no " other)
                if (headers[other]++) complain(other " stands here twice")
            }
        if (!(folder in floor_of)) continue
        if (line ~ /^#include </ && line ~ /<(iostream|ostream|istream|sstream|fstream|iomanip|filesystem|locale|thread|mutex|future|regex)>/)
            complain("the library does without " line)
        if (line ~ /^#include "/) {
            other = line; sub(/^#include "/, "", other); sub(/[\/"].*/, "", other)
            if (!(other in floor_of) || floor_of[other] > floor_of[folder]) complain(folder "/ may not include from " other "/")
        }
        if (in_comment) { if (line ~ /\*\//) in_comment = 0; continue }
        if (line ~ /^[ \t]*\/\*/) { in_comment = line !~ /\*\//; continue }
        if (line !~ /^[ \t]*$/ && line !~ /^[ \t]*\/\//) { code[folder]++; total++ }
    }
    close(file)
    if (number > 300) complain("more than 300 lines")
    files[folder]++
    if (folder in floor_of && file ~ /\.hpp$/) headers[file] = 0
}
END {
    number = 1
    for (other in headers) if (!headers[other]) complain(other " is missing: include it here, or list it as internal")
    for (i = 1; i <= floors; i++) printf "%-10s %6d lines of code in %3d files\n", name[i], code[name[i]], files[name[i]]
    printf "%-10s %6d lines of code, of the 4500 aimed at\n", "together", total
    if (failures) print "lines: " failures " failed"
    exit failures != 0
}'
