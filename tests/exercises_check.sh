#!/usr/bin/env bash
# tests/exercises_check.sh LIBRARY [CHAPTER...] — does each exercise tell a right answer from a wrong one?   (a minute or two)
#   as they are            every one is "not yet", and says what it got and expected
#   with the answers       of tests/exercises/answers/: every one is "done", on three sheets, too
#   with wrong answers     of tests/exercises/wrong/, two that look right for each: every one is "not yet", on the sheets, too
# Each has two hints, stands in its chapter's text, and a chapter has four or more. At the end: the tools that use them.
set -euo pipefail
cd "$(dirname "$0")/.."
LIBRARY=${1:?usage: tests/exercises_check.sh build/.../libcostate.a [chapter...]}
shift
# shellcheck source=examples/exercises/tools.sh
source examples/exercises/tools.sh
chapters=("$@")
((${#chapters[@]})) || for source in examples/exercises/*.cpp; do chapters+=("$(basename "$source" .cpp)"); done
work=$out/check
rm -rf "$work"
mkdir -p "$work"
compile_once

# CHAPTER KIND VERDICT SEED: every exercise has this verdict, and "not yet" says what it got and expected.
judge() {
    local chapter=$1 kind=$2 verdict=$3 seed=$4 count
    count=$(grep -c "^// $chapter [0-9]*: " "examples/exercises/$chapter.cpp")
    timeout 120 "$work/$chapter" "$kind" --seed "$seed" > "$work/$chapter.$kind.$seed" || { echo "$chapter, $kind, sheet $seed: it fails"; return 1; }
    LC_ALL=C awk -v of="$chapter, $kind, sheet $seed" -v verdict="$verdict" -v count="$count" '
        function close_last() {
            if (last != "" && verdict == "not yet" && !(got && expected)) { print of ": " last " says no got, expected"; bad++ }
        }
        /^[a-z]+-[0-9]+ / {
            close_last()
            last = $1; got = expected = 0; seen++
            if (substr($0, 15, length(verdict)) != verdict) { print of ": " last " is not \"" verdict "\""; bad++; wrong = last }
        }
        /^  / && last == wrong { print }
        /^  got /      { got = 1 }
        /^  expected / { expected = 1 }
        END {
            close_last()
            if (seen != count) { print of ": " seen + 0 " of " count " exercises are run"; bad++ }
            exit bad != 0
        }' "$work/$chapter.$kind.$seed"
}

pages() {  # CHAPTER: an answer, two wrong ones, two hints, a line in the text for each exercise, four or more
    local chapter=$1 text folder
    for folder in core autodiff nn optim ode; do
        if [[ -f $folder/$chapter.md ]]; then text=$folder/$chapter.md; fi
        if [[ $folder == "$chapter" ]]; then text=$folder/README.md; fi
    done
    LC_ALL=C awk -v chapter="$chapter" '
        FNR == 1 { file++; inside = 0 }
        file == 1 && match($0, "^// " chapter " [0-9]+: ") { split($0, word, /[ :]/); wanted[word[3] + 0] = 1; count++ }
        (file == 2 || file == 3) && /^## [0-9]+/ { n = substr($0, 4) + 0 }
        (file == 2 || file == 3) && /^```cpp$/ { blocks[file, n]++ }
        file == 4 && /^## [0-9]+/ { n = substr($0, 4) + 0; gap = 1; next }
        file == 4 && /^$/ { gap = 1; next }
        file == 4 { hints[n] += gap; gap = 0 }
        file == 5 && /^## / { inside = $0 == "## Exercises" }
        file == 5 && inside && /^[0-9]+\. / { shown[$1 + 0] = 1 }
        END {
            if (count < 4) { print chapter ": " count + 0 " exercises; four are the least"; bad++ }
            for (n in wanted) {
                if (blocks[2, n] != 1) { print chapter "-" n ": " blocks[2, n] + 0 " answers"; bad++ }
                if (blocks[3, n] != 2) { print chapter "-" n ": " blocks[3, n] + 0 " wrong answers; two are wanted"; bad++ }
                if (hints[n] != 2) { print chapter "-" n ": " hints[n] + 0 " hints; two are wanted"; bad++ }
                if (!(n in shown)) { print chapter "-" n ": not in the chapter"; bad++ }
            }
            exit bad != 0
        }' "examples/exercises/$chapter.cpp" "tests/exercises/answers/$chapter.md" "tests/exercises/wrong/$chapter.md" \
        "examples/exercises/hints/$chapter.md" "$text"
}

# The four kinds of a chapter's exercises as one program, each in a namespace of its own: what they share is compiled once.
as_one() {
    local chapter=$1 kind
    local source=examples/exercises/$chapter.cpp
    grep -h '^#include' "$source"
    for kind in stub answers wrong_1 wrong_2; do
        echo "namespace $kind {"
        if [[ $kind == stub ]]; then cat "$source"
        elif [[ $kind == answers ]]; then spliced "$source" "tests/exercises/answers/$chapter.md"
        else spliced "$source" "tests/exercises/wrong/$chapter.md" "" "${kind#wrong_}"; fi |
            sed 's/^#include.*//; s/^int main(/int run(/'
        echo "}"
    done
    echo 'int main(int argc, char** argv) {'
    echo '    const std::string_view kind = argv[1];'
    for kind in stub answers wrong_1 wrong_2; do echo "    if (kind == \"$kind\") return $kind::run(argc - 1, argv + 1);"; done
    echo '    return 1;'
    echo '}'
}

check_chapter() {
    local chapter=$1 kind seed bad=0
    pages "$chapter" || bad=1
    as_one "$chapter" > "$work/$chapter.cpp"
    compile "$work/$chapter.cpp" "$work/$chapter" -Werror || { echo "$chapter: does not compile"; return 1; }
    for kind in stub answers wrong_1 wrong_2; do
        for seed in 0 1 2 3; do
            if [[ $kind == answers ]]; then judge "$chapter" "$kind" "done" "$seed" || bad=1
            else judge "$chapter" "$kind" "not yet" "$seed" || bad=1; fi
        done
    done
    return $bad
}

export -f spliced compile flags judge pages as_one check_chapter
export out library work
failed=0
# shellcheck disable=SC2016
printf '%s\n' "${chapters[@]}" | xargs -P 2 -I{} bash -c 'set -uo pipefail; check_chapter {}' || failed=1

# The tools, by what they say. A student who solved one exercise of adjoint, broke another and changed a check gets 2 points.
tools() {
    local folder=$work/student
    mkdir -p "$folder/one"
    answer adjoint-1 > "$work/patch"
    grep -q '^+' "$work/patch" || { echo "make answer shows no patch"; return 1; }
    cp examples/exercises/adjoint.cpp "$folder/one/adjoint.cpp"
    (cd "$folder/one" && patch -s -p2 < ../../../../../"$work/patch") 2> /dev/null || patch -s "$folder/one/adjoint.cpp" < "$work/patch"
    sed -i 's/check.near(/if (false) check.near(/' "$folder/one/adjoint.cpp"
    grade "$folder" > "$work/graded"
    grep -q "^$folder/one: 2 of " "$work/graded" || { echo "make grade gives other points than 2:"; tail -n 1 "$work/graded"; return 1; }
    [[ -n $(hint adjoint-1) && $(hint adjoint-1) != $(hint adjoint-1 2) ]] || { echo "make hint has no two hints to adjoint-1"; return 1; }
    if hint adjoint-99 2> /dev/null; then echo "make hint knows adjoint-99"; return 1; fi
}
if ((${#@} == 0)); then tools || failed=1; fi
echo "exercises of ${#chapters[@]} chapters: $( ((failed)) && echo "some are not as they should be" || echo "all as they should be")"
exit $failed
