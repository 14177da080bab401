#!/usr/bin/env bash
# examples/course/mine/run.sh LIBRARY — the nine steps: which are done, and what is the next one's first difference?   make mine
#   TAPE=mine       mine.hpp as it is (HEADER names another one)
#   TAPE=costate    the library stands in for its steps 1 to 8, through adapter.hpp
# Only the first step that is not done is explained (EXPLAIN=all: each); STEPS="step2 step3" looks at these alone. When all
# nine are done, table.cpp tells what each tape gives, and what that takes.
set -euo pipefail
cd "$(dirname "$0")/../../.."
library=${1:?usage: examples/course/mine/run.sh build/.../libcostate.a}
tape=${TAPE:-mine} here=examples/course/mine
header=${HEADER:-$here/mine.hpp} out=${OUT:-build/mine}
[[ $tape == mine || $tape == costate ]] || { echo "TAPE is mine or costate, not '$tape'" >&2; exit 2; }
if [[ $tape == costate && $library == *-float-* ]]; then echo "TAPE=costate compares doubles: make it with REAL=double" >&2; exit 2; fi
mkdir -p "$out/$tape"
read -r -a steps <<< "${STEPS:-step1 step2 step3 step4 step5 step6 step7 step8 step9}"

compile() {  # SOURCE PROGRAM [more flags]: what the compiler says is in PROGRAM.txt
    local flags=(-std=c++20 -I. -DTAPE="\"$header\"" -ffp-contract=off -Wall -Wextra -Wpedantic -Wshadow -Wconversion
                 -Wno-sign-conversion -Wno-unused-parameter "${@:3}")
    local with=()
    if [[ $tape == costate ]]; then flags+=(-DCOSTATE -DCOSTATE_REAL=double) with=("$library"); fi
    rm -f "$2"
    ${CXX:-g++} "${flags[@]}" ${WERROR:+-Werror} "$1" ${with[@]+"${with[@]}"} -o "$2" 2> "$2.txt"
}
compile_step() {  # often compiled, run once: -O0; and an index that is out of range ends the program with a message
    local start=$EPOCHREALTIME
    compile "$here/$1.cpp" "$out/$tape/$1" -O0 -D_GLIBCXX_ASSERTIONS || true
    awk -v a="$start" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.1f\n", b - a }' > "$out/$tape/$1.seconds"
}
compile_all() {  # the library's header takes longer than a step: one program for all steps, which step is its argument
    local step
    for step in "${steps[@]}"; do
        printf '#include "%s/lynx_hare.hpp"\n#define main %s\n#include "%s/%s.cpp"\n#undef main\n' "$here" "$step" "$here" "$step"
    done > "$out/$tape/all.cpp"
    echo "int (*const steps[])() = {$(IFS=,; echo "${steps[*]}")};" >> "$out/$tape/all.cpp"
    echo 'int main(int, char** argv) { return steps[argv[1][0] - 49](); }  // 49: the letter 1' >> "$out/$tape/all.cpp"
    compile "$out/$tape/all.cpp" "$out/$tape/all" -O1 || true
    for step in "${steps[@]}"; do ln -sf all "$out/$tape/$step"; ln -sf all.txt "$out/$tape/$step.txt"; done
}
export -f compile compile_step
export tape header out here library

# Prints what the program of a step prints, or the same form where there is none, or where it did not end by itself. Memory
# that is given back is overwritten at once (glibc: MALLOC_PERTURB_), so that whoever looks at it sees nonsense.
result() {
    local step=$1 status=0 title
    title=$(sed -n 's/^int main.*run([0-9], "\([^"]*\)".*/\1/p' "$here/$step.cpp")
    if [[ ! -x $out/$tape/$step ]]; then
        printf 'step %s  %-27s not yet\n  got       a message of the compiler\n' "${step#step}" "$title"
        grep -m 1 'error' "$out/$tape/$step.txt" | sed 's/^/            /' || true
        printf '  expected  a header that compiles\n  look      %s, all of it\n' "$out/$tape/$step.txt"
        return
    fi
    MALLOC_PERTURB_=165 timeout 20 "$out/$tape/$step" "${step#step}" > "$out/$tape/$step.out" 2> "$out/$tape/$step.err" || status=$?
    if ((status <= 1)); then cat "$out/$tape/$step.out"; return; fi
    printf 'step %s  %-27s not yet\n' "${step#step}" "$title"
    if ((status == 124)); then echo "  got       a program that was still running after 20 s"
    else printf '  got       a program that broke off (status %d)\n' "$status"; fi
    grep -i -m 1 'assert' "$out/$tape/$step.err" | sed 's/.*Assertion/            Assertion/' || true
    echo '  expected  one that ends by itself'
    echo '  look      an index beyond a list, a reference into a list that has grown since, a null pointer, a loop without an end'
}

if [[ $tape == costate ]]; then compile_all
else printf '%s\n' "${steps[@]}" | xargs -P 2 -I{} bash -c 'compile_step {}'; fi
finished=0 next=''
for step in "${steps[@]}"; do
    said=$(result "$step")
    if [[ $said == *" done" ]]; then finished=$((finished + 1))
    elif [[ -z $next ]]; then next=${step#step}
    elif [[ ${EXPLAIN:-first} != all ]]; then said=${said%%$'\n'*}; fi
    echo "$said"
done
echo "$finished of ${#steps[@]} steps are done"
if [[ -n $next ]]; then
    echo "next is step $next: $here/step$next.cpp; two hints to it are in $here/hints.md"
    exit 0
fi
if ((finished < 9)); then exit 0; fi

# The table: a column for each tape whose nine steps are done. The other one's is kept as long as the header is not changed.
compile "$here/table.cpp" "$out/$tape/table" -O2 || { cat "$out/$tape/table.txt"; exit 1; }
"$out/$tape/table" > "$out/$tape/table.out"
other=$([[ $tape == mine ]] && echo costate || echo mine)
columns=("$out/mine/table.out" "$out/costate/table.out")
if [[ ! -s $out/$other/table.out || $header -nt $out/$other/table.out ]]; then columns=("$out/$tape/table.out"); fi
awk -F '\t' '
    FNR == 1 { name[++files] = FILENAME; sub(/\/table.out$/, "", name[files]); sub(/.*\//, "", name[files]) }
    files == 1 { what[FNR] = $1; rows = FNR }
    { number[files, FNR] = $2 }
    END {
        line = sprintf("\n%-46s", "")
        for (f = 1; f <= files; f++) line = line sprintf("%12s", name[f])
        print line
        for (r = 1; r <= rows; r++) {
            line = sprintf("%-46s", what[r])
            for (f = 1; f <= files; f++) line = line sprintf("%12s", number[f, r])
            print line
        }
    }' "${columns[@]}"
if ((${#columns[@]} == 2)); then
    cat << 'END'

Your tape calls the law at every look and keeps a node for each of its operations; the library calls it twice, once to record
it and once to see that it is the same, and replays the recording as a Program (autodiff/programs.md).
So the whole solve is one operation on its tape, and the backward solve replays a Program, too: discrete (3).
END
else
    echo; echo "the other column: make mine TAPE=$other"
fi
