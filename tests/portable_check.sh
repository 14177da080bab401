#!/usr/bin/env bash
# tests/portable_check.sh FOLDER — may a portable build's objects stand beside each other?            make portable-check
# Of what is compiled for one width of vectors (core/width.hpp), every name that other objects could see has the width in it: of a
# name that two objects share the linker keeps one, and the processor might not have what that was compiled for.
set -euo pipefail
folder=${1:?usage: tests/portable_check.sh build-folder}
failed=0
for bits in 256 512; do
    [[ -f $folder/$bits/core/kernels/gemm.o ]] || { echo "portable: $folder has no objects of $bits bits: make ARCH=portable portable-check"; exit 1; }
done
for bits in 256 512; do
    shared=$(nm -C "$folder/$bits"/core/kernels/*.o | sed -n 's/^[0-9a-f][0-9a-f]* [^UtrbdnN] //p' | grep -v "width_$bits" | sort -u || true)
    if [[ -n $shared ]]; then
        echo "compiled for $bits bits, and to be seen by all:"
        echo "$shared"
        failed=1
    fi
done
((!failed)) && echo "portable: what is compiled for one width has it in its name"
exit $failed
