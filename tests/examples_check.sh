#!/bin/sh
# tests/examples_check.sh — does every example still print its figures?       make examples
# NAME.cpp has NAME.expected beside it (or NN.expected for NN_question.cpp): lines that it prints, in this order, among
# others. Words must be equal; numbers may differ by the relative tolerance. "name <= 0.1" and "name >= 0.9" are bounds of
# what the line "name = number" prints, wherever it stands. Lines that begin with # say how:
#   # args: examples/data/lynx_hare.csv --epochs 20       what the program is called with
#   # tolerance: 1e-3                                     for the lines below; 1e-6 before the first such line
set -eu
build=${1:?usage: tests/examples_check.sh build-folder}
failed=0
mkdir -p out
for source in examples/*.cpp examples/short/*.cpp; do
    name=$(basename "$source" .cpp)
    folder=$(dirname "$source")
    expected=$folder/$name.expected
    [ -f "$expected" ] || expected=$folder/$(expr "$name" : '\([0-9]*\)' || true).expected
    if [ ! -f "$expected" ]; then echo "$name: no $folder/$name.expected"; failed=$((failed + 1)); continue; fi
    output=$build/$folder/$name.out
    # shellcheck disable=SC2046  # the arguments are meant to split
    if ! "$build/$folder/$name" $(sed -n 's/^# args: //p' "$expected") > "$output" 2> "$output.err"; then
        echo "$name: failed, and said"; tail -n 5 "$output.err"; failed=$((failed + 1)); continue
    fi
    tr '\r' '\n' < "$output" | LC_ALL=C awk -v name="$name" -v expected="$expected" '
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
        $2 == "=" && NF == 3 { figure[$1] = $3 }
        END {
            tolerance = 1e-6; at = 1
            while ((getline line < expected) > 0) {
                if (line ~ /^# tolerance: /) tolerance = substr(line, 14) + 0
                if (line ~ /^#/ || line ~ /^ *$/) continue
                if (split(line, bound, " ") == 3 && bound[2] ~ /^[<>]=$/) {
                    checked++
                    got_it = bound[1] in figure && figure[bound[1]] ~ /^[-+]?[.0-9]/
                    holds = got_it && (bound[2] == "<=" ? figure[bound[1]] + 0 <= bound[3] + 0 : figure[bound[1]] + 0 >= bound[3] + 0)
                    if (!holds) { printf "%s: %s = %s, expected  %s\n", name, bound[1], got_it ? figure[bound[1]] : "nothing", line; bad++ }
                    continue
                }
                words = form(line, want); count = numbers
                for (i = at; i <= NR && form(printed[i], got) != words; i++) ;
                checked++
                if (i > NR) { printf "%s: never prints   %s\n", name, line; bad++; continue }
                for (k = 1; k <= count; k++)
                    if (size(got[k] - want[k]) > tolerance * size(want[k])) {
                        printf "%s: prints         %s\n  %s says  %s   (within %g)\n", name, printed[i], expected, line, tolerance
                        bad++
                        break
                    }
                at = i + 1
            }
            if (!checked) { printf "%s: %s expects nothing\n", name, expected; bad++ }
            if (!bad) printf "%s: %d line%s as expected\n", name, checked, checked == 1 ? "" : "s"
            exit bad != 0
        }' || failed=$((failed + 1))
done
[ "$failed" -eq 0 ] || { echo "examples: $failed failed"; exit 1; }
