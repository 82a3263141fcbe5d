// Keys of a list: j and k, or the arrows, move through its rows, Enter opens one, x ticks it, ? shows the keys. They do
// nothing in fields, and nothing together with Ctrl, Alt or Meta. Tab works as everywhere.

const list = () => document.querySelector("#list tbody");
const links = () => [...(list()?.querySelectorAll("tr > th a") ?? [])];
const isField = (element) => element?.matches("input:not([type=checkbox]), select, textarea, [contenteditable]");

function move(step) {
  const all = links();
  if (all.length === 0) return false;
  const row = document.activeElement?.closest("#list tbody tr");
  const at = row ? all.findIndex((link) => row.contains(link)) : -1;
  const next = at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + step));
  all[next].focus();
  all[next].closest("tr").scrollIntoView({ block: "nearest" });
  return true;
}

function tick() {
  const box = document.activeElement?.closest("#list tbody tr")?.querySelector(".row-tick");
  if (!box) return false;
  box.click();
  return true;
}

// Enter on a box would send the form that the box belongs to.
function open() {
  if (!document.activeElement?.matches(".row-tick")) return false;
  document.activeElement.closest("tr").querySelector("th a").click();
  return true;
}

function show() {
  const dialog = document.querySelector("#keys");
  if (!dialog || dialog.open) return false;
  dialog.showModal();
  return true;
}

// The arrows scroll the page until somebody is in the list.
const inList = () => Boolean(document.activeElement?.closest("#list tbody"));
const acts = {
  j: () => move(1),
  k: () => move(-1),
  ArrowDown: () => inList() && move(1),
  ArrowUp: () => inList() && move(-1),
  x: tick,
  Enter: open,
  "?": show,
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || isField(event.target)) return;
  if (document.querySelector("dialog[open]")) return;
  if (acts[event.key]?.()) event.preventDefault();
});

// How many rows are ticked; the list may be another one since.
document.addEventListener("change", (event) => {
  if (!event.target.matches(".row-tick")) return;
  const count = document.querySelectorAll(".row-tick:checked").length;
  const place = document.querySelector("[data-picked-count]");
  if (!place) return;
  place.dataset.words ??= place.textContent;
  place.textContent = count ? `${count} ✓` : place.dataset.words;
});
