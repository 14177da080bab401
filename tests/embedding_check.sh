#!/usr/bin/env bash
# tests/embedding_check.sh — do the Makefile and the lines for CMake of examples/USE.md build a program of somebody who copied the folders?
#   make     its six lines, two of the five folders (derivatives alone), and a program of a gradient
#   cmake    its five lines, all folders, and the README's first program
# Flags are as shown, but for -O3: what is looked at here is that it compiles and links, so -O0; CMake puts thirty files into one
# that it compiles, all but one that sees the same headers twice. (A minute. It needs cmake.)
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD out=$PWD/build/embedding
jobs=-j$(nproc)
rm -rf "$out"
mkdir -p "$out/make" "$out/cmake"

block() {  # LANGUAGE: the block of that kind behind <!-- tests/embedding_check.sh builds this -->
    awk -v fence="\`\`\`$1" '$0 == "```" {on = 0} on {print} $0 == fence && ready {on = 1}
                             {ready = $0 == "<!-- tests/embedding_check.sh builds this -->"}' examples/USE.md | sed 's/-O3/-O0/'
}

cd "$out/make"
ln -s "$root"/core "$root"/autodiff .
(cd "$root" && block make) | sed 's/ nn optim ode//' > Makefile
cat > mine.cpp << 'END'
#include <cstdio>

#include "autodiff/derivatives/grad.hpp"
#include "autodiff/operators.hpp"

int main() {
    costate::Tape tape;
    const costate::Var x = tape.variable(3.0);
    std::printf("%g\n", double(grad(x * x, x).item()));
}
END
# Objects lie beside the sources that a Makefile of one folder compiles: here in copies.
rm core autodiff
cp -r "$root"/core "$root"/autodiff .
[[ $(wc -l < Makefile) -le 6 ]] || { echo "USE.md's Makefile has more than six lines"; exit 1; }
make -s "$jobs"
[[ $(./mine) == 6 ]] || { echo "make: mine.cpp does not print 6"; exit 1; }
echo "make: two folders, as USE.md says"

cd "$out/cmake"
ln -s "$root"/{core,autodiff,nn,optim,ode,costate.hpp} .
(cd "$root" && block cmake) > lines
[[ $(wc -l < lines) -eq 5 ]] || { echo "USE.md's lines for CMake are not five"; exit 1; }
{
    printf '%s\n' 'cmake_minimum_required(VERSION 3.16)' 'project(mine CXX)'
    cat lines
    printf '%s\n' 'add_executable(mine mine.cpp)' 'target_link_libraries(mine costate)' \
        'set_source_files_properties(core/random.cpp PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)'
} > CMakeLists.txt
(cd "$root" && awk '/^<!-- from: examples\/chapters\/taste.cpp/ {on = 1} /^```$/ {on = 0} on && !/^(<!--|```)/' README.md) |
    sed 's/epoch <= 300/epoch <= 0/' > mine.cpp
cmake -S . -B build -DCMAKE_UNITY_BUILD=ON -DCMAKE_UNITY_BUILD_BATCH_SIZE=30 > cmake.log || { cat cmake.log; exit 1; }
cmake --build build "$jobs" > build.log || { tail -n 20 build.log; exit 1; }
build/mine | grep -q '^epoch   0   loss' || { echo "cmake: the README's first program does not train"; exit 1; }
echo "cmake: all folders, as USE.md says"
