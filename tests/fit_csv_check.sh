#!/bin/sh
# tests/fit_csv_check.sh — does fit_csv lose nothing?       make examples
# Outputs that cannot be are refused before the training; a training that fails or is interrupted leaves its best model,
# from which --load goes on; files of others and links stay what they are.
set -u
fit=$(cd "$(dirname "${1:?usage: tests/fit_csv_check.sh fit_csv}")" && pwd)/$(basename "$1")
table=$PWD/examples/data/lynx_hare.csv
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
failed=0
expect() {  # WHAT CONDITION...
    what=$1
    shift
    "$@" || { echo "fit_csv: not so: $what"; failed=$((failed + 1)); sed 's/^/    /' errors; }
}
run() { "$fit" "$table" --log --width 4 --out fit.svg --save model "$@" > output 2> errors; }
goes_on() { "$fit" "$table" --epochs 0 --load model --save "" --out "" > output 2> errors; }

run --epochs 100000 --save no/such/model; status=$?
expect "a folder for --save is missed before the training" test $status -eq 1 -a ! -s output
run --epochs 100000 --out no/such/fit.svg; status=$?
expect "a folder for --out is missed before the training" test $status -eq 1 -a ! -s output
run --fraction 1.5
expect "--fraction 1.5 is refused" grep -q "above 0, at most 1" errors

echo mine > model.tmp && mkdir kept && echo old > kept/model && ln -s kept/model model
for signal in INT TERM; do
    "$fit" "$table" --log --width 4 --out fit.svg --save model --epochs 10000000 > output 2> errors &
    process=$!
    tries=0
    while [ ! -s output ] && [ $tries -lt 100 ]; do sleep 0.1; tries=$((tries + 1)); done
    sleep 1
    kill -s $signal $process
    wait $process
    status=$?
    expect "SIG$signal ends it with a status above 128" test $status -gt 128
    expect "SIG$signal leaves the best model" grep -q "The best model so far" errors
    expect "--load goes on after SIG$signal" goes_on
done
expect "model.tmp is somebody's own" grep -q mine model.tmp
expect "a link stays a link" test -L model -a -f kept/model

rm -f kept/model
run --epochs 200 --rate 1e9 --method rk4_classic --steps 50; status=$?
expect "a training that fails says so" test $status -eq 1
expect "a training that fails leaves its best model" grep -q "The best model so far" errors
expect "--load goes on after a failure" goes_on

[ $failed -eq 0 ] && echo "fit_csv: loses nothing"
exit $((failed > 0))
