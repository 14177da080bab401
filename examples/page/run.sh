#!/usr/bin/env bash
# examples/page/run.sh PROGRAM — a training step as WebAssembly: trained by node, without imports, to the library's bits   make wasm
set -euo pipefail
program=$1
cd "$(dirname "$0")/../.."
for tool in clang wasm-ld node; do
    command -v $tool > /dev/null || { echo "wasm: skipped, there is no $tool here"; exit 0; }
done
mkdir -p out
library=$("$program" out)
examples/page/wasm.sh out/step.c out/step.wasm
node -e '
    const fs = require("fs"), module = new WebAssembly.Module(fs.readFileSync("out/step.wasm"));
    const law = new WebAssembly.Instance(module).exports, arena = law.law_arena();
    const sample = fs.readFileSync("out/sample.c", "utf8").match(/-?[0-9.]+(e-?[0-9]+)?(?=f)/g).map(Number);
    new Float32Array(law.memory.buffer, law.law_sample(), sample.length).set(sample);
    law.law_begin(arena, 1 << 16);
    for (let k = 0; k < 200; k++) if (law.law_train(arena, law.law_sample()) != 0) throw "a step failed";
    let hash = 2166136261;
    for (const byte of new Uint8Array(law.memory.buffer, law.law_weights(arena), 4 * 42)) hash = Math.imul(hash ^ byte, 16777619);
    console.log(`imports: ${WebAssembly.Module.imports(module).length}, loss ${law.law_loss(arena)}`);
    console.log(`hash of the weights: ${hash >>> 16} ${hash & 0xffff}`);' > build/wasm/said.txt
size=$(stat -c %s out/step.wasm)
echo "out/step.wasm: $size bytes, $(head -n 1 build/wasm/said.txt); the library's $library"
grep -qx "$library" build/wasm/said.txt || { echo "wasm: not the same bits: $(cat build/wasm/said.txt)"; exit 1; }
grep -q '^imports: 0,' build/wasm/said.txt || { echo "wasm: it asks for something"; exit 1; }
((size <= 4096)) || { echo "wasm: 4096 bytes are the most that it may have"; exit 1; }
