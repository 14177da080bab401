// node tests/same_bits/wasi.mjs PROGRAM — runs a WebAssembly program that prints, as tests/same_bits.sh asks for
import { readFileSync } from "node:fs";
import { WASI } from "node:wasi";

const wasi = new WASI({ version: "preview1" });
const { instance } = await WebAssembly.instantiate(readFileSync(process.argv[2]), wasi.getImportObject());
process.exit(wasi.start(instance));
