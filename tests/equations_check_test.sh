#!/bin/sh
# tests/equations_check_test.sh — does equations_check.sh see an equation that is not where a comment says?  make docs-check
set -u
check=$PWD/tests/equations_check.sh
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
mkdir -p core autodiff nn optim ode examples/chapters examples/exercises/hints tests/exercises/answers
failed=0
chapter='The rate:\n\n    dz/dt = f     (1)\n    a = 0         (2)\n\nBy (1) z moves.\n'
header='// ode/x.hpp — a rate\n//   dz/dt = f       ode (1), (2), adjoint (1)–(2)\n//   h = e^-1        (a)\n'
case_of() {  # SAID FILE TEXT WHAT [EDIT]: of TEXT at the end of FILE (edited by EDIT after that) it says SAID, or nothing
    printf '%b' "$chapter" > ode/README.md
    printf '%b' "$chapter" > ode/adjoint.md
    printf '%b' "$header" > ode/x.hpp
    rm -f ode/x.cpp ode/y.cpp examples/chapters/ode.cpp examples/chapters/odd.cpp examples/exercises/hints/*.md
    printf '%b\n' "$3" >> "$2"
    "$check" --write
    [ -z "${5:-}" ] || sed -i "$5" "$2"
    "$check" > output 2>&1
    status=$?
    if [ -z "$1" ]; then [ $status -eq 0 ]; else [ $status -eq 1 ] && { grep -qF "$2:" output || grep -qF "of the library" output || [ -n "${5:-}" ]; } && grep -qF "$1" output; fi || {
        echo "equations_check: not so: $4"; failed=$((failed + 1)); sed 's/^/    /' output
    }
}
case_of '' ode/x.cpp 'h = e;  // ode (1), (2), adjoint (1)–(2), and (a)' "what stands in chapters and in the own header is found"
case_of '' ode/y.cpp 'f(3);  // as in ode/x.hpp (a), z(1) and Hairer (1993)' "another file, calls and years are no mistakes"
case_of 'adjoint (3): no such' ode/x.cpp '// adjoint (3)' "a number that the chapter does not have is missed"
case_of 'adjoint (3): no such' ode/x.cpp '// adjoint (1)–(3)' "the end of a range is looked at"
case_of 'ode (3): no such' ode/x.cpp '// ode (1), (3)' "so is the end of a list"
case_of '(2): of which' ode/x.cpp '// adjont (2)' "a chapter that there is not is missed"
case_of '(1): of which' ode/x.cpp 'h = e;  // (1)' "a number without a chapter is refused in the library"
case_of '(1): of which' tests/x_test.cpp '// by (1)' "so it is in tests"
rm tests/x_test.cpp
case_of 'ode/x (b): no such' ode/x.cpp '// (b)' "a letter that the file does not have is missed"
case_of 'ode/y (a): no such' ode/y.cpp '// (a)' "another file's letter needs its name"
case_of 'ode/x (b): no such' ode/y.cpp '// ode/x.hpp (b)' "another file's letter must stand there"
case_of '(a) is given twice' ode/x.hpp '//   h = 1        (a)' "a letter is given once"
case_of '' examples/chapters/ode.cpp 'h = e;  // (2)' "a chapter's program leaves the name out"
case_of 'ode (3): no such' examples/chapters/ode.cpp 'h = e;  // (3)' "a chapter's program is held to its chapter"
case_of '' examples/exercises/hints/ode.md 'By (1) it moves.' "so do hints"
case_of 'ode (3): no such' examples/exercises/hints/ode.md 'By (3) it moves.' "and they are held to the chapter"
case_of '(1): of which' examples/chapters/odd.cpp '// by (1)' "a program that is no chapter's names the chapter"
case_of 'ode (3): no such' ode/README.md 'By (3) it ends.' "a chapter's text is held to its equations"
case_of 'which is (3)' ode/README.md '\n    a = 1' "a displayed equation has a number"
case_of 'a bold word in a display' ode/README.md '\n        the **rate** a = 1' "a display has no bold words"
case_of 'which is (3)' ode/README.md '\n    a = 1     (4)' "a displayed equation has the next number"
case_of 'ode (3): no line of the library cites it' ode/README.md '\n    a = 1     (3)' "an equation that no code cites is found"
printf '// ode (1)–(3)\n' > ode/z.cpp
# shellcheck disable=SC2016  # backticks of a chapter
case_of '' ode/README.md '\n    a = 1     (3)\n\n```\n    f (7)\n```' "a block of code has no equations"
case_of 'ode/README.md: dz/dt = -f (1)' ode/README.md '' "a sign is not lost unseen" 's/dz\/dt = f/dz\/dt = -f/'
case_of 'ode/README.md: so da/dt = 0' ode/README.md '\n        so da/dt = 0' "nor in a step of a derivation" 's/so da\/dt = 0/so da\/dt = 1/'
case_of 'ode/README.md: 2.06' ode/README.md 'It is 2.06.' "nor is a number of the text" 's/2\.06/2.16/'
# shellcheck disable=SC2016
rm -f ode/z.cpp
case_of '' ode/README.md '\n```text\nso 2.0612\n```\nIt is 2.06, by `f(777)`.' "what a program prints may be said"
[ $failed -eq 0 ] && echo "equations_check: sees what is wrong"
exit $((failed > 0))
