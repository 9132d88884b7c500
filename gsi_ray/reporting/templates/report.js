"use strict";
// What is shown is a function of the address, so that every view is a link to share:
// index.html#protocol=exact&data=room%2C+test&measure=sa&editor=bagel&boxes=off
const pills = [...document.querySelectorAll(".pills button")];
const sheets = [...document.querySelectorAll(".sheet")];
const chosen = [...document.querySelectorAll("main [data-protocol], main [data-data], main [data-measure], main [data-editor]")];
const boxes = document.getElementById("boxes");
const viewer = document.getElementById("viewer");

// A sheet that is there, where the address names none; its first measure that is known; all editors. A page about
// judges alone has no sheet.
function state() {
  const wanted = new URLSearchParams(location.hash.slice(1));
  const first = sheets.find((one) => ["protocol", "data"].every((key) => [null, one.dataset[key]].includes(wanted.get(key)))) ?? sheets[0];
  const protocol = wanted.get("protocol") ?? first?.dataset.protocol;
  const data = wanted.get("data") ?? first?.dataset.data;
  const sheet = sheets.find((one) => one.dataset.protocol === protocol && one.dataset.data === data);
  return { wanted, sheet, protocol, data, measure: wanted.get("measure") ?? sheet?.dataset.first, editor: wanted.get("editor") ?? "" };
}

function change(key, value) {
  const { wanted } = state();
  if (value) wanted.set(key, value); else wanted.delete(key);
  history.replaceState(null, "", "#" + wanted);
  show();
}

function show() {
  const now = state();
  const isOut = (element, key) => element.dataset[key] !== undefined && element.dataset[key] !== now[key];
  for (const element of chosen) {
    const others = now.editor && element.dataset.editor !== undefined
      && ![element.dataset.editor, element.dataset.against].includes(now.editor);
    element.toggleAttribute("hidden", others || ["protocol", "data", "measure"].some((key) => isOut(element, key)));
  }
  for (const pill of pills) pill.setAttribute("aria-pressed", now[pill.dataset.key] === pill.dataset.choice);
  document.getElementById("nothing").hidden = Boolean(now.sheet) || !sheets.length;
  document.getElementById("cases").hidden = !document.querySelector("#cases .card:not([hidden])");
  document.body.dataset.boxes = now.wanted.get("boxes") ?? "on";
  boxes.checked = document.body.dataset.boxes === "on";
}

function sort(heading) {
  const place = heading.cellIndex;
  const rows = [...heading.closest("table").tBodies[0].rows];
  const value = (row) => row.cells[place].dataset.value ?? row.cells[place].textContent;
  const isNumber = rows.every((row) => value(row) === "" || Number.isFinite(Number(value(row))));
  const isDown = heading.ariaSort ? heading.ariaSort === "ascending" : isNumber;
  // What is not known comes last either way.
  rows.sort((one, other) => {
    const [left, right] = [value(one), value(other)];
    if (left === "" || right === "") return (left === "") - (right === "");
    return (isNumber ? left - right : left.localeCompare(right)) * (isDown ? -1 : 1);
  });
  for (const cell of heading.parentElement.cells) cell.removeAttribute("aria-sort");
  heading.ariaSort = isDown ? "descending" : "ascending";
  heading.closest("table").tBodies[0].append(...rows);
}

function enlarge(card) {
  document.getElementById("stage").replaceChildren(card.cloneNode(true));
  viewer.showModal();
}

for (const pill of pills) pill.addEventListener("click", () => change(pill.dataset.key, pill.dataset.choice));
for (const heading of document.querySelectorAll(".sortable thead th:not(:empty)")) {
  heading.tabIndex = 0;
  heading.addEventListener("click", () => sort(heading));
  heading.addEventListener("keydown", (event) => { if (event.key === "Enter") sort(heading); });
}
for (const card of document.querySelectorAll("#cases .card")) {
  card.addEventListener("click", () => enlarge(card));
  card.addEventListener("keydown", (event) => { if (event.key === "Enter") enlarge(card); });
}
boxes.addEventListener("change", () => change("boxes", boxes.checked ? "" : "off"));
document.getElementById("close").addEventListener("click", () => viewer.close());
viewer.addEventListener("click", (event) => { if (event.target === viewer) viewer.close(); });
window.addEventListener("hashchange", show);
show();
