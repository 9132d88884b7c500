"use strict";
// What is shown is a function of the address, so that every view is a link to share:
// page.html#operation=object_rotation&split=test&text=mug&boxes=edited&sample=<id of the one that is enlarged>
const cards = [...document.querySelectorAll("#cards .card")];
const pills = [...document.querySelectorAll(".pills button")];
const search = document.getElementById("search");
const boxes = document.getElementById("boxes");
const viewer = document.getElementById("viewer");
const stage = document.getElementById("stage");
const blink = document.getElementById("blink");
const KEYS = ["operation", "environment", "split"];
let enlarged = null;

const state = () => new URLSearchParams(location.hash.slice(1));
const visible = () => cards.filter((card) => !card.hidden);

function change(key, value) {
  const wanted = state();
  if (value) wanted.set(key, value); else wanted.delete(key);
  // Without a new entry per keystroke, the back button leads out of the page, and not through every letter.
  history.replaceState(null, "", "#" + wanted);
  show();
}

function show() {
  const wanted = state();
  const text = (wanted.get("text") ?? "").toLowerCase();
  for (const card of cards) {
    card.hidden = KEYS.some((key) => wanted.has(key) && wanted.get(key) !== card.dataset[key])
      || !card.dataset.text.includes(text);
  }
  for (const pill of pills) pill.setAttribute("aria-pressed", (wanted.get(pill.dataset.key) ?? "") === pill.dataset.value);
  if (search.value.toLowerCase() !== text) search.value = text;
  boxes.value = wanted.get("boxes") ?? "off";
  document.body.dataset.boxes = boxes.value;
  const count = visible().length;
  document.getElementById("shown").textContent = count;
  document.getElementById("nothing").hidden = count > 0;
  const sample = visible().find((card) => card.dataset.sample === wanted.get("sample"));
  if (sample) enlarge(sample); else viewer.close();
}

function enlarge(card) {
  const copy = card.cloneNode(true);
  copy.removeAttribute("id");
  for (const picture of copy.querySelectorAll("img")) picture.loading = "eager";
  copy.querySelector("details").open = true;
  stage.replaceChildren(copy);
  const shown = visible();
  document.getElementById("place").textContent = `${shown.indexOf(card) + 1} of ${shown.length}`;
  enlarged = card;
  if (!viewer.open) viewer.showModal();
}

function step(by) {
  const shown = visible();
  change("sample", shown[(shown.indexOf(enlarged) + by + shown.length) % shown.length].dataset.sample);
}

function toggleBlinking() {
  blink.setAttribute("aria-pressed", stage.classList.toggle("blinking"));
}

function nextBoxes() {
  const values = [...boxes.options].map((option) => option.value);
  change("boxes", values[(values.indexOf(boxes.value) + 1) % values.length]);
}

for (const pill of pills) pill.addEventListener("click", () => change(pill.dataset.key, pill.dataset.value));
search.addEventListener("input", () => change("text", search.value));
boxes.addEventListener("change", () => change("boxes", boxes.value));
document.getElementById("cards").addEventListener("click", (event) => {
  if (event.target.closest(".enlarge")) change("sample", event.target.closest(".card").dataset.sample);
});
document.getElementById("previous").addEventListener("click", () => step(-1));
document.getElementById("next").addEventListener("click", () => step(1));
document.getElementById("close").addEventListener("click", () => viewer.close());
blink.addEventListener("click", toggleBlinking);
viewer.addEventListener("click", (event) => { if (event.target === viewer) viewer.close(); });
viewer.addEventListener("close", () => {
  stage.replaceChildren();
  change("sample", "");
  enlarged.querySelector(".enlarge").focus();
  enlarged.scrollIntoView({ block: "nearest" });
});
document.addEventListener("keydown", (event) => {
  if (event.target === search || event.ctrlKey || event.metaKey || event.altKey) return;
  const actions = { b: nextBoxes };
  if (viewer.open) Object.assign(actions, { ArrowLeft: () => step(-1), ArrowRight: () => step(1), " ": toggleBlinking });
  else actions["/"] = () => search.focus();
  if (event.key in actions) {
    event.preventDefault();
    actions[event.key]();
  }
});
window.addEventListener("hashchange", show);
show();
