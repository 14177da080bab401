#!/usr/bin/env bash
# tests/same_bits.sh [all] — does every machine train to the same bits, built with BITS=same?             make repro
#   platform          compiler              level  precision  hash              (minutes: each line builds the library, as one file)
# The library takes no flag for it (it keeps compilers from fusing a b + c itself); a program's own arithmetic takes one.
# Kernels and trained parameters are hashed by tests/same_bits/main.cpp; the hashes to have stand in tests/same_bits/*.txt,
# and the first that is another is named. Without "all" four builds that cover both compilers, both precisions, two
# widths of registers, small machines and a big-endian one; with it all levels and widths, and more processors. Others are
# there where cross compilers and qemu are installed (apt-get install g++-s390x-linux-gnu qemu-user), WebAssembly where its libc++ is
# (lld nodejs wasi-libc libc++-16-dev-wasm32).
# At last examples/chip/learn.cpp is trained here, to the weights that make arm and make wasm ask for (examples/chip/learnt.txt).
#   tests/same_bits.sh --write      writes the hashes anew, by the first compiler that there is
set -uo pipefail
cd "$(dirname "$0")/.."
out=build/same_bits
mkdir -p "$out"
make -s BUILD=$out $out/needed.cpp  # what a training needs of the library, as one file

# PLATFORM COMPILER LEVEL PRECISION FLAGS RUNNER: a line of the table; the program's output stays in $out.
row() {
    local platform=$1 compiler=$2 level=$3 precision=$4 extra=$5 runner=$6 name difference status=0
    name=$out/$(echo "$platform $compiler $level $precision" | tr ' /' '__')
    local flags=(-std=c++20 -DCOSTATE_REAL="$precision" -DCOSTATE_SAME_BITS "$level" -w)
    # shellcheck disable=SC2206
    [[ -z $extra ]] || flags+=($extra)
    if "$compiler" "${flags[@]}" -c $out/needed.cpp -o "$name.o" &&
        "$compiler" "${flags[@]}" -I. -ffp-contract=off tests/same_bits/main.cpp "$name.o" -o "$name" && $runner "$name" > "$name.txt"; then
        difference=$(diff "tests/same_bits/$precision.txt" "$name.txt" | sed -n 's/^> //p' | head -n 1)
        if [[ -n $difference ]]; then status=1; fi
    else
        difference="(does not build or run)" status=1
    fi
    printf '%-16s %-24s %-5s %-7s %s\n' "$platform" "$compiler" "$level" "$precision" \
        "$( ((status)) && echo "differs first in: $difference" || md5sum < "$name.txt" | cut -c1-16)"
    return $status
}
export -f row
export out

# PLATFORMS PRECISION: other processors, where a cross compiler and qemu are installed
cross() {
    local platform
    for platform in $1; do
        if command -v $platform-linux-gnu-g++ > /dev/null && command -v qemu-$platform > /dev/null; then
            echo "$platform|$platform-linux-gnu-g++|-O1|$2|-static|qemu-$platform"
        else
            echo "$platform: skipped, there is no $platform-linux-gnu-g++ or no qemu-$platform here" >&2
        fi
    done
}
# PRECISION: WebAssembly with its vectors of 128 bits, where clang++ has a library for it and node runs it
wasm() {
    if command -v wasm-ld > /dev/null && command -v node > /dev/null && echo '#include <vector>' | clang++ --target=wasm32-wasi -std=c++20 -fsyntax-only -x c++ - 2> /dev/null; then
        echo "wasm32 simd128|clang++|-O2|$1|--target=wasm32-wasi -msimd128 -fno-exceptions -fno-rtti -lc++ -lc++abi|node --no-warnings tests/same_bits/wasi.mjs"
    else
        echo "wasm32: skipped, there is no wasm-ld, node or libc++ for it here" >&2
    fi
}
# What a chip learns, learnt here, by the objects of "small": make arm and make wasm ask for the same weights.
learn_as_chips() {
    local who="learn.cpp here:" library=$out/small_g++_-O1_float.o
    [[ -e $library ]] || { echo "$who skipped, \"small\" is not built here" >&2; return 0; }
    . examples/chip/measured.sh
    g++ -std=c++20 -I. -O1 -ffp-contract=off -w -DCOSTATE_REAL=float -DCOSTATE_SAME_BITS -DCOSTATE_SMALL \
        examples/chip/{learn,host}.cpp "$library" -o $out/learn && $out/learn > $out/said.txt && must_have_learnt double
}
here=$(uname -m)
rows() {
    if [[ $here == x86_64 ]]; then
        echo "x86-64|clang++|-O1|double|-march=x86-64|"
        echo "small|g++|-O1|float|-DCOSTATE_SMALL|"
        echo "native|g++|-O1|float|-march=native|"
    else
        echo "$here|g++|-O1|double||"
        echo "$here|g++|-O1|float||"
        echo "$here|clang++|-O2|float||"
    fi
    cross "s390x" double  # whose bytes lie the other way round
    [[ ${1:-} == all ]] || return 0
    local compiler level precision
    if [[ $here == x86_64 ]]; then echo "x86-64-v3|g++|-O2|float|-march=x86-64-v3|"; fi
    for precision in double float; do
        for compiler in g++ clang++; do
            for level in -O0 -O1 -O2 -O3; do
                [[ "$compiler $level $precision" == "g++ -O1 float" ]] || echo "native|$compiler|$level|$precision|-march=native|"
            done
        done
        cross "aarch64 riscv64" $precision
        wasm $precision
        [[ $precision == double ]] || cross "s390x" $precision
    done
}

if [[ ${1:-} == --write ]]; then
    for precision in double float; do
        row here g++ -O1 $precision "" "" > /dev/null
        cp "$out/here_g++_-O1_$precision.txt" tests/same_bits/$precision.txt
    done
    exit
fi
# shellcheck disable=SC2016
rows "${1:-}" | while IFS='|' read -r a compiler rest; do
    if command -v "$compiler" > /dev/null; then echo "$a|$compiler|$rest"; else echo "$compiler is not here: skipped" >&2; fi
done | xargs -P 2 -I{} bash -c 'IFS="|" read -r a b c d e f <<< "{}"; row "$a" "$b" "$c" "$d" "$e" "$f"' || {
    echo "same bits: not everywhere"
    exit 1
}
learn_as_chips || { echo "same bits: learn.cpp does not build or does not learn here"; exit 1; }
echo "same bits: the same everywhere"
