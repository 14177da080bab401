#!/bin/sh
# tests/index_check_test.sh — does tests/index_check.sh find what is missing, stale, or there twice?                    make docs-check
set -eu
cd "$(dirname "$0")/.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
failed=0
changed() {  # SED WORDS: with this change of the index the check fails, and says so
    sed "$1" examples/INDEX.md > "$folder/INDEX.md"
    if INDEX="$folder/INDEX.md" tests/index_check.sh > "$folder/out"; then echo "index_check takes: $1"; failed=1; fi
    grep -qF -- "$2" "$folder/out" || { echo "index_check does not say \"$2\" of $1"; failed=1; }
}
changed 's/`hvp` |/ |/'                       'lacks   | what it does | `hvp` | `autodiff/derivatives/grad.hpp` |'
changed 's/`nn::MLP`,/`nn::MLP`, `nn::LSTM`,/' '`nn::LSTM` is no public name of  `nn/mlp.hpp`'
changed 's/`ode::Stepper` |/`ode::Stepper`, `ode::solve` |/' '`ode::solve` is no public name of  `ode/stepper.hpp`'
changed '/`optim::SGD`/p'                     'optim::SGD of optim/sgd.hpp stands here and in line'
changed 's,`nn/conv.hpp` ,`nn/conv.hpp` `nn/linear.hpp` ,' 'nn/linear.hpp has none of the names of this line'
exit $failed
