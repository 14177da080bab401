#!/bin/sh
# tests/examples_check_test.sh — does examples_check.sh see a figure that is wrong?       make examples
# Programs here are scripts that print what their case says.
set -u
check=$PWD/tests/examples_check.sh
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
mkdir -p build/examples examples
failed=0
program() { printf '#!/bin/sh\n%s\n' "$2" > "build/examples/$1"; chmod +x "build/examples/$1"; : > "examples/$1.cpp"; }
case_of() {  # STATUS HOW EXPECTED WHAT: examples/01_it.expected says EXPECTED
    printf '%b' "$3" > examples/01_it.expected
    "$check" build "$2" examples/01_it.cpp > output 2>&1
    [ $(($? != 0)) -eq "$1" ] || { echo "examples_check: not so: $4"; failed=$((failed + 1)); sed 's/^/    /' output; }
}
program 01_it 'if [ "${1:-}" = --quick ]; then echo "error = 0.5"; else echo "error = 1e-06"; echo "rate = nan"; echo "count 20.01"; fi'
case_of 0 full 'error <= 1e-5\nerror >= 1e-7\n' "a figure within its bounds is accepted"
case_of 1 full 'error <= 1e-7\n' "an upper bound is held"
case_of 1 full 'error >= 1e-5\n' "a lower bound is held"
case_of 1 full 'error <= 1e-5\nmissing <= 1\n' "a bound of what is not printed is missed"
case_of 1 full 'missing >= 0\n' "a lower bound of what is not printed is missed"
case_of 1 full 'rate <= 1\n' "not a number is within no bound"
case_of 1 full 'rate >= 0\n' "not a number is within no lower bound"
case_of 0 full '# tolerance: 0.01\ncount 20\n' "a number within the tolerance is accepted"
case_of 1 full 'count 20\n' "a number outside the tolerance is not"
case_of 1 full 'error < 1\n' "what is no bound is a line that is never printed"
case_of 1 full '# nothing\n' "a file that expects nothing is an error"
echo 'error <= 0.6' > examples/01_it.quick.expected
case_of 0 quick 'error <= 1e-5\n' "the quick run has bounds of its own"
case_of 0 full 'error <= 1e-5\n' "the full run keeps its bounds"
echo 'error <= 0.4' > examples/01_it.quick.expected
case_of 1 quick 'error <= 1e-5\n' "the bounds of the quick run are held"
program 01_it 'echo "error = 0.${2:-0}"'
case_of 0 full '# seeds: 1 2\nerror <= 0.2\n' "bounds that hold from every seed are accepted"
case_of 1 full '# seeds: 1 3 2\nerror <= 0.2\n' "a bound that one seed misses is missed"
program 01_it 'echo "error = 1e-06"'
program 02_broken 'echo "sorry" >&2; exit 3'
echo 'error <= 1' > examples/02_broken.expected
"$check" build full > output 2>&1
[ $? -eq 1 ] && grep -q sorry output || { echo "examples_check: not so: a program that fails is an error"; failed=1; }
printf 'error <= 1e-5\nerror >= 0\n' > examples/01_it.expected
rm examples/02_broken.cpp
"$check" build full > output 2>&1
grep -q '^| 01_it | `error` | 1e-06 | ≤ 1e-5, ≥ 0 |$' examples/RESULTS.md ||
    { echo "examples_check: not so: the table has name, value and bounds"; failed=1; cat examples/RESULTS.md; }
program 01_it 'echo "none: $*"; [ "${1:-}" != --data ] || echo "error = 0.$2"'
echo 'error <= 0.6' > examples/01_it.data.expected
rm examples/01_it.quick.expected
case_of 0 full 'none:\n' "a program that wants data is called without any"
export DATA=7
case_of 1 full 'none\n' "its bounds with data are held"
case_of 0 quick 'none: \n' "the quick run goes without data"
export DATA=5
case_of 0 full 'none\n' "data that are there are handed over"
"$check" build full > output 2>&1
unset DATA
"$check" build full > output 2>&1
grep -q '^| 01_it | `error` | 0.5 | ≤ 0.6 |$' examples/RESULTS.md ||
    { echo "examples_check: not so: without its data a program's rows stay"; failed=1; cat examples/RESULTS.md; }
[ $failed -eq 0 ] && echo "examples_check: sees what is wrong"
exit $((failed > 0))
