#!/bin/sh
# tests/book_check.sh — are the book and the slides whole?                                    book_check.sh build-folder
#   written    by their programs, in 10 s at most, with at most 4 MB; twice the same
#   formed     every tag is closed in its turn, every attribute quoted (and by xmllint's word, where it is installed)
#   alone      nothing is fetched: no src, style or script from elsewhere, no @import
#   linked     ids are there once; a link's id or file exists; no "(3)" in the text that is not a link
#   complete   every chapter, numbered equation, picture, exercise and hint; a slide of each kind for each chapter, five
#              questions with their answers
#   guided     the lecturer's guide has a board, a demo, questions, points (100 in all) and a quiz for each chapter, and names no
#              program, file or goal of make that there is not
#   large      no text of a slide has less than 24 of 1080 lines
#   small      the converter from Markdown has at most 400 lines of code
set -eu
build=${1:?usage: tests/book_check.sh build-folder}
out=$(mktemp -d out/book-check.XXXXXX 2> /dev/null || { mkdir -p out && mktemp -d out/book-check.XXXXXX; })
trap 'rm -rf "$out"' EXIT
failures=0
complain() { echo "$1"; failures=$((failures + 1)); }
count() { grep -oE "$1" "$2" | wc -l; }

start=$(date +%s)
for page in book slides; do
    "$build/examples/course/$page" "$out/$page.html" > "$out/said" 2>&1 || { cat "$out/said"; echo "book-check: $page failed"; exit 1; }
    "$build/examples/course/$page" "$out/again.html" > /dev/null
    cmp -s "$out/$page.html" "$out/again.html" || complain "$page.html: written twice, it differs"
    size=$(wc -c < "$out/$page.html")
    [ "$size" -le 4194304 ] || complain "$page.html: $size bytes, more than 4 MB"
done
seconds=$(($(date +%s) - start))
[ "$seconds" -le 20 ] || complain "book and slides: $seconds s for two of each, more than 20"

# A record begins behind a "<": a tag, its attributes, ">" and the text up to the next tag.
for page in book slides; do
    LC_ALL=C awk -v page="$page.html" -v out="$out" '
    function complain(text) { if (++failures <= 20) print page ":" line ": " substr(text, 1, 160) }
    function attributes(text,    name, value, rest) {
        while (match(text, /^[ \n]+[a-zA-Z:-]+=("[^"]*"|\047[^\047]*\047)/)) {
            rest = substr(text, 1, RLENGTH); text = substr(text, RLENGTH + 1)
            sub(/^[ \n]+/, "", rest)
            name = substr(rest, 1, index(rest, "=") - 1); value = substr(rest, index(rest, "=") + 2)
            value = substr(value, 1, length(value) - 1)
            if (name == "id" && value in ids) complain("the id " value " is given twice")
            if (name == "id") ids[value] = 1
            if (name == "href" && tag == "a" && value ~ /^#/ && !(value in links)) links[value] = line
            if (name == "href" && tag == "a" && value !~ /^(#|https?:)/) files[value] = line
            if (value !~ /^data:image\// && (name == "src" || (name == "href" && tag != "a" && value !~ /^#/))) complain("<" tag "> fetches " value)
            if (name == "style" && value ~ /url\(|@import/) complain("a style fetches " value)
        }
        if (text !~ /^[ \n]*\/?$/) complain("<" tag ">: not an attribute: " text)
    }
    BEGIN { RS = "<"; line = 1 }
    NR == 1 { next }
    {
        end = index($0, ">")
        inside = substr($0, 1, end - 1); text = substr($0, end + 1)
        if (end == 0) complain("a tag without an end: <" substr($0, 1, 40))
        if (inside ~ /^!DOCTYPE html$/) { }
        else if (inside ~ /^\//) {
            tag = substr(inside, 2)
            if (depth == 0 || open[depth] != tag) complain("</" tag "> where " (depth ? "<" open[depth] "> of line " at[depth] : "nothing") " is open")
            if (depth > 0) depth--
        } else {
            match(inside, /^[A-Za-z0-9]+/)
            if (RSTART == 0) complain("not a tag: <" substr(inside, 1, 40))
            tag = substr(inside, 1, RLENGTH)
            attributes(substr(inside, RLENGTH + 1))
            if (tag == "link" || tag == "iframe" || tag == "object") complain("<" tag "> fetches something")
            if (inside !~ /\/$/) { open[++depth] = tag; at[depth] = line }
        }
        here = open[depth]
        if (here == "style" || here == "script") { if (text ~ /@import|url\([^#]/ || text ~ /https?:/) complain("<" here "> fetches something") }
        else {
            rest = text
            while (match(rest, /&[^;]*;?/)) {
                if (substr(rest, RSTART, RLENGTH) !~ /^&(amp|lt|gt|quot|apos|#[0-9]+);$/) complain("not an entity: " substr(rest, RSTART, 12))
                rest = substr(rest, RSTART + RLENGTH)
            }
        }
        quiet = 0
        for (i = 1; i <= depth; i++) if (open[i] ~ /^(a|code|pre|svg|style|script|details|title)$/ || page != "book.html") quiet = 1
        if (open[depth] ~ /^(p|li|td|th|h2|h3|h4|b|em)$/ && !quiet && match(text, /(^|[ ("|\n])\([0-9][0-9]?\)/))
            complain("an equation that is no link: " substr(text, RSTART > 20 ? RSTART - 20 : 1, 40))
        line += gsub(/\n/, "\n", $0)
    }
    END {
        if (depth > 0) complain("<" open[depth] "> of line " at[depth] " is never closed")
        for (link in links) if (!(substr(link, 2) in ids)) { line = links[link]; complain("a link to " link ": no such id") }
        for (file in files) if (system("test -e \"" out "/" file "\"") != 0) { line = files[file]; complain("a link to " file ": no such file") }
        exit failures != 0
    }' "$out/$page.html" || complain "$page.html is not well-formed, or leads to nowhere"
    if command -v xmllint > /dev/null; then xmllint --noout "$out/$page.html" || complain "$page.html: xmllint does not take it"; fi
done

# Complete: counted in the chapters themselves, by other means than the converter's.
number=0 pictures=0
while read -r name file _; do
    case $name in '#'* | '') continue ;; esac
    grep -q "<article id=\"$name\">" "$out/book.html" || complain "book.html lacks the chapter $name"
    for equation in $(sed -nE '/^```/,/^```/d; s/^    .*  \(([0-9]{1,2})\)$/\1/p' "$file"); do
        grep -q "id=\"$name-$equation\"" "$out/book.html" || complain "book.html lacks $name ($equation)"
    done
    pictures=$((pictures + $(grep -oE '!\[[^]]*\]\([^)]*\)' "$file" | wc -l)))
    hints=examples/exercises/hints/$name.md
    [ ! -f "$hints" ] || number=$((number + $(awk '/^## /{n++} END {print n + 0}' "$hints")))
    slides=$(awk -v name="$name" 'BEGIN { RS = "<section " } index($0, "<footer><span>" name "</span>") { split($0, part, "\""); print part[2] }' "$out/slides.html")
    for kind in title quiz $(grep -q '^## Recap' "$file" && echo recap) $(grep -q '^## The wrong picture' "$file" && echo picture.wrong picture.right) $(grep -q '^## A program' "$file" && echo output); do
        echo "$slides" | grep -q "^$kind\$" || complain "slides.html: $name has no slide of the kind $kind"
    done
done < examples/course/contents
shown=$(count '<figure><svg id="picture' "$out/book.html")
[ "$shown" = "$pictures" ] || complain "book.html: $shown pictures, the chapters have $pictures"
hints=$(count '<summary>A hint<' "$out/book.html")
[ "$hints" = "$number" ] || complain "book.html: hints for $hints exercises, the files have $number"
[ "$(count '<summary>One that says more<' "$out/book.html")" = "$number" ] || complain "book.html: not every hint has a second one"
awk 'BEGIN { RS = "<section " } /^class="quiz"/ && gsub(/<li>/, "&") != 5 { print "slides.html: " substr($0, 1, 32) ": not five questions"; wrong = 1 } END { exit wrong }' \
    "$out/slides.html" || complain "a quiz has five questions"

guide=$(LC_ALL=C awk '
    function complain(text) { print FILENAME ":" FNR ": " text; failures++ }
    FNR == NR { if ($1 !~ /^#/ && NF > 0) chapters[$1] = 1; next }
    /^## / { chapter = $2; if (chapter in chapters) seen[chapter, "aim"]++ }
    /^### / { seen[chapter, $2]++ }
    /^[0-9]+ of 100/ && chapter in chapters { points += $1 }
    { rest = $0
      while (match(rest, /`[^`]+`/)) {
          word = substr(rest, RSTART + 1, RLENGTH - 2); rest = substr(rest, RSTART + RLENGTH)
          if (word ~ /^\$B\/examples\//) { path = substr(word, 4); sub(/ .*/, "", path); path = path ".cpp" }
          else if (word ~ /^examples\//) path = word
          else if (word ~ /^make [a-z]/) { split(word, part, " "); if (system("grep -qE \"^([a-z ]* )?" part[2] "[a-z ]*:\" Makefile") != 0) complain(word ": no such goal"); continue }
          else continue
          if (system("test -e \"" path "\"") != 0) complain("`" word "`: no " path)
      } }
    END {
        FILENAME = "examples/course/lecturer.md"; FNR = 1
        for (name in chapters) if (!((name, "aim") in seen)) complain("no ## " name)
            else for (i = split("Board Demo Questions Points Quiz", parts, " "); i > 0; i--) if (seen[name, parts[i]] != 1) complain(name " has no ### " parts[i])
        if (points != 100) complain(points " points in all, not 100")
        exit failures != 0
    }' examples/course/contents examples/course/lecturer*.md) || complain "$guide"

# Large: sizes are hundredths of a slide'"'"'s width, or relative to such a size; 1.25 are 24 of 1920. Of a picture 16 of its 1000.
grep -oE 'var\(--u\) ?\* ?[0-9.]+\)(/[0-9.]+)? ?(var|;|")' "$out/slides.html" > /dev/null || complain "slides.html: no sizes"
grep -oE 'font(-size)?: ?[^;"]*calc\(var\(--u\) ?\* ?[0-9.]+' "$out/slides.html" | awk '{ size = $0; sub(/.*\* ?/, "", size); if (size < 1.25) { print "slides.html: text of " size " hundredths"; wrong = 1 } } END { exit wrong }' ||
    complain "slides.html has text of less than 24 lines"
grep -oE "<figure><svg [^>]*viewBox=.[0-9. ]*" "$out/slides.html" | awk '{
    title = $0; sub(/.*aria-label="/, "", title); sub(/".*/, "", title)
    split($0, part, /viewBox=./); split(part[2], box, " ")
    height = length(title) > 76 ? 878 : 935 # beside a headline of two lines or one; the width is 1766
    scale = 1766 / box[3]; if (height / box[4] < scale) scale = height / box[4]
    if (16 * scale < 24) { printf "slides.html: text of %.1f lines in the picture \"%s\"\n", 16 * scale, title; wrong = 1 } } END { exit wrong }' ||
    complain "a picture is too high for a slide"

lines=$(cat examples/course/book.cpp examples/support/markdown.cpp examples/support/markdown.hpp | grep -v '^ *//' | grep -vc '^ *$')
[ "$lines" -le 400 ] || complain "the converter has $lines lines of code, more than 400"

echo "book-check: $(count '<article' "$out/book.html") articles, $(count 'class="maths"' "$out/book.html") displays, $(count '<section' "$out/slides.html") slides, $lines lines of converter: $([ "$failures" = 0 ] && echo "whole" || echo "$failures failed")"
[ "$failures" = 0 ]
