#!/usr/bin/env bash
# examples/chip/law.sh PROGRAM — prints a law as C, follows it in C to the same bits, and says what it takes on chips       make c
# The library has to be built in float with BITS=same: then what a computer has learnt leads every chip along the same path.
# Flash and RAM are those of follow.c without its main: the field, its pullback, 18 steps of rk4. (Cross compilers are asked if there.)
set -euo pipefail
program=$1
cd "$(dirname "$0")/../.."
mkdir -p out
library=$("$program" out/law.c)
cc -std=c99 -ffp-contract=off -O2 -Wall -Wextra -Wpedantic -Werror -DWITH_MAIN -Iout examples/chip/follow.c -o out/follow
chip=$(out/follow)
echo "out/law.c: $(wc -l < out/law.c) lines; the library ends at $library, the C file at $chip"
[[ $library == "$chip" ]] || { echo "law: not the same bits"; exit 1; }
. examples/chip/measured.sh
measure() {  # NAME FLAGS...
    local name=$1
    shift
    command -v arm-none-eabi-gcc > /dev/null || { echo "$name: skipped, there is no arm-none-eabi-gcc here"; return; }
    arm-none-eabi-gcc -std=c99 -ffp-contract=off -Os -mthumb -ffunction-sections -Iout "$@" -c examples/chip/follow.c -o out/follow.o
    arm-none-eabi-gcc -mthumb "$@" -nostartfiles -Wl,--gc-sections,-e,law_follow,--no-warn-rwx-segments --specs=nano.specs out/follow.o -o out/follow.elf 2> out/link.log || { cat out/link.log; return 1; }
    arm-none-eabi-size out/follow.elf | awk -v name="$name" 'NR == 2 {printf "%s: flash %d, RAM %d bytes and the stack\n", name, $1 + $2, $2 + $3}'
    ten_largest out/follow.elf
}
measure "Cortex-M4F" -mcpu=cortex-m4 -mfloat-abi=hard -mfpu=fpv4-sp-d16
measure "Cortex-M0 " -mcpu=cortex-m0
