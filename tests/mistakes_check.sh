#!/usr/bin/env bash
# tests/mistakes_check.sh — does a mistake that cannot compile say what is wrong, in few lines?        make mistakes
#   tests/mistakes/NAME.cpp holds one mistake, and a line   // expect: words that the compiler's message must contain
# At most 8 lines of what the compiler says may be about it: errors and notes; chains of includes, source lines that it
# shows, and the carets under them, are not counted. CXX and REAL as in make. Where the library has no say in what is said,
# as about a call of std::exp, a line   // at most: 24   allows more. Every file includes costate.hpp, as a newcomer does.
set -euo pipefail
cd "$(dirname "$0")/.."
compiler=${CXX:-g++} checked=0 failed=0
for file in tests/mistakes/*.cpp; do
    wanted=$(sed -n 's|^// expect: ||p' "$file")
    grep -q '^// expect: ' "$file" || continue
    most=$(sed -n 's|^// at most: ||p' "$file") most=${most:-8}
    checked=$((checked + 1))
    grep -q '^#include "costate.hpp"' "$file" || { echo "$file: does not include costate.hpp"; failed=$((failed + 1)); }
    if said=$($compiler -std=c++20 -I. -DCOSTATE_REAL="${REAL:-double}" -Wall -Wextra -Werror -fsyntax-only "$file" 2>&1); then
        echo "$file: compiles"; failed=$((failed + 1)); continue
    fi
    lines=$(grep -cE '(error|warning|note): |^In file included|: +(In|required) |^cc1plus' <<< "$said" || true)
    if ! grep -qF -- "$wanted" <<< "$said"; then
        echo "$file: does not say   $wanted"; head -n 20 <<< "$said"; failed=$((failed + 1))
    elif ((lines > most)); then
        echo "$file: takes $lines lines to say it, of $most"; echo "$said"; failed=$((failed + 1))
    fi
done
echo "mistakes: $checked that do not compile, $failed without the right words"
((failed == 0))
