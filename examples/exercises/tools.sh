#!/usr/bin/env bash
# examples/exercises/tools.sh — hints, answers, sheets and points; make calls it
#   hint adjoint-2 [2]     the first hint to an exercise, or the second, which says more
#   answer adjoint-2       one way to do it, as a patch to examples/exercises/adjoint.cpp
#   sheet 7                the exercises with other numbers -> out/sheet-7/, the numbers in its README.md
#   grade FOLDER           points for the exercises in a folder, or in each folder of a folder
# An exercise is a comment "// adjoint 2: ...", a piece that is yours, and its check, void adjoint_2(Check& check).
# Grading takes the pieces alone and puts them into our sources: a check that was changed changes nothing.
set -euo pipefail
out=build/exercises
library=${LIBRARY:-}

# SOURCE PIECES [NUMBER] [WHICH]: the source with its pieces replaced by those of another one, or by the WHICH-th block of code
# under each "## number" of a page. With a NUMBER, of that exercise alone. A piece that is missing leaves ours.
spliced() {
    LC_ALL=C awk -v pieces="$2" -v only="${3:-}" -v which="${4:-1}" '
        function number(line) { split(line, word, /[ :]/); return word[3] }
        BEGIN {
            page = pieces ~ /\.md$/
            while ((getline line < pieces) > 0) {
                if (page) {
                    if (line ~ /^## [0-9]+/) { n = substr(line, 4) + 0; block = 0 }
                    else if (line ~ /^```/) { inside = !inside; block += inside }
                    else if (inside && block == which) piece[n] = piece[n] line "\n"
                } else {
                    if (line ~ /^\/\/ [a-z]+ [0-9]+: /) { n = number(line); place = "comment" }
                    else if (place == "comment" && line !~ /^\/\//) place = "piece"
                    if (line ~ /^void [a-z]+_[0-9]+\(Check& ?(check)?\)/) place = ""
                    if (place == "piece") piece[n] = piece[n] line "\n"
                }
            }
            place = ""
        }
        /^\/\/ [a-z]+ [0-9]+: / { n = number($0); if ((only == "" || n == only) && n in piece) place = "comment" }
        place == "comment" && !/^\/\// { place = "piece"; printf "%s", piece[n] }
        /^void [a-z]+_[0-9]+\(Check& ?(check)?\)/ { place = "" }
        place != "piece"' "$1"
}

# What all exercises include is compiled once; then each takes a second or two. At -O0: they are compiled often, run once.
flags() {
    echo -std=c++20 -I"$out/once" -I. -DCOSTATE_REAL="${REAL:-double}" -O0 -ffp-contract=off -Wall -Wextra -Wshadow -Wconversion \
        -Wno-sign-conversion
}
compile_once() {
    local header=examples/exercises/exercise.hpp
    library=${library:-$(ls -t build/"$(basename "${CXX:-g++}")-${REAL:-double}"-native-O3/libcostate.a 2> /dev/null | head -n 1)}
    [[ -n $library ]] || { echo "the library is not built: make library" >&2; return 1; }
    mkdir -p "$out/once/examples/exercises"
    # shellcheck disable=SC2046
    ${CXX:-g++} $(flags) -Wno-pragma-once-outside-header -x c++-header "$header" -o "$out/once/$header.gch" 2> /dev/null ||
        ${CXX:-g++} $(flags) -x c++-header "$header" -o "$out/once/$header.gch"
}
compile() {  # SOURCE PROGRAM [more flags]
    # shellcheck disable=SC2046
    ${CXX:-g++} $(flags) "${@:3}" "$1" "$library" -o "$2"
}

chapter_and_number() {  # sets both from "adjoint-2"
    chapter=${1%-*} number=${1##*-}
    source=examples/exercises/$chapter.cpp
    if [[ ! $1 =~ ^[a-z]+-[0-9]+$ || ! -f $source ]] || ! grep -q "^// $chapter $number: " "$source"; then
        echo "there is no exercise '$1'; there are:" >&2
        sed -n 's/^\/\/ \([a-z]*\) \([0-9]*\): .*/\1-\2/p' examples/exercises/*.cpp | paste -sd' ' | fold -s -w 100 >&2
        return 1
    fi
}

hint() {
    [[ -n ${1:-} ]] || { echo "a hint to what?  make hint EX=adjoint-2" >&2; return 1; }
    chapter_and_number "$1" || return 1
    [[ ${2:-1} == [12] ]] || { echo "there are two hints:  make hint EX=$1  and  make hint EX=$1 STEP=2" >&2; return 1; }
    LC_ALL=C awk -v number="$number" -v step="${2:-1}" '
        /^## / { inside = substr($0, 4) + 0 == number; paragraph = 0; gap = 1; next }
        !inside { next }
        /^$/ { gap = 1; next }
        { paragraph += gap; gap = 0 }
        paragraph == step { print }' "examples/exercises/hints/$chapter.md"
    [[ ${2:-1} == 2 ]] || echo "(more: make hint EX=$1 STEP=2)"
}

answer() {
    [[ -n ${1:-} ]] || { echo "the answer to what?  make answer EX=adjoint-2" >&2; return 1; }
    chapter_and_number "$1" || return 1
    LC_ALL=C awk -v number="$number" '
        /^## / { inside = substr($0, 4) + 0 == number; next }
        /^```/ { if (inside) exit }
        inside && NF { print "# " $0 }' "tests/exercises/answers/$chapter.md"
    spliced "$source" "tests/exercises/answers/$chapter.md" "$number" | diff -u --label "$source" --label "$source" "$source" - || true
}

sheet() {
    local seed=${1:-} folder chapter
    [[ $seed =~ ^(0|[1-9][0-9]{0,8})$ ]] || { echo "a sheet has a number:  make sheet SEED=7" >&2; return 1; }
    folder=out/sheet-$seed
    mkdir -p "$folder" "$out/sheet"
    compile_once
    for chapter in examples/exercises/*.cpp; do
        sed "s|^#include \"examples/exercises/exercise.hpp\".*|#define COSTATE_SHEET $seed  // its numbers\n&|" "$chapter" \
            > "$folder/$(basename "$chapter")"
        echo "$(basename "$chapter" .cpp)"
    done > "$out/sheet/chapters"
    # shellcheck disable=SC2016
    export -f compile flags; export out library
    xargs -P 2 -I{} bash -c 'compile examples/exercises/{}.cpp "$out/sheet/{}"' < "$out/sheet/chapters"
    {
        echo "# Sheet $seed: the exercises of the course with other numbers"
        echo
        echo "What is wanted stands above each piece of code here, and in the chapters. Points:  make grade DIR=$folder"
        echo
        while read -r chapter; do "$out/sheet/$chapter" --given --seed "$seed"; done < "$out/sheet/chapters" | sed 's/^/    /'
    } > "$folder/README.md"
    echo "$folder: $(wc -l < "$out/sheet/chapters") chapters, their numbers in $folder/README.md"
}

# FOLDER: the points of the chapters that are in it. One that does not compile, or not end, is tried exercise by exercise.
tried() { { compile "$1.cpp" "$1" && timeout "$2" "$1" --seed "${seed:-0}" > "$1.said"; } 2> "$1.log"; }
grade_one() {
    local folder=$1 theirs ours chapter seed number one work=$out/grade
    mkdir -p "$work"
    for theirs in "$folder"/*.cpp; do
        chapter=$(basename "$theirs" .cpp) ours=examples/exercises/$(basename "$theirs") one=$work/$chapter
        [[ -f $ours ]] || continue
        seed=$(sed -n 's/^#define COSTATE_SHEET \([0-9]*\).*/\1/p' "$theirs" | head -n 1)
        spliced "$ours" "$theirs" > "$one.cpp"
        if ! tried "$one" 60; then
            cp "$ours" "$one.whole.cpp"
            for number in $(sed -n "s/^\/\/ $chapter \([0-9]*\): .*/\1/p" "$ours"); do
                spliced "$one.whole.cpp" "$theirs" "$number" > "$one.cpp"
                if tried "$one" 20; then
                    cp "$one.cpp" "$one.whole.cpp"
                elif grep -q 'error' "$one.log"; then
                    echo "$chapter-$number does not compile: $(grep -m 1 'error' "$one.log" | sed 's/.*error: //')"
                else
                    echo "$chapter-$number breaks off, or does not end by itself"
                fi
            done
            cp "$one.whole.cpp" "$one.cpp"
            tried "$one" 60
        fi
        cat "$one.said"
    done
}
grade() {
    local folder=${1:-} each
    [[ -d $folder ]] || { echo "grade what?  make grade DIR=folder  (it holds adjoint.cpp, ode.cpp, ... as in examples/exercises)" >&2; return 1; }
    compile_once
    mkdir -p "$out/grade"
    for each in "$folder" "$folder"/*/; do
        compgen -G "${each%/}/*.cpp" > /dev/null || continue
        grade_one "${each%/}" | tee "$out/grade/report"
        awk -v folder="${each%/}" '/^[a-z]+: [0-9]+ of [0-9]+ points/ { points += $2; of += $4 }
                                   END { printf "%s: %d of %d points in all\n", folder, points, of }' "$out/grade/report"
    done
}

[[ ${BASH_SOURCE[0]} == "$0" ]] || return 0  # tests/exercises_check.sh takes the functions
case ${1:-} in
    hint | answer | sheet | grade) "$@" ;;
    *) echo "tools.sh: hint, answer, sheet or grade, not '${1:-}'" >&2; exit 1 ;;
esac
