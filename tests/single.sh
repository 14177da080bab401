#!/bin/sh
# tests/single.sh VERSION CPP... — the library as one file, on standard output            make single -> build/costate.hpp
# PART=plain, PART=autodiff: a part of it, whose interface is that of tests/single/PART.hpp      -> build/costate_PART.hpp
#   head       how it is used, by which flags, and why
#   interface  the headers that costate.hpp includes, each behind those that it needs itself
#   under COSTATE_IMPLEMENTATION    the .cpp files in the order given, and the headers that only they include
# Every header of the system is included once, before our own text. In one file an unnamed namespace is one for all .cpp
# files: two names that are the same do not compile, and one of them is to be called something better.
set -eu
version=${1:?usage: tests/single.sh version file.cpp ...}
shift
name=costate${PART:+_$PART}.hpp
case ${PART:-} in
    plain) what="solves of numbers, without tapes and tensors; of neural ODEs from scratch" ;;
    autodiff) what="tapes, operators, derivatives and Programs; of neural ODEs from scratch" ;;
    *) what="neural ordinary differential equations from scratch: the whole library" ;;
esac

cat << END
// $name — $what, version $version, as one file
//   #include "$name"            wherever it is used, and in one file (best one of its own: it compiles for a minute)
//   #define COSTATE_IMPLEMENTATION    before it
//   g++ -Wall -std=c++20 -O3 -march=native -fno-trapping-math -fno-math-errno mine.cpp costate.cpp    clang++ takes the same
//
//   -O3                     The kernels are plain loops that the compiler turns into vector instructions. A network takes
//                           three times as long under g++ -O2, ninety times as long under -O0. The results' bits stay.
//   -march=native           Four times as fast where the processor has AVX-512. Where it multiplies and adds in one
//                           rounding, the last bits of results are others than where it does not.
//   -mprefer-vector-width=512, -fno-trapping-math, -fno-math-errno      A few per cent, and no bits.
//   -ffp-contract=off       is not needed: no product is fused with a sum in this file, whatever the flags.
//   -ffast-math             is refused: infinities, nans and the order of sums are part of the results.
//   -DCOSTATE_THREADS -pthread      set_threads(2) shares a batch out among two threads, with the bits of one.
//   -DCOSTATE_REAL=float    Single precision: in all files, or they do not link.
//   -fno-exceptions, -fno-rtti    are allowed. An error's text then goes to one handler (set_failure_handler).
// This file is written by a script, from the folders of a library to be read like a book. Its licence stands at the end.
END

LC_ALL=C awk -v sources="$*" -v interface="${PART:+tests/single/$PART.hpp}" '
# Lines are kept, each with its state of contraction, until it is known what the system must bring.
function put(line) {
    if (line == "" && text[count] == "") return
    text[++count] = line
    contracts[count] = contract
}
# A file, behind those that it includes. Contraction is off in it, unless it holds small functions without sums of
# products for the loops of users: under another option than the loop they would not be inlined.
function append(file,    line, name, depth) {
    if (file in done) return
    done[file] = 1
    if ((getline line < file) < 0) { print "tests/single.sh: there is no " file | "cat >&2"; failed = 1; return }
    close(file)
    while ((getline line < file) > 0)
        if (sub(/^#include "/, "", line)) {
            sub(/".*/, "", line)
            append(line)
        } else if (line ~ /^#(define|undef) COSTATE_ROUND_TWICE/) {  # the elementary functions once more, of another kind
            if (line ~ /define/) for (name in done) if (name ~ /^core\/elementary\// && name !~ /in_c|c_text/) delete done[name]
            put(line)
        }
    close(file)
    contract = file ~ /^(core\/(error|real|shape|tensor)|autodiff\/tape\/(var|parameter))[.]hpp$/
    put("")
    put("// ==== " file)
    while ((getline line < file) > 0) {
        if (line ~ /^#if/) depth++
        if (line ~ /^#endif/) depth--
        if (line ~ /^#include "/ || line ~ /^#pragma once/ || line ~ /^#(define|undef) COSTATE_ROUND_TWICE/) continue
        name = line
        if (depth > 0 || !sub(/^#include </, "", name)) put(line)
        else {
            sub(/>.*/, "", name)
            if (!(name in included)) print "#include <" name ">"
            included[name] = 1
        }
    }
    close(file)
}
function print_text(    i, on) {
    on = contracts[count + 1] = 1
    for (i = 1; i <= count + 1; i++) {
        if (on && !contracts[i]) {
            print "#if defined(__clang__)\n#pragma float_control(push)\n#pragma clang fp contract(off)"
            print "#elif defined(__GNUC__)\n#pragma GCC push_options\n#pragma GCC optimize(\"fp-contract=off\")\n#endif"
        } else if (!on && contracts[i])
            print "#if defined(__clang__)\n#pragma float_control(pop)\n#elif defined(__GNUC__)\n#pragma GCC pop_options\n#endif"
        on = contracts[i]
        if (i <= count) print text[i]
    }
    count = 0
}
function begin_quiet(inside) {  # inside: of what only the implementation has
    print "#if defined(__clang__)\n#pragma clang diagnostic push"
    print "#pragma clang diagnostic ignored \"-Wpass-failed\"  // below -O2 it leaves the kernels as loops, and says so"
    if (inside) print "#pragma clang diagnostic ignored \"-Wsign-conversion\"  // no index here is negative"
    print "#endif"
}
function end_quiet() { print "#if defined(__clang__)\n#pragma clang diagnostic pop\n#endif" }
BEGIN {
    print "#ifndef COSTATE_HPP\n#define COSTATE_HPP"
    if (interface == "") interface = "costate.hpp"
    while ((getline line < interface) > 0)
        if (sub(/^#include "/, "", line)) {
            sub(/".*/, "", line)
            append(line)
        }
    begin_quiet(); print_text(); end_quiet()
    print "#endif  // COSTATE_HPP\n\n#if defined(COSTATE_IMPLEMENTATION) && !defined(COSTATE_IMPLEMENTED)\n#define COSTATE_IMPLEMENTED"
    n = split(sources, source, " ")
    for (i = 1; i <= n; i++) append(source[i])
    begin_quiet(1); print_text(); end_quiet()
    print "#endif  // COSTATE_IMPLEMENTATION\n"
    exit failed
}'
sed 's,^,// ,; s, *$,,' LICENSE
