#!/usr/bin/env bash
# examples/chip/arm.sh — builds learn.cpp for a Cortex-M4F, runs it in QEMU, says what it takes; a budget that is passed is an error
#   apt-get install gcc-arm-none-eabi libnewlib-arm-none-eabi libstdc++-arm-none-eabi-newlib qemu-system-arm
# Flash is code and constants, RAM the heap's and the stack's most, and what is there from the start. QEMU counts instructions, not
# cycles. (Two minutes, with two processors.)
set -euo pipefail
cd "$(dirname "$0")/../.."
flash_most=146100 heap_most=38900 stack_most=8000 instructions_most=785000

for tool in arm-none-eabi-g++ qemu-system-arm; do
    command -v "$tool" > /dev/null || { echo "arm: skipped, there is no $tool here"; exit 0; }
done
out=build/arm
flags="-std=c++20 -I. -Os -flto -mcpu=cortex-m4 -mthumb -mfloat-abi=hard -mfpu=fpv4-sp-d16 -fno-exceptions -fno-rtti -fno-threadsafe-statics
       -fno-use-cxa-atexit -ffunction-sections -fdata-sections -ffp-contract=off -DCOSTATE_REAL=float -DCOSTATE_SMALL -Wno-psabi"
mkdir -p $out
cat > $out/Makefile.new << END
SOURCES = \$(wildcard core/*.cpp core/kernels/*.cpp \$(patsubst %,autodiff/%/*.cpp,derivatives operators program tape) nn/*.cpp optim/*.cpp ode/*.cpp ode/*/*.cpp)
CHIP    = $out/examples/chip/learn.o $out/examples/chip/cortex_m.o
$out/learn.elf: \$(CHIP) \$(SOURCES:%.cpp=$out/%.o)
	@rm -f $out/libcostate.a && arm-none-eabi-gcc-ar rcs $out/libcostate.a \$(filter-out \$(CHIP),\$^)
	@arm-none-eabi-g++ $(echo $flags) \$(CHIP) $out/libcostate.a -nostartfiles --specs=nano.specs --specs=nosys.specs -Wl,--gc-sections \\
	    -T examples/chip/chip.ld -Wl,--defsym=RAM_SIZE=128K -Wl,--no-warn-rwx-segments -Wl,-Map=$out/learn.map -o \$@ 2> $out/link.log || { cat $out/link.log; exit 1; }
$out/%.o: %.cpp $out/Makefile
	@mkdir -p \$(@D) && arm-none-eabi-g++ $(echo $flags) -MMD -MP -c \$< -o \$@
-include \$(shell find $out -name '*.d')
END
cmp -s $out/Makefile.new $out/Makefile || cp $out/Makefile.new $out/Makefile  # objects depend on their flags
make -s -j"$(nproc)" -f $out/Makefile

timeout 100 qemu-system-arm -machine mps2-an386 -nographic -monitor none -serial none -icount shift=0 \
    -semihosting-config enable=on,target=native -kernel $out/learn.elf 2>&1 | tee $out/said.txt
read -r text data bss _ < <(arm-none-eabi-size $out/learn.elf | tail -n 1)
echo "flash: $((text + data)), of RAM taken from the start: $((data + bss))"
echo "the ten largest:"
arm-none-eabi-nm -C -S --size-sort -r -t d $out/learn.elf | sed -n 1,10p | sed 's/^[0-9]* 0*\([0-9]*\) . /  \1 /' | cut -c 1-100

said() { sed -n "s/^$1: \([0-9]*\).*/\1/p" $out/said.txt; }
within() { (($2 <= $3)) || { echo "arm: $1 is $2, and $3 is the most that it may be"; exit 1; }; }
within flash $((text + data)) $flash_most
within heap "$(said 'heap, and what came after the third iteration')" $heap_most
within stack "$(said stack)" $stack_most
within "instructions an iteration" "$(said 'instructions an iteration')" $instructions_most
grep -q 'after the third iteration: [0-9]* 0$' $out/said.txt || { echo "arm: a warm iteration asks for memory"; exit 1; }
grep -q '^hash of the weights: 1181467865 1187542641$' $out/said.txt || { echo "arm: not the bits of host.cpp on a computer"; exit 1; }
! arm-none-eabi-nm -C $out/learn.elf | grep 'ode::rows::[A-Z][a-z]*::' | grep -v Discrete || { echo "arm: routes are linked that nobody named"; exit 1; }
! arm-none-eabi-nm -C $out/learn.elf | grep -E 'rows::[a-z]+_own|pull_pair|further_rules|step_choice' || { echo "arm: code is linked of values that nobody named"; exit 1; }
! arm-none-eabi-nm $out/learn.elf | grep -q '_GLOBAL__sub_I' || { echo "arm: there are constructors before main"; exit 1; }
