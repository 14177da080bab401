// examples/chip/web.mjs MODULE.wasm — runs learn.cpp as a module that is given nothing, and prints what it says     web.sh
// A line of web.cpp is the address of a text, two numbers, and how many of these count; a line without a text is the end.
import { readFileSync } from "node:fs";

const module = new WebAssembly.Module(readFileSync(process.argv[2]));
const { _initialize, main, chip_said, memory, __heap_base } = new WebAssembly.Instance(module).exports;

function textAt(address) {
    const bytes = new Uint8Array(memory.buffer, address);
    return new TextDecoder().decode(bytes.subarray(0, bytes.indexOf(0)));
}

const start = performance.now();
let status;
try {
    _initialize();
    status = main();
} catch (trap) {
    status = trap.message;
}
const milliseconds = performance.now() - start;

const lines = new Int32Array(memory.buffer, chip_said());
for (let at = 0; lines[at] !== 0; at += 4) {
    const [text, first, second, numbers] = lines.subarray(at, at + 4);
    console.log([textAt(text) + ":", first, second].slice(0, 1 + numbers).join(" "));
}
console.log(`imports: ${WebAssembly.Module.imports(module).length}`);
console.log(`memory, of which stack, constants, zeros and the heap: ${memory.buffer.byteLength} ${__heap_base.value}`);
console.log(`milliseconds for all iterations: ${Math.round(milliseconds)}`);
if (status !== 0) {
    console.log(`main: ${status}`);
    process.exitCode = 1;
}
