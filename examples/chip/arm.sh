#!/usr/bin/env bash
# examples/chip/arm.sh — builds learn.cpp for a Cortex-M4F, runs it in QEMU, says what it takes; a budget that is passed is an error
#   apt-get install what examples/chip/arm_library.sh says
# Flash is code and constants; RAM is what is there from the start, the memory for all that is asked for among it, and the stack's
# most. QEMU counts instructions, not cycles. (Two minutes, with two processors.)
set -euo pipefail
cd "$(dirname "$0")/../.."

. examples/chip/arm_library.sh
build_and_run learn -DHEAP_BYTES=28640

# TIME FLASH STACK INSTRUCTIONS: the type of a time, and the most that may be taken
must_have() {
    within flash $((text + data)) "$2"
    within stack "$(said stack)" "$3"
    within "instructions an iteration" "$(said 'instructions an iteration')" "$4"
    grep -q 'after the third iteration: [0-9]* 0$' $out/said.txt || { echo "arm: a warm iteration asks for memory"; exit 1; }
    must_have_learnt "$1"
}
must_have double 126450 7470 712500
! arm-none-eabi-nm -C $out/learn.elf | grep 'ode::rows::[A-Z][a-z]*::' | grep -v Discrete || { echo "arm: routes are linked that nobody named"; exit 1; }
! arm-none-eabi-nm -C $out/learn.elf | grep -E 'rows::[a-z]+_own|pull_pair|further_rules|step_choice|tile_errors|compile_(adjoint|tangents)|slot_for|malloc|sbrk' || { echo "arm: code is linked of values that nobody named"; exit 1; }
! arm-none-eabi-nm $out/learn.elf | grep -q '_GLOBAL__sub_I' || { echo "arm: there are constructors before main"; exit 1; }

# The same where time, tolerances and learning rates are floats as well (core/real.hpp), read as one file: nothing computes a double.
out=build/arm/floats flags="$flags -DCOSTATE_TIME=float"
for_the_chip ONE_FILE=1 APART= FIRST=-DHEAP_BYTES=27656 $out/library.o $out/examples/chip/learn.o $out/examples/chip/cortex_m.o
run_image learn $out/library.o
must_have float 119450 6160 549500
! arm-none-eabi-nm $out/learn.elf | grep -E '__aeabi_(c?d|[a-z]*2d)|df[23]$' || { echo "arm: doubles are computed"; exit 1; }
