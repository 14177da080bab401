#!/usr/bin/env bash
# examples/chip/web.sh — builds learn.cpp as a WebAssembly module, trains it in node, says what it takes     make wasm
#   apt-get install clang lld binaryen nodejs wasi-libc libc++-16-dev-wasm32
# Its bits are those of a Cortex-M4F (arm.sh). More than it may be is an error, and so is anything that it asks for. wasi-libc and
# libc++ give headers and a few small functions, web.cpp stands in for a system. (A minute, with one processor.)
#   one page of memory     the stack at its beginning, constants and zeros, among them what `new` gives; no module can have less, and have any
#   relocations, wasm-opt  without them it has a fifth more: numbers padded to five bytes, sums that an address can hold
#   --low-memory-unused    allows the latter, if nothing lies in the first KB of the memory: the stack has to stay above it
set -euo pipefail
cd "$(dirname "$0")/../.."
module_most=171200 heap=33344 stack_most=6000 stack=8192 memory=65536
for tool in clang++ wasm-ld wasm-opt node; do
    command -v $tool > /dev/null || { echo "wasm: skipped, there is no $tool here"; exit 0; }
done
target="--target=wasm32-wasi"
printf '#include <algorithm>\nauto most = std::ranges::max(1, 2);' | clang++ $target -std=c++20 -fsyntax-only -x c++ - 2> /dev/null ||
    { echo "wasm: skipped, there is no libc++ 16 for WebAssembly here"; exit 0; }

# The library as one file.
out=build/wasm/learn board=build/wasm/learn/examples/chip who=wasm:
. examples/chip/measured.sh
flags="$target -flto -mbulk-memory -msign-ext -mnontrapping-fptoint -DCOSTATE_SMALL
       -fno-exceptions -fno-rtti -fno-threadsafe-statics -fno-c++-static-destructors"
make -s -j"$(nproc)" BUILD=$out CXX=clang++ REAL=float ARCH= VECTOR= OPT=-Oz THREADS=0 SANITIZE= APART= ONE_FILE=1 BITS=fast \
    LIBRARY="$without_a_system" EXTRA="-w -DHEAP_BYTES=$heap $(echo $flags)" $out/library.o $board/learn.o $board/web.o
# shellcheck disable=SC2086
clang++ $flags -mexec-model=reactor -nodefaultlibs $out/library.o $board/learn.o $board/web.o -lc++ -lc -o $out/linked.wasm \
    -Wl,--export=main,--export=chip_said,--export=__heap_base,--gc-sections,--strip-debug,--compress-relocations \
    -Wl,--stack-first,-z,stack-size=$stack,--initial-memory=$memory,--max-memory=$memory,-mllvm,-disable-lsr \
    2> $out/link.log || { cat $out/link.log; exit 1; }
wasm-opt -Oz --low-memory-unused -g $out/linked.wasm -o $out/named.wasm
mkdir -p out
wasm-opt --strip-debug --strip-producers $out/named.wasm -o out/learn.wasm

node examples/chip/web.mjs out/learn.wasm | tee $out/said.txt
size=$(stat -c %s out/learn.wasm)
node examples/chip/functions.mjs $out/named.wasm | c++filt > $out/functions.txt
echo "out/learn.wasm: $size bytes; the ten largest:"
sed -n '1,10s/^/  /p' $out/functions.txt | cut -c 1-100

without() {  # PATTERN WHAT, on standard input
    ! grep -E "$1" || { echo "wasm: $2"; exit 1; }
}
within "the module" "$size" $module_most
within imports "$(said imports)" 0
within stack "$(said stack)" $stack_most
within "stack, with a KB to spare," $((stack_most + 1024)) $stack
grep -q 'after the third iteration: [0-9]* 0$' $out/said.txt || { echo "wasm: a warm iteration asks for memory"; exit 1; }
must_have_learnt double
sed 's/rows::Discrete:://' $out/functions.txt | without 'ode::rows::[A-Z][a-z]*::' "routes are linked that nobody named"
without 'rows::[a-z]+_own|pull_pair|solve_jvp|gradient_[jv]+p|step_choice|tile_errors|compile_(adjoint|tangents)|slot_for|printf|malloc' \
    "code is linked that nobody named" < $out/functions.txt
without '_GLOBAL__sub_I|var_init' "there are constructors before main" < $out/functions.txt
