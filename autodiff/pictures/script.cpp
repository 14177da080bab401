// autodiff/pictures/script.cpp — how a page with tapes looks, and how it moves
// Neither text has a < or an &, so that XML takes the page as well.
#include "autodiff/pictures/page.hpp"

namespace costate::inline COSTATE_PRECISION {

namespace {

constexpr const char* style = R"style(
/* Light, and dark where the reader's machine is. What waits has a broken edge, too: colour alone says nothing. */
:root { --tape-ground: #ffffff; --tape-box: #f5f7fa; --tape-ink: #1f2933; --tape-pale: #52606d; --tape-line: #cbd2d9;
        --tape-now: #0072b2; --tape-waits: #b34700; --tape-number: #b34700 }
@media (prefers-color-scheme: dark) {
  :root { --tape-ground: #14181d; --tape-box: #222a33; --tape-ink: #eef2f6; --tape-pale: #aab6c2; --tape-line: #44515e;
          --tape-now: #56b4e9; --tape-waits: #f0a030; --tape-number: #f0a030 }
}
.tape { color: var(--tape-ink) }
.tape h2 { font-size: 1.4rem; margin: 0.5rem 0 }
.tape button { font: inherit; padding: 0.25rem 0.7rem; color: var(--tape-ink); background: var(--tape-box);
               border: 1px solid var(--tape-pale); border-radius: 6px; cursor: pointer }
.tape button[aria-pressed=true] { background: var(--tape-now); border-color: var(--tape-now); color: var(--tape-ground);
                                  font-weight: bold }
.tape :focus-visible, .tape:focus-visible { outline: 3px solid var(--tape-now); outline-offset: 2px }
.tape .acts, .tape .steps { display: flex; flex-wrap: wrap; gap: 0.4rem; align-items: center; margin: 0.4rem 0 }
.tape .place { color: var(--tape-pale) }
.tape .says { font-size: 1.2rem; min-height: 2.9em; margin: 0.5rem 0 }
.tape .views { display: flex; flex-wrap: wrap; gap: 1.5rem; align-items: flex-start }
.tape .controls { position: sticky; top: 0; background: var(--tape-ground) }
.tape figure { margin: 0; max-width: 100%; overflow: auto; background: none; border: 0 }
.tape[data-kind] figure { max-height: 75vh }
.tape table { border-collapse: collapse; margin: 0 0 1rem }
.tape caption { text-align: left; font-weight: bold; padding: 0.3rem 0 }
.tape th, .tape td { text-align: left; padding: 0.15rem 0.6rem; border-bottom: 1px solid var(--tape-line);
                     font-variant-numeric: tabular-nums; vertical-align: top }
.tape .list td.value, .tape .list td.cotangent, .tape .list td.tangent { min-width: 4.5em }
.tape tr.now { box-shadow: inset 4px 0 0 var(--tape-now); background: var(--tape-box) }
.tape td.waits { color: var(--tape-waits); font-style: italic }
.tape .box { fill: var(--tape-box); stroke: var(--tape-pale) }
.tape .shaft { stroke: var(--tape-pale) }
.tape .head { fill: var(--tape-pale) }
.tape .operation { fill: var(--tape-pale) }
.tape .number { fill: var(--tape-ink) }
.tape .derivative { fill: var(--tape-number) }
.tape .node.now .box { stroke: var(--tape-now); stroke-width: 3.5 }
.tape .node.waits .box { stroke: var(--tape-waits); stroke-width: 3; stroke-dasharray: 6 4 }
.tape .node.waits .derivative { font-style: italic }
.tape .arrow.now .shaft { stroke: var(--tape-now); stroke-width: 4 }
.tape .arrow.now .head { fill: var(--tape-now) }
.tape[data-kind=wrong] .derivative, .tape[data-kind=wrong] .list td.cotangent { text-decoration: underline wavy 1px }
.tape[data-kind=wrong] .list th.cotangent::after { content: " (wrong)" }
@media print { .tape .controls { display: none } }
)style";

constexpr const char* script = R"script(
// A section for each tape. Its steps stand in tables, a row a step; this shows them one at a time, in the graph and in
// the list.
function stepThrough(section) {
  const all = (what) => [...section.querySelectorAll(what)];
  const named = (kind, node) => document.getElementById(section.id + "-" + kind + "-" + node);
  const numbers = (text) => text.split(" ").filter((word) => word !== "").map(Number);
  const acts = all("table.act"), nodes = all(".node");
  const values = nodes.map((_, node) => named("value", node).textContent);          // as they were recorded
  const briefly = nodes.map((node) => node.querySelector(".number").textContent);  // the same, in the graph
  let act = 0, step = 0;
  const rows = () => acts[act].tBodies[0].rows;

  // One number of the list and of the graph: its text, and whether it waits.
  function put(node, column, text, waits) {
    const cell = named(column, node);
    cell.textContent = text;
    cell.classList.toggle("waits", waits);
    nodes[node].querySelector(column === "value" ? ".number" : ".derivative").textContent = text;
    nodes[node].classList.toggle("waits", waits);
  }

  // Everything as it is before the act, and then every step of it up to this one.
  function show() {
    const kind = acts[act].dataset.kind, column = acts[act].dataset.column, row = rows()[step];
    section.dataset.kind = kind;
    all(".now").forEach((element) => element.classList.remove("now"));
    nodes.forEach((_, node) => {
      put(node, "cotangent", "", false);
      put(node, "tangent", "", false);
      put(node, "value", kind === "values" ? "" : briefly[node], false);
      if (kind !== "values") named("value", node).textContent = values[node];
    });
    for (const done of [...rows()].slice(0, step + 1))
      for (const change of done.dataset.changes.split("|").filter((text) => text !== "")) {
        const [node, state, ...text] = change.split(" ");
        put(Number(node), column, text.join(" "), state === "waits");
      }
    for (const node of numbers(row.dataset.nodes))
      for (const kind of ["node", "row"]) named(kind, node).classList.add("now");
    numbers(row.dataset.arrows).forEach((arrow) => named("arrow", arrow).classList.add("now"));
    row.classList.add("now");
    const figure = section.querySelector("figure"), node = named("node", numbers(row.dataset.nodes).at(-1));
    const below = node.getBoundingClientRect().top - figure.getBoundingClientRect().top;
    figure.scrollTop += below - figure.clientHeight / 2;  // where the graph is too tall to be seen at once
    section.querySelector(".says").textContent = row.cells[1].textContent;
    section.querySelector(".place").textContent = "step " + (step + 1) + " of " + rows().length + " (keys: ← → Home End)";
    all("[data-act]").forEach((button, a) => button.setAttribute("aria-pressed", a === act));
  }

  // On beyond the end of an act is the next one's beginning, and back before its beginning the end of the one before.
  const go = {
    first() { step = 0; },
    last() { step = rows().length - 1; },
    on() {
      if (rows().length > step + 1) step += 1;
      else if (acts.length > act + 1) { act += 1; step = 0; }
    },
    back() {
      if (step > 0) step -= 1;
      else if (act > 0) { act -= 1; step = rows().length - 1; }
    },
  };
  all("[data-go]").forEach((button) => button.addEventListener("click", () => { go[button.dataset.go](); show(); }));
  all("[data-act]").forEach((button, a) => button.addEventListener("click", () => { act = a; step = 0; show(); }));
  section.querySelector(".controls").hidden = false;
  section.querySelector(".all").open = false;
  show();
  return (way) => { go[way](); show(); };
}

// Keys go to the section that has the focus, or to the only one.
const ways = new Map([...document.querySelectorAll("section.tape")].map((section) => [section, stepThrough(section)]));
document.addEventListener("keydown", (event) => {
  const way = { ArrowRight: "on", ArrowLeft: "back", Home: "first", End: "last" }[event.key];
  const section = ways.size === 1 ? [...ways.keys()][0] : document.activeElement.closest("section.tape");
  if (!way || !section || event.ctrlKey || event.altKey || event.metaKey || event.target.matches("input")) return;
  event.preventDefault();
  ways.get(section)(way);
});
)script";

}  // namespace

std::string page_style() { return style + 1; }
std::string page_script() { return script + 1; }

}  // namespace costate
