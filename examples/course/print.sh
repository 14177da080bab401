#!/bin/sh
# examples/course/print.sh — a page of ours as a PDF, by a browser that is installed: print.sh out/book.html -> out/book.pdf
set -eu
page=${1:?usage: print.sh out/book.html}
for browser in "${BROWSER:-}" chromium chromium-browser google-chrome google-chrome-stable chrome microsoft-edge; do
    if [ -z "$browser" ] || ! command -v "$browser" > /dev/null 2>&1; then continue; fi
    pdf=${page%.html}.pdf
    folder=$(cd "$(dirname "$page")" && pwd)
    rm -f "$pdf"
    sandbox=
    [ "$(id -u)" != 0 ] || sandbox=--no-sandbox # as root, in a container, there is none
    "$browser" --headless $sandbox --disable-gpu --no-pdf-header-footer --print-to-pdf="$pdf" "file://$folder/$(basename "$page")" > /dev/null 2>&1 || true
    [ -s "$pdf" ] || { echo "print: $browser wrote no $pdf" >&2; exit 1; }
    echo "  print    $pdf"
    exit 0
done
{
    echo "print: no browser that prints without a window"
    echo "  expected  chromium or google-chrome, or BROWSER=its name"
    echo "  try       apt-get install chromium; or open $page in any browser, and print it into a file"
} >&2
exit 1
