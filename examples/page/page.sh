#!/usr/bin/env bash
# examples/page/page.sh PROGRAM — out/page.html: examples/page/page.html with its WebAssembly inside, packed            make page
# Comments and indentation stay behind: the whole page, which asks no network for anything, has 10 KB at most. Where there is a
# Chromium a path is drawn on it: examples/page/drawn.sh.
set -euo pipefail
program=$1
cd "$(dirname "$0")/../.."
for tool in clang wasm-ld; do
    command -v $tool > /dev/null || { echo "page: skipped, there is no $tool here"; exit 0; }
done
mkdir -p out build/wasm
"$program" build/wasm/page.c
examples/page/wasm.sh build/wasm/page.c build/wasm/page.wasm
packed=$(gzip -9nc build/wasm/page.wasm | base64 -w 0)
sed -e 's/^ *//' -e '/^\/\/ /d' -e '/^<!-- /d' -e "s|'WASM'|'$packed'|" examples/page/page.html > out/page.html
size=$(stat -c %s out/page.html)
echo "out/page.html: $size bytes, $(stat -c %s build/wasm/page.wasm) of them WebAssembly before it is packed"
((size <= 10240)) || { echo "page: 10240 bytes are the most that it may have"; exit 1; }
examples/page/drawn.sh
