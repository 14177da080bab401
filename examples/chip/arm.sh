#!/usr/bin/env bash
# examples/chip/arm.sh — builds learn.cpp for a Cortex-M4F, runs it in QEMU, says what it takes; a budget that is passed is an error
#   apt-get install what examples/chip/arm_library.sh says
# Flash is code and constants, RAM the heap's and the stack's most, and what is there from the start. QEMU counts instructions, not
# cycles. (Two minutes, with two processors.)
set -euo pipefail
cd "$(dirname "$0")/../.."
flash_most=127200 heap_most=28600 stack_most=7420 instructions_most=711000

. examples/chip/arm_library.sh
build_and_run learn

within flash $((text + data)) $flash_most
within heap "$(said 'heap, and what came after the third iteration')" $heap_most
within stack "$(said stack)" $stack_most
within "instructions an iteration" "$(said 'instructions an iteration')" $instructions_most
grep -q 'after the third iteration: [0-9]* 0$' $out/said.txt || { echo "arm: a warm iteration asks for memory"; exit 1; }
grep -q '^hash of the weights: 1181467865 1187542641$' $out/said.txt || { echo "arm: not the bits of host.cpp on a computer"; exit 1; }
! arm-none-eabi-nm -C $out/learn.elf | grep 'ode::rows::[A-Z][a-z]*::' | grep -v Discrete || { echo "arm: routes are linked that nobody named"; exit 1; }
! arm-none-eabi-nm -C $out/learn.elf | grep -E 'rows::[a-z]+_own|pull_pair|further_rules|step_choice|tile_errors|compile_(adjoint|tangents)|slot_for' || { echo "arm: code is linked of values that nobody named"; exit 1; }
! arm-none-eabi-nm $out/learn.elf | grep -q '_GLOBAL__sub_I' || { echo "arm: there are constructors before main"; exit 1; }
