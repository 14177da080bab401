#!/usr/bin/env bash
# tests/single_check.sh — does the library as one file compile in somebody else's build, and say what the library says?
#   Three files, one of them with the implementation, by g++ and clang++, in double and float, with and without exceptions,
#   at the highest level and at the lowest, and no other flag of the Makefile's: no warning, and a training's numbers have the
#   bits that they have with the library.   -ffast-math and two precisions in one program are refused.
# A minute, once the libraries are there. Times are printed, not judged: half a minute for the implementation at -O3, and
# 1.3 s for the header alone at -O1 are what g++ should need.
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

same_bits() {  # COMPILER REAL FLAG...
    local compiler=$1 real=$2 file
    shift 2
    make -s library CXX="$compiler" REAL="$real"
    "$compiler" -std=c++20 -I. -march=native -ffp-contract=off -DCOSTATE_REAL="$real" tests/single/{main,pendulum}.cpp \
        "build/$compiler-$real-native-O3/libcostate.a" -o "$out/library"
    for file in tests/single/{main,pendulum,costate}.cpp; do
        compile "$file" "$compiler" "${own[@]}" -DCOSTATE_REAL="$real" "$@"
    done
    "$compiler" "$out"/{main,pendulum,costate}.o -o "$out/single"
    "$out/library" > "$out/library.txt"
    "$out/single" > "$out/single.txt"
    diff "$out/library.txt" "$out/single.txt" > "$out/difference.txt" || complain "other bits than the library's: $out/difference.txt"
}

refused() {  # WHAT COMMAND...: it fails, and says WHAT
    local what=$1
    shift
    if "$@" > "$out/refusal.txt" 2>&1; then complain "not refused: $*"; fi
    grep -q -- "$what" "$out/refusal.txt" || complain "refused without saying \"$what\": $*"
}

same_bits g++ double -O3
compile "$out/header.cpp" g++ "${own[@]}" -O1
refused "-ffast-math" g++ "${own[@]}" -O3 -ffast-math -fsyntax-only "$out/header.cpp"
refused "undefined reference" g++ -std=c++20 -Ibuild -DCOSTATE_REAL=float tests/single/{main,pendulum}.cpp "$out/costate.o" -o "$out/mixed"
same_bits g++ float -O0 -fno-exceptions -fno-rtti
same_bits clang++ double -O0
echo "single header: $failed failed"
((failed == 0))
