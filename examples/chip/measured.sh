# examples/chip/measured.sh — what arm_library.sh, web.sh and step.sh have in common: they source it
# The library's files for a device: core/files and autodiff/pictures want an operating system.
without_a_system="$(echo core/*.cpp core/kernels/*.cpp autodiff/{derivatives,operators,program,replay,tape}/*.cpp {nn,optim,ode,ode/*}/*.cpp)"
# WHAT [NUMBER]: of what the program in $out said, the number behind "WHAT: "; or what of it NUMBER has in brackets
said() { sed -n "s/^$1: ${2:-\([0-9]*\).*}/\1/p" "$out/said.txt"; }
# TIME: the weights' hash in $out/said.txt is the one that a computer comes to, where time is a double or a float (tests/same_bits.sh)
must_have_learnt() {
    grep -qx "hash of the weights: $(sed -n "s/^$1: //p" examples/chip/learnt.txt)" "$out/said.txt" ||
        { echo "$who not the weights of examples/chip/learnt.txt, to which a computer comes"; exit 1; }
}
# IMAGE: its ten largest symbols, in a line
ten_largest() {
    arm-none-eabi-nm -S --size-sort -r -t d "$1" | awk '$3 ~ /[tTrR]/ && n++ < 10 {printf("%s%s %d", (n > 1 ? ", " : "  "), $4, $2)} END {print ""}'
}
# WHAT VALUE MOST: an error that begins with $who
within() { (($2 <= $3)) || { echo "$who $1 is $2, and $3 is the most that it may be"; exit 1; }; }
