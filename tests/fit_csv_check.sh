#!/bin/sh
# tests/fit_csv_check.sh — does fit_csv take tables as people bring them, and lose nothing?       make examples
# Twelve tables (tests/tables/, one of them made here) are fitted, or refused with the sentence that helps; laws with a name
# find the numbers that the tables were made with. Outputs that cannot be are refused before the training; a training that
# fails or is interrupted leaves its best model, from which --load goes on; files of others and links stay what they are.
set -u
fit=$(cd "$(dirname "${1:?usage: tests/fit_csv_check.sh fit_csv}")" && pwd)/$(basename "$1")
table=$PWD/examples/data/lynx_hare.csv
tables=$PWD/tests/tables
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

# ---- twelve tables
fits() {  # TABLE OPTIONS...: in a few epochs, to the end
    what=$1
    shift
    rm -f fit.svg
    "$fit" "$tables/$what.csv" --width 8 --epochs 60 --out fit.svg --save '' "$@" > output 2> errors; status=$?
    expect "$what is fitted" test $status -eq 0 -a -s fit.svg
}
refuses() {  # FILE SENTENCE OPTIONS...
    what=$1 sentence=$2
    shift 2
    "$fit" "$what" --epochs 60 --out '' --save '' "$@" > output 2> errors; status=$?
    expect "$what is refused: $sentence" test $status -eq 1
    expect "$what is refused by '$sentence'" grep -qF -e "$sentence" errors
}
says() { expect "$1: $2" grep -q -e "$2" output; }
near() {  # NAME VALUE PART: a law's number, within that part of it and four of its standard errors
    expect "$1 is about $2" awk -v name="$1" -v right="$2" -v part="$3" '
        $1 == name && $3 == "±" { off = $2 - right; if (off < 0) off = -off; if (off <= part * right && off <= 4 * $4 + 1e-3 * right) found = 1 }
        END { exit !found }' output
}
fits semicolons --law lotka_volterra
near alpha 1 0.1; near beta 0.1 0.1; near delta 0.05 0.1; near gamma 0.6 0.1
fits dates
expect "dates stand under the axis" grep -q '>[A-Z][a-z][a-z] 2023<' fit.svg
fits gaps
says gaps "30 rows of 2 columns, trained on the first 23"
fits one_column
says one_column "advice: one column cannot oscillate"
fits one_column --augment 1
expect "with another state it can" test "$(grep -c advice output)" -eq 0
fits one_column --law pendulum
near a 4.94 0.05; near c 0.1667 0.05
refuses "$tables/two_sequences.csv" "a column of words may name sequences: --sequence site"
fits two_sequences --sequence site
says two_sequences "in 2 sequences"
expect "sequences are named in the figure" grep -q '>south "b"<' fit.svg
fits two_sequences --sequence site --law logistic
near r 0.6 0.05; near K 50 0.02
fits inputs --input heater --export fitted
again() { "$fit" fitted_curve.csv --epochs 1 --out '' --save '' > output 2> errors; }
expect "the curve is a table that is read again" again
expect "the law is a table beside it" grep -q '^minute,temperature,temperature per minute$' fitted_field.csv
awk 'BEGIN { print "second,voltage"; for (i = 0; i < 20000; ++i) printf "%.3f,%.4f\n", i / 1000, exp(-i / 8000) }' > long.csv
tables=. fits long --fraction 0.9
expect "20,000 points make a small figure" test "$(wc -c < fit.svg)" -lt 100000
tables=${table%/examples/*}/tests/tables
refuses "$tables/constant.csv" "'b' does not change"
fits constant --without b
fits scales
expect "large times are told apart" grep -q '>time − 1700000000<' fit.svg
fits windows --law logistic
near r 0.5 0.05; near K 100 0.03
fits quoted
expect "names are not cut, and are text" grep -q 'y &amp; &lt;z&gt;' fit.svg
fits spreadsheet --law sir
near gamma 0.45 0.02

# ---- what is no table
bad() { printf "$2" > bad.csv; refuses bad.csv "$1"; }
bad "is empty" '\n# nothing\n'
bad "has no header" '1,2\n3,4\n5,6\n7,8\n'
bad "has too few rows" 't,x\n1,2\n2,3\n'
bad "is ragged" 't,x\n1,2\n2,3,4\n3,4\n'
bad "has a time twice" 't,x\n1,2\n1,3\n3,4\n'
bad "goes back in time" 't,x\n1,2\n2,3\n1.5,4\n'
bad "--sequence and the column that names them" 't,x\n1,2\n2,3\n1,4\n'
bad "has two decimal marks" 't;x\n1;2,5\n2;3.5\n3;4\n'
bad "does not tell days from months" 't,x\n3/4/2024,1\n4/4/2024,2\n5/4/2024,1\n'
bad "a number that is not finite" 't,x\n1,2\n2,1e999\n3,4\n'
bad "has a column without a name" 't,,x\n1,2,3\n2,3,4\n3,4,4\n'
refuses . "Is a directory"
refuses no_such.csv "No such file"
refuses "$table" "has no column 'wolf'" --without wolf
refuses "$table" "exponential, logistic, cooling" --law tides
refuses "$table" "the law logistic has no use for these columns" --law logistic
refuses "$table" "has a state of either sign" --law pendulum --log --without lynx
for numbers in '1e300 2e300 4e300' '1e-300 3e-300 2e-300' '1000000000 1000000000.5 1000000001' '1e-400 1 2'; do
    printf 't,x\r' > odd.csv
    for number in $numbers $numbers; do count=$((${count:-0} + 1)); printf '%s,%s\r' $count $number >> odd.csv; done
    tables=. fits odd
done
tables=${table%/examples/*}/tests/tables

# ---- going on
cp "$table" "my data.csv"
"$fit" "my data.csv" --log --width 4 --epochs 40 --save model --out fit.svg > output 2> errors; status=$?
expect "a name with blanks is a name" test $status -eq 0
expect "the title is the name" grep -q ">my data.csv<" fit.svg
"$fit" "my data.csv" --load model --epochs 60 --save '' --out '' > output 2> errors
expect "--load goes on behind the last epoch" grep -q "epoch 42/60" errors
"$fit" "my data.csv" --load model --epochs 40 --save '' --out '' > output 2> errors
says "--load says that all epochs are over" "has had 40 epochs"
"$fit" "my data.csv" --epochs 12000 --save '' --out '' > whole 2> errors
"$fit" "my data.csv" --epochs 12000 --save half --out '' > output 2> errors & process=$!
sleep 0.4; kill -s TERM $process 2> /dev/null; wait $process
"$fit" "my data.csv" --epochs 12000 --load half --save '' --out '' 2> errors | grep -v 'The model has had' > output
expect "a training that was interrupted ends with the same bits" cmp -s whole output
refuses "$table" "--load has a model of other columns" --load model --without lynx
(cd "${table%/examples/*}" && "$fit" --epochs 2 --save '' --out '') > output 2> errors
says "without a table it is the lynx and the hare" "lynx_hare.csv: 21 rows of 2 columns"
name=$(printf 'a%.0s' $(seq 150)).csv
cp "$table" "$name"
"$fit" "$name" --epochs 2 --save '' --out fit.svg > output 2> errors
expect "a long name is not cut" test "$(sed -n "s/.*class='sheet'>\(.*\)<.*/\1/p" fit.svg | tr -d '\n')" = "$name"

[ $failed -eq 0 ] && echo "fit_csv: takes what people bring, and loses nothing"
exit $((failed > 0))
