#!/bin/sh
# tests/book_check_test.sh — does book_check.sh notice what is wrong with a page?              book_check_test.sh build-folder
# Programs stand in for the book's and the slides': they write the page, and then break it in one place.
set -eu
build=$(cd "${1:?usage: tests/book_check_test.sh build-folder}" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir -p "$folder/examples/course"
tried=0 failures=0

# broken page sed-command words-of-the-message
broken() {
    for page in book slides; do
        { echo "#!/bin/sh"; echo "'$build/examples/course/$page' \"\$1\" > /dev/null"; } > "$folder/examples/course/$page"
        chmod +x "$folder/examples/course/$page"
    done
    printf '%s\n' "$2" > "$folder/break"
    echo "sed -i -f '$folder/break' \"\$1\"" >> "$folder/examples/course/$1"
    tried=$((tried + 1))
    if tests/book_check.sh "$folder" > "$folder/said" 2>&1; then
        echo "book-check did not notice: $2"; failures=$((failures + 1))
    elif ! grep -q -- "$3" "$folder/said"; then
        echo "book-check said nothing of \"$3\" after $2:"; head -5 "$folder/said"; failures=$((failures + 1))
    fi
}
broken book '0,/<p>/s//<p><em>/' 'where <em> of line'
broken book '0,/<article id="core">/s//<article id="autodiff">/' 'the id autodiff is given twice'
broken book 's/id="adjoint-3"/id="adjoint-33"/' 'a link to #adjoint-3: no such id'
broken book '0,/href="\.\.\/\.\.\/core/s//href="..\/..\/cores/' 'no such file'
broken book 's/<meta charset="utf-8" \/>/<link href="https:\/\/a.b\/c.css" \/>/' 'fetches https'
broken book '0,/^:root/s//@import "x.css"; :root/' 'fetches something'
broken book '0,/ & / s//\&/; 0,/<p>A /s//<p>A \&nbsp; /' 'not an entity'
broken book 's/<a href="#adjoint-3">(3)<\/a>/(3)/g' 'no link'
broken book 's/<summary>A hint</<summary>Hints</' 'hints for 0 exercises'
broken book '0,/<figure>/s//<div>/; 0,/<\/figure>/s//<\/div>/' 'pictures, the chapters have'
broken slides '0,/class="recap"/s//class="quiz"/' 'no slide of the kind recap'
broken slides '0,/<li>/s//<li><b><\/b><\/li><li>/' 'five questions'
broken slides '0,/font-size:calc(var(--u)\*[0-9.]*)/s//font-size:calc(var(--u)*1.1)/' 'text of 1.1 hundredths'
broken slides "0,/<figure><svg [^>]*viewBox='[^']*'/s//<figure><svg viewBox='0 0 1000 900'/" 'too high'
echo "book-check-test: $tried breakages: $([ "$failures" = 0 ] && echo "all noticed" || echo "$failures failed")"
[ "$failures" = 0 ]
