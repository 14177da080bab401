#!/bin/sh
# examples/mpi/run.sh PROGRAM — by 1, 2, 4 and 8 processes: are the parameters the same, to the last bit?            make mpi
set -eu
hashes=
for processes in 1 2 4 8; do
    line=$(OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 mpirun --oversubscribe -n $processes "$1")
    echo "$line"
    hashes="$hashes$(echo "$line" | sed 's/.*hash \([0-9a-f]*\).*/\1/')
"
done
[ "$(printf %s "$hashes" | sort -u | wc -l)" -eq 1 ] || { echo "not the same parameters" >&2; exit 1; }
echo "the same bits, whatever the number of processes"
