# examples/chip/arm_library.sh — the library for a Cortex-M4F, build/arm/libcostate.a, for arm.sh and tables.sh: they source it
#   apt-get install gcc-arm-none-eabi libnewlib-arm-none-eabi libstdc++-arm-none-eabi-newlib qemu-system-arm
for tool in arm-none-eabi-g++ qemu-system-arm; do
    command -v "$tool" > /dev/null || { echo "arm: skipped, there is no $tool here"; exit 0; }
done
out=build/arm who=arm:
. examples/chip/measured.sh
# One partition: the linker sees the whole image at once, and makes nothing twice.
flags="-flto -flto-partition=one -mcpu=cortex-m4 -mthumb -mfloat-abi=hard -mfpu=fpv4-sp-d16 -fno-exceptions -fno-rtti -fno-threadsafe-statics
       -fno-use-cxa-atexit -ffunction-sections -fdata-sections -DCOSTATE_SMALL -Wno-psabi"
# GOAL...: make them for the chip, each file by itself, as what nobody calls is not linked then.
for_the_chip() {
    make -s -j"$(nproc)" BUILD=$out CXX=arm-none-eabi-g++ AR=arm-none-eabi-gcc-ar REAL=float ARCH= VECTOR= OPT=-Os THREADS=0 SANITIZE= APART=1 ONE_FILE= BITS=fast \
        LIBRARY="$without_a_system" EXTRA="-w $(echo $flags)" "$@"
}
first=$out/examples/support/first.hpp  # read once, precompiled; not for random.cpp, which reads the elementary functions in its own way

# NAME LIBRARY: the program of that name, linked with what it needs of the library, run in QEMU; text, data, bss, and what it said
run_image() {
    local name=$1 library=$2 elf=$out/$1.elf
    arm-none-eabi-g++ -Os $flags "$out/examples/chip/$name.o" $out/examples/chip/cortex_m.o "$library" -nostartfiles --specs=nano.specs \
        --specs=nosys.specs -Wl,--gc-sections -T examples/chip/chip.ld -Wl,--defsym=RAM_SIZE=128K -Wl,--no-warn-rwx-segments \
        -Wl,-Map="$out/$name.map" -o "$elf" 2> $out/link.log || { cat $out/link.log; exit 1; }
    timeout 100 qemu-system-arm -machine mps2-an386 -nographic -monitor none -serial none -icount shift=0 \
        -semihosting-config enable=on,target=native -kernel "$elf" 2>&1 | tee $out/said.txt
    read -r text data bss _ < <(arm-none-eabi-size "$elf" | tail -n 1)
    echo "flash: $((text + data)), of RAM taken from the start: $((data + bss))"
    echo "the ten largest:"
    arm-none-eabi-nm -C -S --size-sort -r -t d "$elf" | sed -n 1,10p | sed 's/^[0-9]* 0*\([0-9]*\) . /  \1 /' | cut -c 1-100
}

# NAME FLAGS...: examples/chip/NAME.cpp and the library, each file by itself
build_and_run() {
    local name=$1
    shift
    for_the_chip $first.gch $out/core/random.o
    for_the_chip FIRST="-include $first $*" $out/libcostate.a "$out/examples/chip/$name.o" $out/examples/chip/cortex_m.o
    run_image "$name" $out/libcostate.a
}
