#!/usr/bin/env bash
# examples/page/wasm.sh LAW.c MODULE.wasm — a printed training step by clang as WebAssembly, without any library     make wasm
#   apt-get install clang lld nodejs
# It imports nothing. string.h, of which the printed C wants memcpy, is made here, as clang has none for a machine without libc.
set -euo pipefail
cd "$(dirname "$0")/../.."
mkdir -p build/wasm
echo 'void *memcpy(void *to, const void *from, __SIZE_TYPE__ count);' > build/wasm/string.h
exports=$(printf ',--export=law_%s' begin train weights loss arena sample)
# Linked apart, without -O: else clang hands the module to wasm-opt, if that is installed, which knows no memcpy once all is stripped.
clang --target=wasm32 -std=c99 -Oz -mllvm -disable-lsr -fno-math-errno -ffp-contract=off -mbulk-memory -Wall -Wextra -Wpedantic -Werror \
    -Ibuild/wasm -I. "-DLAW=\"$1\"" -c examples/page/module.c -o build/wasm/module.o
clang --target=wasm32 -nostdlib "-Wl,--no-entry,--strip-all,--gc-sections,-z,stack-size=4096$exports" build/wasm/module.o -o "$2"
