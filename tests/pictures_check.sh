#!/bin/sh
# tests/pictures_check.sh BUILD — are the chapters' pictures those that their programs draw?           make docs-check
#   programs  BUILD/examples/chapters/pictures/NAME FOLDER      write FOLDER/NAME_wrong.svg, FOLDER/NAME_right.svg, ...
#   pictures  examples/chapters/figures/*.svg, committed
# Words are equal, and numbers within one pixel of a sheet that is 1000 wide: the last bits of a coordinate are the machine's.
# A line may have other corners, as those are left out that lie between their neighbours: then each corner of the one lies
# within a pixel of the other.
# Each picture is shown by a chapter, under its title; a chapter shows a wrong one before a right one.
set -eu
build=${1:?usage: tests/pictures_check.sh build-folder [committed-folder]}
committed=${2:-examples/chapters/figures}
drawn=$build/pictures
rm -rf "$drawn"
mkdir -p "$drawn"
failed=0
complain() { echo "$1"; failed=$((failed + 1)); }

for source in examples/chapters/pictures/*.cpp; do echo "$build/${source%.cpp}"; done |
    xargs -P 2 -I{} sh -c '"{}" "$0" > "$0/$(basename {}).log" 2>&1 || { cat "$0/$(basename {}).log"; exit 1; }' "$drawn" ||
    complain "a picture's program fails"

for picture in "$drawn"/*.svg "$committed"/*.svg; do basename "$picture"; done | LC_ALL=C sort -u > "$drawn/names"
while read -r name; do
    if [ ! -f "$committed/$name" ]; then complain "$committed/$name: is drawn, but not there: make pictures"; continue; fi
    if [ ! -f "$drawn/$name" ]; then complain "$committed/$name: no program draws it"; continue; fi
    # shellcheck disable=SC2016
    LC_ALL=C awk -v name="$committed/$name" '
        # a line as words and numbers: what stands between two numbers is a word; a label between > and < is one word
        function split_line(line, parts,    n, label) {
            n = 0
            if (match(line, />[^<>]+</)) { label = substr(line, RSTART, RLENGTH); line = substr(line, 1, RSTART) substr(line, RSTART + RLENGTH - 1) }
            while (match(line, /-?[0-9]+(\.[0-9]+)?/)) {
                parts[++n] = substr(line, 1, RSTART - 1)
                parts[++n] = substr(line, RSTART, RLENGTH)
                line = substr(line, RSTART + RLENGTH)
            }
            parts[++n] = line
            parts[++n] = label
            return n
        }
        # corners of "M1 2L3 4L5 6M7 8L9 10" as x[1..n], y[1..n]; first[i]: no line leads to it
        function corners(line, x, y, first,    n, command) {
            if (!match(line, / d=.(M|L|-?[0-9]+(\.[0-9]+)?| )+/)) return 0
            line = substr(line, RSTART + 4, RLENGTH - 4)
            while (match(line, /[ML]-?[0-9.]+ -?[0-9.]+/)) {
                command = substr(line, RSTART, 1)
                split(substr(line, RSTART + 1, RLENGTH - 1), pair, " ")
                x[++n] = pair[1]; y[n] = pair[2]; first[n] = command == "M"
                line = substr(line, RSTART + RLENGTH)
            }
            return n
        }
        # is each corner of the one line within a pixel of the other?
        function along(x, y, n, u, v, first, m,    i, j, dx, dy, s, near) {
            for (i = 1; i <= n; i++) {
                near = 0
                for (j = 1; j <= m && !near; j++) {
                    dx = first[j] ? 0 : u[j] - u[j - 1]; dy = first[j] ? 0 : v[j] - v[j - 1]
                    s = dx * dx + dy * dy == 0 ? 0 : ((u[j] - x[i]) * dx + (v[j] - y[i]) * dy) / (dx * dx + dy * dy)
                    s = s < 0 ? 0 : s > 1 ? 1 : s
                    near = (u[j] - s * dx - x[i]) ^ 2 + (v[j] - s * dy - y[i]) ^ 2 <= 1
                }
                if (!near) return 0
            }
            return n > 1
        }
        function without_corners(line) { sub(/ d=.(M|L|-?[0-9]+(\.[0-9]+)?| )+/, "", line); return line }
        function same_line(a, b,    n, m) {
            if (without_corners(a) != without_corners(b)) return 0
            n = corners(a, ax, ay, afirst); m = corners(b, bx, by, bfirst)
            return along(ax, ay, n, bx, by, bfirst, m) && along(bx, by, m, ax, ay, afirst, n)
        }
        function complain(a, b) { printf "%s:%d: is not what its program draws\n  committed %s\n  drawn     %s\n", name, FNR, substr(a, 1, 100), substr(b, 1, 100); bad = 1; exit 1 }
        NR == FNR { committed[FNR] = $0; lines = FNR; next }
        {
            if (FNR > lines) complain("(ends)", $0)
            if ($0 == committed[FNR]) next
            n = split_line($0, is)
            if (n != split_line(committed[FNR], was)) {
                if (!same_line($0, committed[FNR])) complain(committed[FNR], $0)
                next
            }
            for (i = 1; i <= n; i++) {
                if (is[i] == was[i]) continue
                if (i % 2 || i == n || is[i] - was[i] > 1 || was[i] - is[i] > 1) {
                    if (!same_line($0, committed[FNR])) complain(committed[FNR], $0)
                    break
                }
            }
        }
        END { if (!bad && FNR < lines && NR > FNR) complain(committed[FNR + 1], "(ends)") }' "$committed/$name" "$drawn/$name" || failed=$((failed + 1))
done < "$drawn/names"

# What the chapters show: ![title](path). The title is the picture's own, so that a reader without pictures misses no message.
for chapter in README.md $(find core autodiff nn optim ode -name '*.md' | LC_ALL=C sort); do
    for side in wrong right; do
        grep -q "chapters/figures/[a-z_]*_$side\.svg)" "$chapter" || complain "$chapter: shows no picture *_$side.svg"
    done
    sed -n 's/.*!\[\(.*\)\](\([^)]*chapters\/figures\/[^)]*\)).*/\2	\1/p' "$chapter" | while IFS='	' read -r path title; do
        picture=$(dirname "$chapter")/$path
        if [ ! -f "$picture" ]; then echo "$chapter: $path: no such picture"; continue; fi
        plain=$(printf '%s' "$title" | sed "s/&/\\&amp;/g; s/</\\&lt;/g; s/>/\\&gt;/g; s/'/\\&apos;/g")
        # the title may be set in two lines
        tr -d '\n' < "$picture" | sed "s/<\/text><text[^>]*class='sheet'>/ /g" | grep -qF "$plain" ||
            echo "$chapter: the title of $path is another than \"$title\""
    done > "$drawn/titles"
    while read -r line; do complain "$line"; done < "$drawn/titles"
done
shown=$(cat README.md $(find core autodiff nn optim ode -name '*.md') | grep -o 'chapters/figures/[a-z0-9_]*\.svg' | LC_ALL=C sort -u | sed 's/.*\///')
for picture in "$committed"/*.svg; do
    echo "$shown" | grep -qx "$(basename "$picture")" || complain "$picture: no chapter shows it"
done
echo "pictures: $(wc -l < "$drawn/names"): $( [ $failed = 0 ] && echo "as their programs draw them, each shown by a chapter" || echo "$failed failures")"
[ $failed = 0 ]
