#!/bin/sh
# tests/steps_check.sh — a step of dopri5 of two numbers, tried by its error, costs at most so many instructions
#   tests/steps_check.sh LIBRARY         apt-get install valgrind; what it counts is the same on a busy machine
# Counted for two solves, of which one goes twice as far: their difference is steps alone. (Goal of the house: 600. boost's odeint
# 530, Hairer's dopri5.f 1,108.)
set -eu
most=600
made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
g++ -std=c++20 -O3 -march=x86-64-v3 -fno-trapping-math -fno-math-errno -ffp-contract=off -I. tests/steps/main.cpp "$1" -pthread \
    -o "$made/steps"
counted() {
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$made/steps" "$1" 2>&1 | awk '/^[0-9]+$/ {steps = $1} /Collected/ {print steps, $4}'
}
printf '%s\n' "$(counted 100)" "$(counted 200)" | awk -v most=$most '
    {instructions = $2 - before; steps = $1 - steps_before; before = $2; steps_before = $1}
    END {each = instructions / steps
         printf "a step: %.0f instructions, at most %d of %d steps\n", each, most, steps
         exit !(steps > 1000 && each <= most)}'
