#!/usr/bin/env bash
# examples/chip/tables.sh PROGRAM LIBRARY — prints a training step as tables, learns by them on a Cortex-M4F in QEMU, says what it takes   make tables
# PROGRAM is print_tables.cpp, with the library in float and BITS=same: the device learns the same bits. Flash is the whole
# image, RAM what is there from the start and the stack at its deepest; what is more than it may be is an error, and so is
# anything of the tape, of rules, texts or the heap that is linked. (Two minutes; seconds, after make arm.)
set -euo pipefail
program=$1 archive=$2
cd "$(dirname "$0")/../.."
flash_most=20300 ram_most=3520 instructions_most=645000
printed=build/tables
mkdir -p $printed
library=$("$program" $printed)
c++ -std=c++20 -O2 -ffp-contract=off -I. -I$printed -DCOSTATE_REAL=float -DCOSTATE_SAME_BITS examples/chip/{learn_by_tables,host}.cpp "$archive" -pthread -o $printed/here
here=$($printed/here)
grep -qx "$library" <<< "$here" || { echo "tables: not the bits of the library's $library: $here"; exit 1; }

. examples/chip/arm_library.sh
rm -f $out/examples/chip/learn_by_tables.o  # it holds what was printed
build_and_run learn_by_tables -I$printed

echo "step.hpp: $(wc -l < $printed/step.hpp) lines; after 200 iterations the library's $library"
within flash $((text + data)) $flash_most
within "RAM with the stack" $((data + bss + $(said stack))) $ram_most
within "instructions an iteration" "$(said 'instructions an iteration')" $instructions_most
grep -qx "$library" $out/said.txt || { echo "tables: not the bits of the library"; exit 1; }
! arm-none-eabi-nm -C $out/learn_by_tables.elf | grep -E 'Tape|Var|Registered|Operator|basic_string|jvp|vjp|malloc|operator new' ||
    { echo "tables: what nobody calls is linked"; exit 1; }
