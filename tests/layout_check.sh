#!/bin/sh
# tests/layout_check.sh — is the house still small, and every floor where it belongs?      make lines
#   count      lines of code of each library folder: neither blank nor comment
#   floors     a folder includes from the folders before it in the list, never from those after it
#   rooms      a folder within a folder is a room, and so is a folder without any; a file in no room (of a folder with some) is
#              one of its own, header and .cpp together. No room includes from another that includes from it, by any way.
#   embedding  the library uses no streams, files by name, locales, threads (but behind one switch, in core/threads.cpp) or regular
#              expressions of the standard library
#   reading    no file has more than 300 lines, no function of the library more than 45 (lines apart that are nothing but texts), no
#              line more than 128 characters (clang-format keeps code to 120; a table of equations in a comment may need a few more)
#   drawing    README shows each room at its height: one above the highest that it includes from
#   debugger   tests/support/gdb.py asks for members that there are
#   whole      costate.hpp names every header of the folders once: it includes it, or lists it as internal
set -eu
{ find "$@" examples tests -name '*.[ch]pp' | LC_ALL=C sort; echo costate.hpp; } | LC_ALL=C awk -v folders="$*" '
function complain(text) { printf "%s:%d: %s\n", file, number, text; failures++ }
# "ode" without rooms, "core/kernels", "core/tensor"
function room_of(path,    part) {
    if (split(path, part, "/") > 2) return part[1] "/" part[2]
    sub(/\.[a-z]+$/, "", path)
    return part[1] in has_rooms ? path : part[1]
}
# Rooms that include from none, or that none includes from, are taken away as long as there are any: what stays is a circle.
function check_rooms(    pair, end, left, includes, included, changed, circle) {
    for (pair in arrow) left[pair] = 1
    do {
        changed = 0
        split("", includes); split("", included)
        for (pair in left) { split(pair, end, SUBSEP); includes[end[1]] = included[end[2]] = 1 }
        for (pair in left) {
            split(pair, end, SUBSEP)
            if (!(end[1] in included) || !(end[2] in includes)) { delete left[pair]; changed = 1 }
        }
    } while (changed)
    for (pair in left) { print arrow[pair] " is part of a circle of rooms"; circle++ }
    failures += circle
    return !circle
}
# Rooms from the roof to the ground, a height a line; behind them, after its folder and a colon, what lies beside rooms.
function draw_floors(    pair, end, height, highest, changed, text, row, files, folder, room, part) {
    for (room in rooms) height[room] = 0
    do {
        changed = 0
        for (pair in arrow) {
            split(pair, end, SUBSEP)
            if (height[end[1]] <= height[end[2]]) { height[end[1]] = height[end[2]] + 1; changed = 1 }
            if (height[end[1]] > highest) highest = height[end[1]]
        }
    } while (changed)
    for (; highest >= 0; highest--) {
        row = files = folder = ""
        for (i = 1; i <= count; i++) {
            room = room_of(all_files[i])
            if (!(room in rooms) || height[room] != highest || drawn[room]++) continue
            split(room, part, "/")
            if (part[2] == "" || is_room[room]) row = row (row == "" ? "" : "   ") room
            else if (folder == part[1]) files = files " " part[2]
            else { files = files (files == "" ? "" : "   ") part[1] ": " part[2]; folder = part[1] }
        }
        text = text sprintf("%2d   %s\n", highest, row (row == "" || files == "" ? "" : "   ") files)
    }
    return text
}
function check_drawing(    line, inside, shown, text) {
    text = draw_floors()
    while ((getline line < "README.md") > 0) {
        if (inside > 1 && line == "```") break
        if (inside > 1) shown = shown line "\n"
        if (inside) inside++
        if (line == "<!-- drawn by: make lines -->") inside = 1
    }
    if (shown != text) { printf "README.md: the floors are\n%s", text; failures++ }
}
# The line with "" in place of what it holds of raw strings, which may go on for many lines: nothing within one.
function without_raw(line,    end, rest) {
    if (raw_end != "") {
        if (!(end = index(line, raw_end))) return ""
        line = "\"\"" substr(line, end + length(raw_end)); raw_end = ""
    }
    while (match(line, /R"[a-zA-Z_]*\(/)) {
        raw_end = ")" substr(line, RSTART + 2, RLENGTH - 3) "\""; rest = substr(line, RSTART + RLENGTH)
        line = substr(line, 1, RSTART - 1) "\"\""
        if (!(end = index(rest, raw_end))) return line
        line = line substr(rest, end + length(raw_end)); raw_end = ""
    }
    return line
}
# Lines of a function, but for those that are nothing but texts: its braces, found in what is left without texts and comments.
function is_head(head) {
    return head ~ /\)/ && head !~ /^[ \t]*(if|for|while|switch|else|do|catch|namespace|struct|class|enum|union)[^a-zA-Z_0-9]/ &&
           head !~ /(=|\(|,|return)[ ]*$/
}
function follow_braces(line,    c, is_in_text, holds_text) {
    if (line ~ /^#/) return
    is_in_text = raw_end != ""; line = without_raw(line)
    if (is_in_text && line == "") return
    gsub(/\\./, "", line); gsub(/\047[^\047]\047/, "", line)
    holds_text = gsub(/"[^"]*"/, "", line); sub(/\/\/.*/, "", line)
    if (!holds_text || line ~ /[^ \t(){},;]/) lengths++
    while (match(line, /[{};]/)) {
        c = substr(line, RSTART, 1); head = head substr(line, 1, RSTART - 1); line = substr(line, RSTART + 1)
        if (c == "{") { begins[++depth] = lengths; is_function[depth] = is_head(head) }
        if (c == "}" && is_function[depth--] && lengths - begins[depth + 1] >= 45)
            complain("a function ends here that has " lengths - begins[depth + 1] + 1 " lines")
        head = ""
    }
    head = head line " "
}
BEGIN { floors = split(folders, name, " "); for (i = 1; i <= floors; i++) floor_of[name[i]] = i }
{ all_files[++count] = $0; if (split($0, part, "/") == 3 && part[1] in floor_of) has_rooms[part[1]] = 1 }
END { for (n = 1; n <= count; n++) look_at(all_files[n]); report() }
function look_at(path) {
    file = path; number = 0; in_comment = 0; depth = 0; head = raw_end = ""
    folder = file; sub(/\/.*/, "", folder)
    while ((getline line < file) > 0) {
        number++
        length_of = line; gsub(/[\200-\277]/, "", length_of)        # UTF-8: count a character once
        if (length(length_of) > 128) complain("more than 128 characters")
        if (file == "costate.hpp" && line ~ /^(#include|\/\/  )/)
            while (match(line, /[a-z_]+(\/[a-z_0-9]+)+\.hpp/)) {
                other = substr(line, RSTART, RLENGTH); line = substr(line, RSTART + RLENGTH)
                if (!(other in headers)) complain("there is no " other)
                if (headers[other]++) complain(other " stands here twice")
            }
        if (!(folder in floor_of)) continue
        follow_braces(line)
        if (line ~ /^#include "/) {
            other = line; gsub(/^#include "|".*/, "", other)
            if (room_of(file) != room_of(other)) arrow[room_of(file), room_of(other)] = file ":" number ": " other
        }
        if (line ~ /^#include </ && line ~ /<(iostream|ostream|istream|sstream|fstream|iomanip|filesystem|locale|thread|mutex|future|regex)>/ && !(file == "core/threads.cpp" && line ~ /thread/))
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
    if (folder in floor_of) { rooms[room_of(file)] = 1; is_room[room_of(file)] = split(file, part, "/") > 2 }
    if (folder in floor_of && file ~ /\.hpp$/) headers[file] = 0
}
function report() {
    if (check_rooms()) check_drawing()
    number = 1
    for (other in headers) if (!headers[other]) complain(other " is missing: include it here, or list it as internal")
    for (i = 1; i <= floors; i++) printf "%-10s %6d lines of code in %3d files\n", name[i], code[name[i]], files[name[i]]
    printf "%-10s %6d lines of code\n", "together", total
    if (failures) print "lines: " failures " failed"
    exit failures != 0
}'
members=$(grep -o '\["[a-z_]*"\]' tests/support/gdb.py | tr -d '[]"' | sort -u)
[ -n "$members" ] || { echo "tests/support/gdb.py: it asks for no members, or not as [\"member\"]"; exit 1; }
for member in $members; do
    sed 's,//.*,,' core/shape.hpp core/tensor.hpp core/error.hpp autodiff/tape/var.hpp autodiff/tape/tape.hpp | grep -qE "[A-Za-z0-9_>*&] ?$member( =[^=]|;|,|\{)" ||
        { echo "tests/support/gdb.py: no header has a member \"$member\""; exit 1; }
done
