# examples/chip/measured.sh — what arm_library.sh, web.sh and step.sh have in common: they source it
# The library's files for a device: core/files and autodiff/pictures want an operating system.
without_a_system="$(echo core/*.cpp core/kernels/*.cpp autodiff/{derivatives,operators,program,replay,tape}/*.cpp {nn,optim,ode,ode/*}/*.cpp)"
# WHAT [NUMBER]: of what the program in $out said, the number behind "WHAT: "; or what of it NUMBER has in brackets
said() { sed -n "s/^$1: ${2:-\([0-9]*\).*}/\1/p" "$out/said.txt"; }
# WHAT VALUE MOST: an error that begins with $who
within() { (($2 <= $3)) || { echo "$who $1 is $2, and $3 is the most that it may be"; exit 1; }; }
