#!/bin/sh
# tests/examples_check.sh — does every example still print its figures?       make examples, make examples-long
#   examples_check.sh build-folder          NAME.cpp against NAME.expected; where there is a NAME.quick.expected, it is called
#                                           with --quick and held against that
#   examples_check.sh build-folder full     the numbered experiments alone, in full, and a table of all figures of merit
#   examples_check.sh build-folder quick|full examples/NAME.cpp [SEED]  one of them
# A program with a NAME.data.expected wants data that are not here: where the environment says DATA=folder, a full run calls
# it with --data folder and holds it against that. Without, its rows in the table stay what they were.
# The file has lines that the program prints, in this order, among others. Words must be equal; numbers may differ by the
# relative tolerance. "name <= 0.1" and "name >= 0.9" are bounds of what the line "name = number" prints, wherever it
# stands; what is not printed is out of bounds. Lines that begin with # say how:
#   # args: examples/data/lynx_hare.csv --epochs 20       what the program is called with
#   # tolerance: 1e-3                                     for the lines below; 1e-6 before the first such line
#   # seeds: 1 2                                          in full, its bounds hold from these, too
set -eu
build=${1:?usage: tests/examples_check.sh build-folder [quick|full [examples/NAME.cpp [SEED]]]} how=${2:-quick}
if [ $# -lt 3 ]; then
    mkdir -p out
    if [ "$how" = full ]; then set -- examples/[0-9]*.cpp; else set -- examples/*.cpp examples/short/*.cpp; fi
    failed=0
    printf '%s\n' "$@" | xargs -P 2 -n 1 "$0" "$build" "$how" || failed=1  # every program runs on one core
    if [ "$how" = full ]; then
        for source in "$@"; do
            rows=$build/${source%.cpp}.rows name=$(basename "$source" .cpp)
            [ -s "$rows" ] || ! [ -f "${source%.cpp}.data.expected" ] || ! [ -f examples/RESULTS.md ] ||
                grep "^| $name |" examples/RESULTS.md > "$rows" || :
        done
        processor=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo 2> /dev/null | head -n 1)
        {
            printf '# Figures of merit\n\nEvery experiment in full (`make examples-long`), %s, %s.\n\n' \
                "$(date +%Y-%m-%d)" "${processor:-$(uname -m)}"
            printf '| experiment | figure of merit | value | bound |\n| --- | --- | --- | --- |\n'
            for source in "$@"; do cat "$build/${source%.cpp}.rows"; done
        } > examples/RESULTS.md
    fi
    [ $failed -eq 0 ] || { echo "examples: some failed"; exit 1; }
    exit 0
fi

stem=${3%.cpp}
name=$(basename "$stem")${4:+ --seed $4} expected=$stem.expected
arguments=${4:+--seed $4} output=$build/$stem.out${4:-} rows=$build/$stem.rows${4:-}
: > "$rows"
if [ "$how" = quick ] && [ -f "$stem.quick.expected" ]; then expected=$stem.quick.expected arguments=--quick; fi
if [ "$how" = full ] && [ -n "${DATA:-}" ] && [ -f "$stem.data.expected" ]; then
    expected=$stem.data.expected arguments="--data $DATA $arguments"
fi
if [ ! -f "$expected" ]; then echo "$name: no $expected"; exit 1; fi
if [ "$how" = full ] && [ $# -eq 3 ]; then
    for seed in $(sed -n 's/^# seeds: //p' "$expected"); do "$0" "$build" full "$3" "$seed" || seeds_failed=1; done
fi
# shellcheck disable=SC2046,SC2086  # the arguments are meant to split
if ! "$build/$stem" $arguments $(sed -n 's/^# args: //p' "$expected") > "$output" 2> "$output.err"; then
    echo "$name: failed, and said"; tail -n 5 "$output.err"; exit 1
fi
tr '\r' '\n' < "$output" | LC_ALL=C awk -v name="$name" -v expected="$expected" -v rows="$rows" '
    # The numbers of a line go to value[1..count]; what is returned has # in their place, and single spaces.
    function form(line, value,    words, count) {
        words = ""; count = 0
        while (match(line, /[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?/)) {
            words = words substr(line, 1, RSTART - 1) "#"
            value[++count] = substr(line, RSTART, RLENGTH)
            line = substr(line, RSTART + RLENGTH)
        }
        words = words line
        gsub(/[ \t]+/, " ", words); sub(/^ /, "", words); sub(/ $/, "", words)
        numbers = count
        return words
    }
    function size(x) { return x < 0 ? -x : x }
    { printed[NR] = $0 }
    $2 == "=" && NF == 3 { if (!($1 in figure)) merits[++merit_count] = $1; figure[$1] = $3 }
    END {
        tolerance = 1e-6; at = 1
        while ((getline line < expected) > 0) {
            if (line ~ /^# tolerance: /) tolerance = substr(line, 14) + 0
            if (line ~ /^#/ || line ~ /^ *$/) continue
            checked++
            if (split(line, bound, " ") == 3 && bound[2] ~ /^[<>]=$/) {
                said = bound[2] == "<=" ? "≤ " : "≥ "
                bounds[bound[1]] = bounds[bound[1]] (bounds[bound[1]] ? ", " : "") said bound[3]
                got_it = bound[1] in figure && figure[bound[1]] ~ /^[-+]?[.0-9]/
                holds = got_it && (bound[2] == "<=" ? figure[bound[1]] + 0 <= bound[3] + 0 : figure[bound[1]] + 0 >= bound[3] + 0)
                if (!holds) { printf "%s: %s = %s, expected  %s\n", name, bound[1], got_it ? figure[bound[1]] : "nothing", line; bad++ }
                continue
            }
            words = form(line, want); count = numbers
            for (i = at; i <= NR && form(printed[i], got) != words; i++) ;
            if (i > NR) { printf "%s: never prints   %s\n", name, line; bad++; continue }
            for (k = 1; k <= count; k++)
                if (size(got[k] - want[k]) > tolerance * size(want[k])) {
                    printf "%s: prints         %s\n  %s says  %s   (within %g)\n", name, printed[i], expected, line, tolerance
                    bad++
                    break
                }
            at = i + 1
        }
        for (i = 1; i <= merit_count; i++)
            printf "| %s | `%s` | %s | %s |\n", name, merits[i], figure[merits[i]], bounds[merits[i]] > rows
        if (!checked) { printf "%s: %s expects nothing\n", name, expected; bad++ }
        if (!bad) printf "%s: %d line%s as expected\n", name, checked, checked == 1 ? "" : "s"
        exit bad != 0
    }'
[ -z "${seeds_failed:-}" ] || exit 1
