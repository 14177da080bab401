#!/usr/bin/env bash
# tests/mistakes_check.sh — does a mistake that cannot compile say what is wrong, in few lines?        make mistakes
#   tests/mistakes/NAME.cpp holds one mistake, and a line   // expect: words that the compiler's message must contain
# At most 8 lines of what the compiler says may be about it: errors and notes; chains of includes, source lines that it
# shows, and the carets under them, are not counted. CXX and REAL as in make. Where the library has no say in what is said,
# as about a call of std::exp, a line   // at most: 24   allows more. Every file includes costate.hpp, as a newcomer does.
#   tests/mistakes_check.sh FILE...                           these alone; without a word if they are as they should be
set -euo pipefail
cd "$(dirname "$0")/.."
flags="-std=c++20 -I. -DCOSTATE_REAL=${REAL:-double} -Wall -Wextra"
if (($# == 0)); then
    # costate.hpp is read once, for all of them. (The word that clang has for it is another.)
    read_once=build/mistakes/${CXX:-g++}-${REAL:-double} include=-include
    mkdir -p "$read_once"
    # shellcheck disable=SC2086
    ${CXX:-g++} $flags -w -x c++-header costate.hpp -o "$read_once/costate.hpp.gch"
    if ${CXX:-g++} --version | grep -q clang; then include=-include-pch read_once+=/costate.hpp.gch; else read_once+=/costate.hpp; fi
    export FIRST="$include $read_once"
    mapfile -t files < <(grep -l '^// expect: ' tests/mistakes/*.cpp)
    words=none
    printf '%s\n' "${files[@]}" | xargs -P 2 -n 1 tests/mistakes_check.sh || words=some
    echo "mistakes: ${#files[@]} that do not compile, $words without the right words"
    [[ $words == none ]]
    exit
fi

failed=0
complain() { printf '%s\n' "$@"; failed=1; }
for file; do
    wanted=$(sed -n 's|^// expect: ||p' "$file")
    most=$(sed -n 's|^// at most: ||p' "$file") most=${most:-8}
    grep -q '^#include "costate.hpp"' "$file" || complain "$file: does not include costate.hpp"
    # shellcheck disable=SC2086
    if said=$(${CXX:-g++} $flags ${FIRST:-} -Werror -fsyntax-only "$file" 2>&1); then
        complain "$file: compiles"; continue
    fi
    lines=$(grep -cE '(error|warning|note): |^In file included|: +(In|required) |^cc1plus' <<< "$said" || true)
    if ! grep -qF -- "$wanted" <<< "$said"; then
        complain "$file: does not say   $wanted" "$(head -n 20 <<< "$said")"
    elif ((lines > most)); then
        complain "$file: takes $lines lines to say it, of $most" "$said"
    fi
done
((failed == 0))
