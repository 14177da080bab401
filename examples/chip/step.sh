#!/usr/bin/env bash
# examples/chip/step.sh PROGRAM BOARD... — prints a training step as C and trains by it, here and on chips in QEMU: m4f, m0
#   apt-get install gcc-arm-none-eabi libnewlib-arm-none-eabi libstdc++-arm-none-eabi-newlib qemu-system-arm
# The library has to be built in float with BITS=same. Flash is that of learn_on.c without its main and the board's start: the step,
# its weights, the sample; RAM is the arena and the stack at its deepest. QEMU counts instructions, not cycles. What is more than
# it may be is an error.
set -euo pipefail
program=$1
shift
cd "$(dirname "$0")/../.."
mkdir -p out build/chip
out=build/chip warnings="-Wall -Wextra -Wpedantic -Werror"
library=$("$program" out)
c++ -std=c++20 -I. -c examples/chip/host.cpp -o $out/host.o
cc -std=c99 -ffp-contract=off -O2 $warnings -Iout -c examples/chip/learn_on.c -o $out/learn_on.o
c++ $out/host.o $out/learn_on.o -o $out/learn_on
here=$($out/learn_on)
echo "out/step.c: $(wc -l < out/step.c) lines; after 200 iterations the library's $library"
grep -qx "$library" <<< "$here" || { echo "step: not the same bits: $here"; exit 1; }

. examples/chip/measured.sh
measure() {  # FLAGS
    local who="step: on $board"
    local flags="-mthumb -ffunction-sections -fdata-sections $1" link="-nostartfiles --specs=nano.specs -Wl,--gc-sections,--no-warn-rwx-segments"
    arm-none-eabi-gcc -std=c99 -ffp-contract=off -Os $flags $warnings -Iout -c examples/chip/learn_on.c -o $out/step.o
    arm-none-eabi-g++ -std=c++20 -Os $flags -I. -fno-exceptions -fno-rtti -fno-threadsafe-statics -c examples/chip/cortex_m.cpp -o $out/board.o
    arm-none-eabi-g++ $flags $link --specs=nosys.specs -T examples/chip/chip.ld -Wl,--defsym=RAM_SIZE="$ram" $out/step.o $out/board.o -o $out/step.elf 2> $out/link.log || { cat $out/link.log; exit 1; }
    arm-none-eabi-gcc -std=c99 -ffp-contract=off -Os $flags -Iout -DALONE -c examples/chip/learn_on.c -o $out/alone.o
    arm-none-eabi-gcc $flags $link -Wl,-e,learn $out/alone.o -o $out/alone.elf 2> $out/link.log || { cat $out/link.log; exit 1; }
    timeout 300 qemu-system-arm -machine "$machine" -nographic -monitor none -serial none -icount shift=0 \
        -semihosting-config enable=on,target=native -kernel $out/step.elf > $out/said.txt 2>&1 || { cat $out/said.txt; exit 1; }
    local text data bss flash used stack instructions
    read -r text data bss _ < <(arm-none-eabi-size $out/alone.elf | tail -n 1)
    flash=$((text + data)) used=$(said "instructions an iteration, stack" ".* \([0-9]*\)")
    stack=$used instructions=$(said "instructions an iteration, stack" "\([0-9]*\) .*")
    echo "$board: flash $flash, RAM $((data + bss)) and a stack of $stack bytes; $instructions instructions an iteration; loss x 10^6 at first, at last: $(said "loss x 10^6 at first, at last" "\(.*\)")"
    ten_largest $out/alone.elf
    grep -qx "$library" $out/said.txt || { echo "step: not the bits of the library: $(cat $out/said.txt)"; exit 1; }
    within flash "$flash" "$flash_most"
    within "RAM with the stack" $((data + bss + stack)) 2048
    within "instructions an iteration" "$instructions" "$instructions_most"
}
for tool in arm-none-eabi-gcc qemu-system-arm; do
    command -v $tool > /dev/null || { echo "chips: skipped, there is no $tool here"; exit 0; }
done
for board in "$@"; do
    case $board in
    m4f) machine=mps2-an386 ram=128K flash_most=4096 instructions_most=250000 && measure "-mcpu=cortex-m4 -mfloat-abi=hard -mfpu=fpv4-sp-d16" ;;
    m0) machine=microbit ram=16K flash_most=8192 instructions_most=6200000 && measure "-mcpu=cortex-m0" ;;
    esac
done
