#!/usr/bin/env bash
# tests/mine_check.sh LIBRARY — does "build your own" tell a right header from a wrong one?            (half a minute)
#   the stub        fails all nine steps, and says what it got and expected
#   the answer      tests/course/mine/answer.hpp, of at most 150 lines, passes them, on g++ and on clang++ (or on CXX alone)
#   the library     passes them through the adapter, of at most 40 lines; so a step asks for nothing but what is right
#   wrong answers   each with one plausible mistake: the step that teaches it says "not yet", the step before it "done"
# How long each step takes to compile is printed, not judged: two seconds are what a step should need.
set -euo pipefail
cd "$(dirname "$0")/.."
library=${1:?usage: tests/mine_check.sh build/.../libcostate.a}
run=examples/course/mine/run.sh answer=tests/course/mine/answer.hpp out=build/mine/check
export WERROR=1
rm -rf "$out"
mkdir -p "$out"
failed=0
complain() { echo "FAILED: $*"; failed=$((failed + 1)); }

at_most() {  # LINES FILE
    local count
    count=$(wc -l < "$2")
    ((count <= $1)) || complain "$2 has $count lines, more than $1"
}
at_most 150 "$answer"
at_most 40 examples/course/mine/adapter.hpp

# One compilation, which takes as long as many of the small ones: beside them.
HEADER=$answer TAPE=costate OUT=$out/costate CXX=${CXX:-g++} $run "$library" > "$out/costate.txt" &
costate=$!
EXPLAIN=all TAPE=mine OUT=$out/stub CXX=${CXX:-g++} $run "$library" > "$out/stub.txt"
for what in "step [1-9] .* not yet" "  got  " "  expected  " "  look  "; do
    (($(grep -c -- "^$what" "$out/stub.txt") == 9)) || { complain "the stub's nine steps do not all say \"$what\""; cat "$out/stub.txt"; }
done
if grep -q "compiler\|broke off" "$out/stub.txt"; then complain "the stub does not compile or run"; fi

compilers=${CXX:-g++ clang++}
for compiler in $compilers; do
    if ! command -v "$compiler" > /dev/null; then echo "no $compiler here"; continue; fi
    HEADER=$answer TAPE=mine OUT=$out/$compiler CXX=$compiler $run "$library" > "$out/$compiler.txt"
    grep -q '^9 of 9' "$out/$compiler.txt" || { complain "the answer, by $compiler"; cat "$out/$compiler.txt"; }
    echo "seconds to compile steps 1 to 9, $compiler, two at a time: $(cat "$out/$compiler"/mine/*.seconds | paste -sd' ')"
done
wait "$costate" || complain "run.sh with TAPE=costate fails"
grep -q '^9 of 9' "$out/costate.txt" || { complain "the library through the adapter"; cat "$out/costate.txt" "$out/costate/costate/all.txt"; }
# The table: what both give is the same, to the digits that are shown.
paste "$out/${compilers%% *}/mine/table.out" "$out/costate/costate/table.out" |
    awk -F '\t' '/^(dL|d2L|lynx)/ { n++; if ($2 - $4 > 1e-3 || $4 - $2 > 1e-3) { print; bad++ } } END { exit bad || n != 7 }' ||
    complain "the table's columns differ"

# STEP ~ what stands in the answer ~ the mistake
mistakes='1 ~ return tape ? tape->append(op, a, b, y) : Var(y); ~ return Var(y, tape, 0);
2 ~ bar[x.place] = is_zero(bar[x.place]) ? g : bar[x.place] + g; ~ bar[x.place] = g;
2 ~ if (op == Op::sub) add(a, g), add(b, -1 * g); ~ if (op == Op::sub) add(a, g), add(b, g);
3 ~ if (op == Op::exp) add(a, g * y); ~ if (op == Op::exp) add(a, g);
4 ~ if (op == Op::mul) add(a, g * b), add(b, g * a); ~ if (op == Op::mul) add(a, g.number * b.number), add(b, g.number * a.number);
5 ~ k3 = f(t + h / 2, along(k2, h / 2), theta) ~ k3 = f(t + h / 2, along(k1, h / 2), theta)
6 ~ y[i] = z[i] + step * k[i]; ~ y[i] = value(z[i]) + step * k[i];
7 ~ s[k] = z[i][k], s[d + k] += jumps[i][k]; ~ s[k] = z[i][k], s[d + k] += i > 0 ? jumps[i][k] : 0;
7 ~ ds.push_back(-value(x_bar)); ~ ds.push_back(value(x_bar));
8 ~ (1 - std::pow(0.999, t)) ~ 1
9 ~ (alpha - beta * lynx) / deviation[0] ~ alpha - beta * lynx
9 ~ 2 * (z[i][j] - data[i][j]) ~ 2 * (data[i][j] - z[i][j])'
wrong() {  # NUMBER MISTAKE
    local number=$1 step old new steps
    IFS='~' read -r step old new <<< "$2"
    step=${step// /} old=${old# } old=${old% } new=${new# }
    grep -qF -- "$old" "$answer" || { echo "the answer does not hold: $old"; return 1; }
    OLD=$old NEW=$new awk '{ i = index($0, ENVIRON["OLD"])
        if (i) $0 = substr($0, 1, i - 1) ENVIRON["NEW"] substr($0, i + length(ENVIRON["OLD"])); print }' "$answer" > "$out/wrong_$number.hpp"
    steps=step$step
    if ((step > 1)); then steps="step$((step - 1)) $steps"; fi
    STEPS=$steps HEADER=$out/wrong_$number.hpp TAPE=mine OUT=$out/wrong_$number CXX=${CXX:-g++} WERROR='' $run "$library" > "$out/wrong_$number.txt"
    if ! grep -q "^step $step .* not yet$" "$out/wrong_$number.txt" || ! grep -q '^  expected' "$out/wrong_$number.txt" ||
        { ((step > 1)) && ! grep -q "^step $((step - 1)) .* done$" "$out/wrong_$number.txt"; }; then
        echo "step $step does not see a mistake: $new"
        cat "$out/wrong_$number.txt"
        return 1
    fi
}
export -f wrong
export answer out library run
# shellcheck disable=SC2016
grep -n '' <<< "$mistakes" | tr '\n' '\0' | xargs -0 -P 2 -I{} bash -c 'line=$1; wrong "${line%%:*}" "${line#*:}"' _ {} || complain "wrong answers"
echo "build your own: $(grep -c '' <<< "$mistakes") wrong answers seen, $failed failed"
((failed == 0))
