#!/usr/bin/env bash
# examples/page/drawn.sh — draws a path on out/page.html in a headless Chromium, waits, and looks at the loss and the pixels
# A spiral's arc is drawn by pointer events. After 5,000 steps the loss must be 1e-3 at most, and no dot farther than 3 pixels from
# the path: it is 4e-6 and 2.2 then. (After 2,000 it is 2e-5, but the last dot is 5 pixels off.)
set -euo pipefail
cd "$(dirname "$0")/../.."
browser=$(command -v chromium chromium-browser google-chrome | head -n 1) || { echo "page: not drawn on, there is no chromium here"; exit 0; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
{
    cat out/page.html
    cat << 'END'
<script>
const point = (type, i) => {
    const r = $('canvas').getBoundingClientRect(), a = i / 60 * 5, radius = 1.4 * Math.exp(-.1 * a);
    return new PointerEvent(type, {bubbles: true, clientX: r.left + px(radius * Math.cos(a)) * r.width / size,
                                   clientY: r.top + px(radius * Math.sin(a)) * r.width / size});
};
const wait = setInterval(() => {
    if (!law) return;
    clearInterval(wait);
    $('canvas').dispatchEvent(point('pointerdown', 0));
    for (let i = 1; i <= 60; i++) $('canvas').dispatchEvent(point('pointermove', i));
    $('canvas').dispatchEvent(point('pointerup', 60));
    const seen = setInterval(() => {
        if (steps < 500) return;  // the page's own loop learns; from here on so many steps that each run sees the same
        clearInterval(seen);
        paused = true, begin();
        for (; steps < 5000; steps++) law.law_train(arena, sample.byteOffset);
        draw();
        const image = g.getImageData(0, 0, size, size).data, blue = [];
        for (let i = 0; i < size * size; i++)
            if (image[4 * i] < 60 && image[4 * i + 1] < 120 && image[4 * i + 2] > 150) blue.push([i % size, i / size | 0]);
        const far = Math.max(...dots.map(d => Math.min(...blue.map(b => Math.hypot(b[0] - px(d[0]), b[1] - px(d[1]))))));
        document.title = `loss ${law.law_loss(arena)} steps ${steps} far ${far} blue ${blue.length}`;
    }, 10);
}, 20);
</script>
END
} > "$folder/drawn.html"
open_page() {
    timeout 120 "$browser" --headless --no-sandbox --disable-dev-shm-usage --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update \
        --disable-sync --user-data-dir="$folder/profile" --window-size=640,860 --virtual-time-budget=60000 "$@" "file://$folder/drawn.html" 2>> "$folder/log"
}
open_page --dump-dom | sed -n 's/.*<title>\(loss .*\)<\/title>.*/\1/p' > "$folder/said"
open_page --screenshot=out/page.png > "$folder/shot"
read -r _ loss _ steps _ far _ < "$folder/said" || { grep -v dbus "$folder/log"; echo "page: nothing came of it"; exit 1; }
echo "a drawn path: loss $loss after $steps steps, the farthest dot $far pixels from the path"
awk -v loss="$loss" -v far="$far" 'BEGIN { exit !(loss <= 1e-3 && far <= 3) }' || { echo "page: the path is not learnt"; exit 1; }
