#!/bin/sh
# tests/bench/peers.sh — the same workloads by costate, torchdiffeq and diffrax, in one run, in one table
#   make bench-peers PEERS=folder PYTHON_TORCH=.../python PYTHON_DIFFRAX=.../python BENCH="--only W3 --seconds 2"
# PEERS holds torchdiffeq_bench.py and diffrax_bench.py; each needs an interpreter that can import its packages.
# All get the same options; the JSON lines stay in build/peers/.
set -eu
options=${BENCH:-}
case " $options" in *--dtype*) ;; *) options="$options --dtype float64" ;; esac
mkdir -p build/peers
rm -f build/peers/*.jsonl
say() { echo "$*" >&2; }

peer() {  # name, script, interpreter, name of the variable, packages
    say "-- $1"
    if [ -z "${PEERS:-}" ]; then say "   not run: PEERS= names no folder"
    elif [ ! -f "$PEERS/$2" ]; then say "   not run: $PEERS holds no $2"
    elif [ -z "$3" ]; then say "   not run: $4= names no interpreter (it needs: pip install $5)"
    elif ! "$3" -c "import $(echo "$5" | sed 's/ /, /g')" 2> /dev/null; then
        say "   not installed: $3 cannot import $5 (pip install $5)"
    else
        # shellcheck disable=SC2086  # options are meant to split
        "$3" "$PEERS/$2" $options > "build/peers/$1.jsonl" || say "   stopped early: what it printed until then is in the table"
    fi
}

say "-- costate"
${MAKE:-make} -s bench BENCH="$options" > build/peers/costate.jsonl
peer diffrax diffrax_bench.py "${PYTHON_DIFFRAX:-}" PYTHON_DIFFRAX "jax diffrax equinox optax numpy"
peer torchdiffeq torchdiffeq_bench.py "${PYTHON_TORCH:-}" PYTHON_TORCH "torch torchdiffeq numpy"

LC_ALL=C awk '
function field(key,    value) {
    if (!match($0, "\"" key "\": *(\"[^\"]*\"|[^,}]*)")) return ""
    value = substr($0, RSTART, RLENGTH)
    sub(/^[^:]*: */, "", value); gsub(/"/, "", value)
    return value
}
function off(a, b) { return a != "" && b != "" && a != "null" && b != "null" && (a - b > 1e-3 * b || b - a > 1e-3 * b) }
function cell(s, w, p,    key, own) {
    key = s SUBSEP w SUBSEP p; own = s SUBSEP w SUBSEP "costate"
    if (!(key in status)) return ""
    if (status[key] != "ok") return status[key]
    return sprintf("%.4g", 1e3 * seconds[key]) (own in loss && off(loss[key], loss[own]) ? " !" : "") \
           (p != "costate" && seconds[own] > 0 ? sprintf(" (%.2f)", seconds[key] / seconds[own]) : "")
}
function heading(s, first, last,    k) {  # two columns, and one for each peer
    printf "%s", first
    for (k = 1; k <= peers[s]; k++) printf " %s |", name[s, k]
    printf "%s\n|", last
    for (k = 1; k <= peers[s] + 2; k++) printf "---|"
    print ""
}
function startup(s, w, p,    key) {
    key = s SUBSEP w SUBSEP p
    if (status[key] != "ok") return ""
    if (p ~ /^costate/) return to_100[key] == "null" ? "" : sprintf("%.3g", to_100[key])
    return sprintf("%.3g", compile[key] + 100 * seconds[key])
}
/^\{/ {
    s = field("dtype") ", " field("threads") " thread(s)"; w = field("workload"); p = field("peer")
    if (!(s in seen)) { seen[s] = 1; setting[++settings] = s }
    if (!((s, w) in seen)) { seen[s, w] = 1; workload[s, ++workloads[s]] = w }
    if (!((s, "peer", p) in seen)) { seen[s, "peer", p] = 1; name[s, ++peers[s]] = p }
    status[s, w, p] = field("status"); seconds[s, w, p] = field("seconds_per_iteration"); loss[s, w, p] = field("loss_first")
    compile[s, w, p] = field("compile_seconds") + 0; to_100[s, w, p] = field("seconds_to_iteration_100")
    rss[s, w, p] = field("peak_rss_mb"); gradient[s, w, p] = field("seconds_to_first_gradient")
    if (p == "costate" && field("limit_seconds") + 0 > 0) limit[s, w] = field("limit_seconds")
    if (field("loadavg") + 0 > 1.5) busy = 1
}
END {
    for (i = 1; i <= settings; i++) {
        s = setting[i]
        printf "\n%s: milliseconds per iteration, median; in brackets: times costate\n\n", s
        heading(s, "| workload |", " limit: arithmetic at the peak, and tanhs |")
        for (j = 1; j <= workloads[s]; j++) {
            printf "| %s |", workload[s, j]
            for (k = 1; k <= peers[s]; k++) printf " %s |", cell(s, workload[s, j], name[s, k])
            print ((s, workload[s, j]) in limit ? sprintf(" %.4g |", 1e3 * limit[s, workload[s, j]]) : " |")
        }
        printf "\nSeconds from an empty process to the 100th iteration (of peers: compilation and 100 iterations, "
        printf "without loading Python); in brackets: peak memory, MiB\n\n"
        heading(s, "| workload | ms to the first gradient |", "")
        for (j = 1; j <= workloads[s]; j++) {
            w = workload[s, j]
            printf "| %s | %.3g |", w, 1e3 * gradient[s, w, "costate"]
            for (k = 1; k <= peers[s]; k++)
                printf ((s, w, name[s, k]) in rss ? " %s (%.0f) |" : " |"), startup(s, w, name[s, k]), rss[s, w, name[s, k]]
            print ""
        }
    }
    print "\n! : its first loss is off by more than 1e-3 from ours: not the same problem."
    if (busy) print "The machine was busy: distrust the times, look at cpu_seconds_per_iteration in build/peers/."
}' build/peers/*.jsonl
