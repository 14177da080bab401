#!/usr/bin/env bash
# tests/exercises_check.sh LIBRARY — does each exercise tell a right answer from a wrong one?           (half a minute)
#   as they are            every one is "not yet", and says what it got and expected
#   with the answers       of examples/chapters/answers*.md: every one is "done"
#   with wrong answers     of tests/exercises/wrong_*.md, two that look right for each: every one is "not yet", and says it
# An answer stands in for what is between an exercise's comment and its check: for core 2 the first block of code behind
# **2** under "## core". Answers of one kind are compiled together, at -O0. CXX and REAL as in make.
set -euo pipefail
cd "$(dirname "$0")/.."
library=${1:?usage: tests/exercises_check.sh build/.../libcostate.a}
out=build/exercises
programs=(exercises exercises_ode)
mkdir -p "$out"

with_answers() {  # SOURCE MD: the source with the answers of MD; one that is missing, or has no place, is an error
    LC_ALL=C awk -v source="$1" '
        /^## / { chapter = substr($0, 4); next }
        /^\*\*[0-9]+\*\*/ { match($0, /[0-9]+/); name = chapter " " substr($0, RSTART, RLENGTH) ":"; next }
        /^```$/ && inside { inside = 0; name = "" }
        inside { answer[name] = answer[name] $0 "\n" }
        /^```cpp$/ && name != "" { inside = 1 }
        END {
            while ((getline line < source) > 0) {
                if (line ~ /^\/\/ [a-z]+ [0-9]+: /) {
                    split(line, word, " ")
                    name = word[2] " " word[3]
                    place = "comment"
                    if (!(name in answer)) { print FILENAME ": no answer to " name > "/dev/stderr"; failed = 1 }
                }
                if (place == "comment" && line !~ /^\/\//) { place = "answer"; printf "%s", answer[name] }
                if (line ~ /^void [a-z]+_[0-9]+\(Check& check\)/) place = ""
                if (place != "answer") print line
            }
            exit failed
        }' "$2"
}

# NAME VERDICT FOLDER: runs both programs; every exercise has this verdict, "not yet" with what it got and expected.
judge() {
    local name=$1 verdict=$2 program
    for program in "${programs[@]}"; do timeout 60 "$out/$name/$program"; done > "$out/$name.txt" || return 1
    LC_ALL=C awk -v name="$name" -v verdict="$verdict" '
        function close_last() {
            if (last != "" && verdict == "not yet" && !(got && expected)) { print name ": " last ": without got, expected"; bad++ }
        }
        /^[a-z]+ [0-9]+ / {
            close_last()
            last = $1 " " $2; got = expected = 0; count++
            if (substr($0, 13, length(verdict)) != verdict) { print name ": " last " is not \"" verdict "\""; bad++ }
        }
        /^  got /      { got = 1 }
        /^  expected / { expected = 1 }
        END { close_last(); printf "%-8s %d exercises, %d of them not as they should be\n", name, count, bad
              exit bad || count < 20 }' "$out/$name.txt"
}

build() {  # NAME MD...: both programs with these answers, side by side; without MD as they are
    local name=$1 i program pids=()
    shift
    mkdir -p "$out/$name"
    for i in 0 1; do
        program=${programs[$i]}
        if (($# == 0)); then cp "examples/chapters/$program.cpp" "$out/$name/"
        else with_answers "examples/chapters/$program.cpp" "${*:i % $# + 1:1}" > "$out/$name/$program.cpp"; fi
        ${CXX:-g++} -std=c++20 -I. -DCOSTATE_REAL="${REAL:-double}" -O0 -ffp-contract=off -Wall -Wextra -Wshadow -Wconversion \
            -Wno-sign-conversion -Werror "$out/$name/$program.cpp" "$library" -o "$out/$name/$program" &
        pids+=($!)
    done
    wait "${pids[0]}" && wait "${pids[1]}"
}

failed=0
for kind in "stubs:not yet" "answers:done:examples/chapters/answers.md examples/chapters/answers_ode.md" \
            "wrong_1:not yet:tests/exercises/wrong_1.md" "wrong_2:not yet:tests/exercises/wrong_2.md"; do
    IFS=: read -r name verdict files <<< "$kind"
    # shellcheck disable=SC2086  # a list of files
    build "$name" $files && judge "$name" "$verdict" || failed=$((failed + 1))
done
echo "exercises: $failed of 4 failed"
((failed == 0))
