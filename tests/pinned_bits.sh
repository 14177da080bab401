#!/usr/bin/env bash
# tests/pinned_bits.sh — the same random numbers everywhere: compilers x processors x optimisations x precisions, without
# any flag of the Makefile's, as somebody builds who has copied the folders. It needs two files of the library only.
set -euo pipefail
cd "$(dirname "$0")/.."
out=build/pinned_bits
archs=("")
if [[ $(uname -m) == x86_64 ]]; then archs=(-march=x86-64 -march=x86-64-v3 -march=native); fi

# Every level for every processor, by one compiler in one precision.
draw() {  # COMPILER REAL
    local compiler=$1 real=$2 out=$out/$1-$2 failed=0 count=0 arch level
    command -v "$compiler" > /dev/null || { echo "$compiler is not here: skipped"; return 0; }
    local common=("$compiler" -std=c++20 -I. -DCOSTATE_REAL="$real" -c)
    mkdir -p "$out"
    "${common[@]}" core/error.cpp -o "$out/error.o"
    "${common[@]}" tests/core/pinned_bits.cpp -o "$out/main.o"
    for arch in "${archs[@]}"; do
        for level in -O0 -O1 -O2 -O3; do
            "${common[@]}" "$level" ${arch:+"$arch"} core/random.cpp -o "$out/random.o"
            "$compiler" "$out"/*.o -o "$out/program"
            count=$((count + 1))
            "$out/program" || { echo "drawn by: $compiler $level $arch, $real"; failed=$((failed + 1)); }
        done
    done
    echo "$compiler, $real: $count programs drew random numbers, $failed drew others"
    ((failed == 0))
}

failed=0
for real in double float; do
    draw g++ $real &
    draw clang++ $real || failed=1
    wait $! || failed=1
done
((failed == 0))
