#!/bin/sh
# tests/bench/profile.sh BENCH [--only W4] [--variant discrete] — where do a training step's instructions go?     make profile
#   instructions   share   function
# Callgrind counts them one by one: slow, and the same every time, on a busy machine, too. Only Training::step counts, all
# iterations up to the one whose loss is the reference; a row is what one iteration spends in a function itself. Valgrind knows
# no AVX-512, so the build is that for AVX2; where vectors are wider, loops take half of it, and all else as much.
set -eu
bench=$1
shift
command -v valgrind > /dev/null || { echo "make profile needs valgrind: apt-get install valgrind" >&2; exit 1; }
folder=build/profile
mkdir -p "$folder"
valgrind --tool=callgrind --callgrind-out-file="$folder/callgrind.out" --toggle-collect='*Training::step*' \
    "$bench" --child --seconds 0.001 "${@:---only=W4}" > "$folder/row.jsonl" 2> "$folder/valgrind.txt" ||
    { cat "$folder/valgrind.txt" >&2; exit 1; }
iterations=$(sed -n 's/.*"check_iteration": \([0-9]*\).*/\1/p' "$folder/row.jsonl" | awk '{n += $1} END {print n + 0}')
[ "$iterations" -gt 0 ] || { cat "$folder/row.jsonl" >&2; exit 1; }
cut -c 1-200 "$folder/row.jsonl"
callgrind_annotate "$folder/callgrind.out" | LC_ALL=C awk -v iterations="$iterations" '
/PROGRAM TOTALS/ {gsub(/,/, "", $1); total = $1; printf "%12.0f  100.0 %%  one of %d iterations\n", total / iterations, iterations}
/^ *[0-9,]+ \( *[0-9.]+%\)/ && !/PROGRAM TOTALS/ && shown < 30 {
    count = $1; gsub(/,/, "", count)
    name = $0
    sub(/^ *[0-9,]+ \( *[0-9.]+%\) *[^:]*:/, "", name)
    sub(/ \[[^]]*\]$/, "", name)
    gsub(/costate::|real_is_double::|real_is_float::|\(anonymous namespace\)::|std::|, 18446744073709551615ul/, "", name)
    printf "%12.0f  %5.1f %%  %s\n", count / iterations, 100 * count / total, substr(name, 1, 110)
    shown++
}'
