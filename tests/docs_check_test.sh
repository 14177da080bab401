#!/bin/sh
# tests/docs_check_test.sh BUILD — does docs-check see a number, a sign, a label that was changed in a chapter?   make docs-check
# A copy of the chapters and of what they are held against is changed, one place at a time; programs print and draw what they
# did when the checks before this one ran them. What is changed must be there, and the check that must see it fails.
set -u
build=$(cd "${1:?usage: tests/docs_check_test.sh build-folder}" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
git ls-files -co --exclude-standard -- README.md CONTRIBUTING.md CHANGELOG.md LICENSE Makefile costate.hpp .ci core autodiff nn optim ode examples tests 2> /dev/null |
    grep -v '^examples/data/\|^tests/reference/' > "$folder/files"
[ -s "$folder/files" ] || find README.md CONTRIBUTING.md CHANGELOG.md LICENSE Makefile costate.hpp .ci core autodiff nn optim ode examples tests -type f > "$folder/files"
mkdir "$folder/tree"
while read -r file; do [ ! -f "$file" ] || echo "$file"; done < "$folder/files" | tar -cf - -T - | tar -xf - -C "$folder/tree"
mkdir -p "$folder/tree/examples/data" "$folder/tree/tests/reference"
cd "$folder/tree" || exit 1
mkdir -p said/examples/chapters/pictures
for source in examples/chapters/*.cpp; do
    program=said/${source%.cpp}
    printf '#!/bin/sh\ncat "%s.out"\n' "$build/${source%.cpp}" > "$program"
    chmod +x "$program"
done
for source in examples/chapters/pictures/*.cpp; do
    program=said/${source%.cpp}
    printf '#!/bin/sh\ncp "%s"/pictures/%s_*.svg "$1"\n' "$build" "$(basename "$program")" > "$program"
    chmod +x "$program"
done

failed=0 count=0
change() {  # WHAT CHECK FILE EDIT
    count=$((count + 1))
    cp "$3" "$folder/before"
    sed -i "$4" "$3"
    if cmp -s "$3" "$folder/before"; then
        echo "docs-check: $1: the edit finds nothing in $3"
        failed=$((failed + 1))
    elif $2 > "$folder/output" 2>&1; then
        echo "docs-check does not see $1, in $3"
        failed=$((failed + 1))
    fi
    cp "$folder/before" "$3"
}
docs="tests/docs_check.sh said" pictures="tests/pictures_check.sh said" terms=tests/terms_check.sh equations=tests/equations_check.sh
for check in "$docs" "$pictures" "$terms" "$equations"; do
    $check > "$folder/output" 2>&1 || { echo "docs-check: $check fails as it is:"; tail -n 5 "$folder/output"; failed=$((failed + 1)); }
done

change "a number of an output" "$docs" ode/adjoint.md 's/dz0 = 6.8781/dz0 = 6.8791/'
change "a sign of an output" "$docs" ode/adjoint.md '/<!-- output of/,/^```$/ s/-0\.\([0-9]\)/0.\1/'
change "a line of a program" "$docs" nn/README.md 's/nn::MLP field({2, 16, 2}/nn::MLP field({2, 61, 2}/'
change "a link" "$docs" optim/README.md 's/](\.\.\/ode\/README\.md)/](..\/ode\/READ.md)/'
change "a file that is not there" "$docs" nn/README.md 's/`nn\/init\.hpp`/`nn\/inits.hpp`/'
change "a merge left half way" "$docs" CONTRIBUTING.md '3i<<<<<<< mine'
change "a sign of an equation" "$equations" ode/adjoint.md 's/da\/dt = −aᵀ/da\/dt = aᵀ/'
change "a number of an equation" "$equations" nn/README.md 's/Var W = 2 \/ in  /Var W = 3 \/ in  /'
change "a sign of a step of a derivation" "$equations" ode/adjoint.md 's/⟨a, δz⟩ = −⟨aᵀ/⟨a, δz⟩ = ⟨aᵀ/'
change "a number of the text" "$equations" ode/neural.md 's/is off by \.190/is off by .180/'
change "the label of an equation" "$equations" ode/README.md '/^    k_i /s/(1)$/(2)/'
change "an equation that the chapter does not have" "$equations" ode/adjoint.md 's/0 by (2), then/0 by (12), then/'
change "an equation that no code cites" "$equations" ode/equations.md '/^    dz\/dt = known/a\    u = 0                                           (3)'
change "the label of a picture" "$pictures" examples/chapters/figures/nn_right.svg 's/>upper moon</>lower moon</'
change "a number of a picture" "$pictures" examples/chapters/figures/nn_right.svg "s/ d='M\([0-9]\)/ d='M9\1/"
change "the title of a picture" "$pictures" nn/README.md 's/!\[With tanh between/![With relu between/'
change "a picture that is not shown" "$pictures" nn/README.md 's/^!\[Three linear.*//'
change "a term that is defined again" "$terms" ode/routes.md 's/ brings neighbours together;/ **batch** brings neighbours together;/'
change "a term before it is defined" "$terms" core/README.md 's/Every later chapter/A costate is one. Every later chapter/'
[ $failed -eq 0 ] && echo "docs-check: sees $count changes"
exit $((failed > 0))
