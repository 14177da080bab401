#!/usr/bin/env bash
# tests/single_check.sh — does the library as one file compile in somebody else's build, and say what the library says?
#   Three files, one of them with the implementation, by g++ in double and by clang++ in float without exceptions, at the two
#   lowest levels, and no other flag of the Makefile's: no warning, and a training's numbers have the bits that they
#   have with the library, in double at the highest, in float as the sanitizers watch it (one build less in .ci/run).
#   -ffast-math and two precisions in one program are refused.
#   PART=plain, by g++ at -O3 and by clang++ at -Os, and PART=autodiff, by g++ at -O0, are whole, too, and have those bits.
# A minute, once the library is there. Times are printed, not judged: 1.3 s for the header alone at -O1 are what g++ should need.
set -euo pipefail
cd "$(dirname "$0")/.."
out=build/single
own=(-std=c++20 -march=native -Ibuild -Wall -Wextra -Wconversion -Wshadow -Wpedantic -Werror)
mkdir -p "$out"
make -s single
echo '#include "costate.hpp"' > "$out/header.cpp"
failed=0
complain() { echo "FAILED: $*"; failed=$((failed + 1)); }

compile() {  # FILE COMPILER FLAG...: to $out/NAME.o; says how long it took
    local file=$1 start=$EPOCHREALTIME
    shift
    "$@" -c "$file" -o "$out/$(basename "$file" .cpp).o" || { complain "$* $file"; return; }
    awk -v a="$start" -v b="$EPOCHREALTIME" -v what="$* $file" 'BEGIN { printf "%5.1f s  %s\n", b - a, what }'
}

# The three files, linked: the numbers of a training that they print are those of a library of that precision, which make
# has built, or builds here.
watched=address,undefined
same_bits() {  # COMPILER REAL FLAG...
    local compiler=$1 real=$2 out=$out/$1 file built=build/g++-double-native-O3 asked=() linked=()
    if [[ $real == float ]]; then
        built=build/clang++-float-native-O1-${watched/,/-}
        asked=(CXX=clang++ REAL=float OPT=-O1 ONE_FILE=1 SANITIZE=$watched)
        linked=(-fsanitize=$watched)
    fi
    shift 2
    mkdir -p "$out" && rm -f "$out"/*.txt
    for file in tests/single/{main,pendulum,costate}.cpp; do
        compile "$file" "$compiler" "${own[@]}" -DCOSTATE_REAL="$real" "$@"
    done
    "$compiler" "$out"/{main,pendulum,costate}.o -o "$out/single" && "$out/single" > "$out/single.txt" ||
        complain "the single header does not link or run by $compiler"
    make -s library "${asked[@]}"
    "$compiler" -std=c++20 -I. -march=native -ffp-contract=off -DCOSTATE_REAL="$real" "${linked[@]}" tests/single/{main,pendulum}.cpp \
        "$built/libcostate.a" -o "$out/library"
    "$out/library" > "$out/library.txt"
    diff "$out/library.txt" "$out/single.txt" > "$out/difference.txt" || complain "other bits than the library's: $out/difference.txt"
}

refused() {  # WHAT COMMAND...: it fails, and says WHAT
    local what=$1
    shift
    if "$@" > "$out/refusal.txt" 2>&1; then complain "not refused: $*"; fi
    grep -q -- "$what" "$out/refusal.txt" || complain "refused without saying \"$what\": $*"
}

# A part prints what the library prints; its name is there beside the library's headers, too.
part() {  # NAME COMPILER FLAG...
    local name=$1 compiler=$2 out=$out/$1-$2
    shift 2
    mkdir -p "$out/headers" && rm -f "$out"/*.txt
    echo "#include \"tests/single/$name.hpp\"" > "$out/headers/costate_$name.hpp"
    printf '#define COSTATE_IMPLEMENTATION\n#include "costate_%s.hpp"\n' "$name" > "$out/costate_$name.cpp"
    compile "$out/costate_$name.cpp" "$compiler" "${own[@]}" "$@"
    compile "tests/single/${name}_main.cpp" "$compiler" "${own[@]}" "$@"
    "$compiler" "$out/costate_$name.o" "$out/${name}_main.o" -o "$out/$name" && "$out/$name" > "$out/$name.txt" || complain "part $name does not link or run"
    g++ -std=c++20 -I. -I"$out/headers" -march=native -ffp-contract=off -w "tests/single/${name}_main.cpp" \
        build/g++-double-native-O3/libcostate.a -o "$out/whole" && "$out/whole" > "$out/whole.txt"
    diff "$out/whole.txt" "$out/$name.txt" > "$out/difference.txt" || complain "other bits in part $name: $out/difference.txt"
}

(same_bits clang++ float -O0 -fno-exceptions -fno-rtti && ((failed == 0))) &
same_bits g++ double -O1
wait $! || failed=$((failed + 1))
make -s single PART=plain
make -s single PART=autodiff
(part plain g++ -O3 && part plain clang++ -Os && ((failed == 0))) &
part autodiff g++ -O0
wait $! || failed=$((failed + 1))
refused "there are plain" make single PART=ode
refused "undefined reference" g++ "$out"/g++/{main,pendulum}.o "$out/clang++/costate.o" -o "$out/mixed"
compile "$out/header.cpp" g++ "${own[@]}" -O1
refused "-ffast-math" g++ "${own[@]}" -O3 -ffast-math -E "$out/header.cpp"
echo "single header: $failed failed"
((failed == 0))
