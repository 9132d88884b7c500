"use strict";
// The server keeps what is decided; the page shows one sample, and says what the person decides about it. Words from the
// lake enter the page as text alone, so that none of them can become markup.
const element = (id) => document.getElementById(id);
const note = element("note"), english = element("english"), chinese = element("chinese"), wording = element("wording");
let total = 0;
let shown = null; // the sample on the page, as the server describes it
let busy = true; // from a key to what it leads to, other keys are not heard: nobody decides what is not yet shown

async function ask(path, body) {
  const json = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  const answer = await fetch(path, body ? json : {}).catch(() => {
    throw new Error("The server does not answer: run gsi-ray review again, and open the address that it prints then.");
  });
  const content = await answer.json();
  if (!answer.ok) throw new Error(content.problem);
  return content;
}

function say(text, kind = "") {
  element("status").textContent = text;
  element("status").className = kind;
}

async function alone(action) {
  if (busy) return;
  busy = true;
  try {
    await action();
  } catch (error) {
    say(error.message, "problem");
  } finally {
    busy = false;
  }
}

async function picture(place, which) {
  const image = new Image();
  image.alt = which;
  image.src = `samples/${place}/${which}`;
  try {
    await image.decode();
    return image;
  } catch {
    const missing = document.createElement("p");
    missing.className = "missing";
    missing.textContent = `The picture ${which} the edit cannot be shown.`;
    return missing;
  }
}

async function show(place) {
  const sample = await ask(`samples/${place}`);
  const [before, after] = await Promise.all([picture(place, "before"), picture(place, "after")]);
  const flipped = after.cloneNode(true);
  flipped.classList.add("flipped");
  element("before").firstElementChild.replaceChildren(before, flipped);
  element("after").firstElementChild.replaceChildren(after);
  shown = sample;
  describe();
  if (place + 1 < total) for (const which of ["before", "after"]) picture(place + 1, which);
}

function describe() {
  const { verdict } = shown;
  element("place").textContent = `Sample ${shown.place + 1}`;
  element("place").title = shown.sample_id;
  element("kind").textContent =
    [shown.operation.replaceAll("_", " "), shown.environment, shown.split, shown.scene].join(" · ");
  element("verdict").textContent = !verdict ? "" : verdict.accept ? "accepted" : "rejected";
  element("verdict").className = `verdict ${element("verdict").textContent}`;
  element("doubt").textContent = shown.doubt ?? "";
  element("doubt").hidden = !shown.doubt;
  note.value = verdict?.reasoning ?? "";
  fillIn();
}

// The wordings: those that were put in place of the instruction, if any were, or else the instruction.
function fillIn() {
  const { verdict } = shown;
  english.value = verdict?.instruction ?? shown.instruction;
  chinese.value = verdict?.instruction_zh ?? shown.instruction_zh ?? "";
  element("instruction").textContent = english.value;
  element("instruction-zh").textContent = chinese.value;
  const were = [verdict?.instruction && shown.instruction, verdict?.instruction_zh && shown.instruction_zh];
  element("was").textContent = were.some(Boolean) ? `Instead of: ${were.filter(Boolean).join(" · ")}` : "";
  wording.hidden = true;
  element("said").hidden = false;
}

function tally(progress) {
  const { accepted, rejected } = progress;
  total = progress.total;
  element("decided").textContent = `${accepted + rejected} of ${total}`;
  element("accepted").textContent = accepted;
  element("rejected").textContent = rejected;
  element("bar-accepted").style.flexGrow = accepted;
  element("bar-rejected").style.flexGrow = rejected;
  element("bar-left").style.flexGrow = total - accepted - rejected;
}

const decide = (accept) => alone(async () => {
  const { place } = shown;
  const decision = { accept, note: note.value, instruction: english.value, instruction_zh: chinese.value };
  const progress = await ask(`samples/${place}`, decision);
  document.activeElement.blur();
  tally(progress);
  await goOn(progress.next ?? place, progress.next === null, `Saved: sample ${place + 1} is ${accept ? "accepted" : "rejected"}.`);
});

const undo = () => alone(async () => {
  const progress = await ask("undo", {});
  tally(progress);
  await goOn(progress.next, false, `Undone: the last decision, on sample ${progress.next + 1}.`);
});

async function goOn(place, finished, news) {
  await show(place);
  say(finished ? `${news} Every sample has a verdict now: close this page, and end the program with Ctrl-C.` : news);
}

const step = (by) => alone(async () => {
  const place = shown.place + by;
  if (place < 0 || place >= total) return say(by < 0 ? "This is the first sample." : "This is the last sample.");
  await show(place);
  say("");
});

function edit() {
  wording.hidden = false;
  element("said").hidden = true;
  english.focus();
}

function leave() {
  document.activeElement.blur(); // a field that is only hidden would still take the next key
  fillIn();
  say("");
}

const flip = (on) => {
  document.body.classList.toggle("flipping", on);
  element("before").lastElementChild.textContent = on ? "After" : "Before";
};

const ACTIONS = {
  a: () => decide(true),
  r: () => decide(false),
  j: () => step(1),
  k: () => step(-1),
  u: undo,
  n: () => note.focus(),
  e: () => { if (!busy) edit(); },
};
const SAME = { ArrowRight: "j", ArrowLeft: "k", " ": "f" };

function keyOf(event) {
  const isTyping = event.target === note || wording.contains(event.target);
  if (isTyping || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return null;
  return SAME[event.key] ?? event.key.toLowerCase();
}

document.addEventListener("keydown", (event) => {
  const key = keyOf(event);
  if (key !== "f" && !(key in ACTIONS)) {
    if (key === "escape" && !wording.hidden) leave();
    return;
  }
  event.preventDefault();
  if (key === "f") flip(true);
  else if (!event.repeat || key === "j" || key === "k") ACTIONS[key](); // a key that is held down decides once
});
document.addEventListener("keyup", (event) => {
  if (keyOf(event) !== "f") return;
  event.preventDefault(); // a button that has the focus is not pressed by it
  flip(false);
});
window.addEventListener("blur", () => flip(false));

for (const button of document.querySelectorAll("[data-key]")) {
  button.addEventListener("click", () => ACTIONS[button.dataset.key]());
}
element("flip").addEventListener("pointerdown", () => flip(true));
for (const end of ["pointerup", "pointerleave", "pointercancel"]) element("flip").addEventListener(end, () => flip(false));

note.addEventListener("keydown", (event) => {
  if (!event.isComposing && ["Enter", "Escape"].includes(event.key)) note.blur();
});
wording.addEventListener("keydown", (event) => {
  if (event.isComposing) return; // Enter then picks Chinese characters
  if (event.key === "Escape") leave();
  if (event.key === "Enter") {
    event.preventDefault();
    decide(true);
  }
});

async function begin() {
  const overview = await ask("overview");
  element("what").textContent = overview.editor ? `edits by ${overview.editor} in ${overview.lake}` : overview.lake;
  element("rubric").textContent = overview.rubric;
  element("name").textContent = overview.name;
  document.title = `Review: ${overview.lake}`;
  tally(overview);
  await goOn(overview.next ?? 0, overview.next === null, "");
}

busy = false;
alone(begin);
