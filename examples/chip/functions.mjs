// examples/chip/functions.mjs MODULE.wasm — a module's functions with their bytes, the largest first                web.sh
// source   WebAssembly Core Specification 1.0, 5.5: a section is its number, its length, its content. Section 10 is code, functions
//          one after the other, each behind its length; number 0 is a section with a name, and part 1 of "name" their names.
import { readFileSync } from "node:fs";

const bytes = readFileSync(process.argv[2]);
let at = 8; // behind "\0asm" and the version

function number() { // LEB128: seven bits a byte, the lowest first; the eighth says that there is more
    let value = 0, scale = 1, byte;
    do {
        byte = bytes[at++];
        value += (byte & 127) * scale;
        scale *= 128;
    } while (byte & 128);
    return value;
}
function text() {
    const length = number();
    return bytes.toString("utf8", at, (at += length));
}

const sizes = [], names = new Map();
const sections = {
    0: (end) => {
        if (text() !== "name") return;
        while (at < end) {
            const part = bytes[at++], length = number(), endOfPart = at + length;
            if (part === 1) for (let left = number(); left > 0; --left) names.set(number(), text());
            at = endOfPart;
        }
    },
    10: () => {
        for (let left = number(); left > 0; --left) {
            const length = number();
            sizes.push(length);
            at += length;
        }
    },
};
while (at < bytes.length) {
    const section = bytes[at++], length = number(), end = at + length;
    sections[section]?.(end);
    at = end;
}
// Imported functions would be numbered first: there are none.
const functions = sizes.map((size, index) => ({ size, name: names.get(index) }));
for (const { size, name } of functions.sort((a, b) => b.size - a.size)) console.log(size, name);
