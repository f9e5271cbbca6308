// The board of stages: cards are dragged (SortableJS) or moved by their menu, at once on the page
// and then on the server. What the server refuses goes back to where it was, with its sentence.
import Sortable from "sortablejs";

const WIDE = matchMedia("(width >= 64rem)");
const board = () => document.getElementById("board");
let dragging = false;
let missed = false; // news that came while a card was in the air

const token = () => document.querySelector('meta[name="csrf-token"]').content;
const say = (message, level) => document.dispatchEvent(new CustomEvent("toast", { detail: { message, level } }));
const isLive = () => document.querySelector("[data-live-status]")?.dataset.state === "live";
const refresh = () => board().dispatchEvent(new CustomEvent("board:refresh"));

// ------------------------------------------------------------ moving

function whyClosed(stage) {
  const dialog = document.getElementById("close-dialog");
  const reason = dialog.querySelector("[data-close-reason]");
  dialog.querySelector("[data-close-title]").textContent = stage === "won" ? "Why was it won?" : "Why was it lost?";
  reason.value = "";
  reason.required = true;
  dialog.returnValue = "cancel";
  return new Promise((resolve) => {
    const closed = () => resolve(dialog.returnValue === "accept" ? reason.value.trim() : null);
    dialog.addEventListener("close", closed, { once: true });
    dialog.showModal();
    reason.focus();
  });
}

async function send(card, stage, reason) {
  const body = new FormData();
  body.set("stage", stage);
  body.set("expected", card.dataset.stage);
  body.set("reason", reason);
  const url = board().dataset.moveUrl.replace("LEAD", card.dataset.card);
  const response = await fetch(url, { method: "POST", body, headers: { "X-CSRFToken": token() } });
  if (response.ok) return;
  const told = await response.json().catch(() => ({}));
  throw new Error(told.message || "The lead could not be moved.");
}

// `back` puts the card where it was.
async function move(card, stage, back) {
  const needsReason = board().dataset.closed.split(" ").includes(stage);
  const reason = needsReason ? await whyClosed(stage) : "";
  if (reason === null || (needsReason && !reason)) return back();
  card.setAttribute("aria-busy", "true");
  try {
    await send(card, stage, reason);
    card.dataset.stage = stage;
    const select = card.querySelector("[data-move]");
    if (select) select.value = stage;
    say("Moved.", "success");
    if (!isLive()) refresh();
  } catch (error) {
    back();
    const isOffline = error instanceof TypeError;
    say(isOffline ? "No connection: the lead stays where it was." : error.message, "error");
    if (!isOffline) refresh();
  } finally {
    card.removeAttribute("aria-busy");
  }
}

// ------------------------------------------------------------ by hand

// The policy forbids the style attribute that a plain copy would bring along.
function copyWithoutAttribute(deep) {
  const style = this.style.cssText;
  this.removeAttribute("style");
  const copy = Element.prototype.cloneNode.call(this, deep);
  this.style.cssText = style;
  copy.style.cssText = style;
  return copy;
}

function taken({ item }) {
  dragging = true;
  item.cloneNode = copyWithoutAttribute;
}

function letGo() {
  dragging = false;
  if (missed) refresh();
  missed = false;
}

function dropped({ item, from, to, oldIndex }) {
  const back = () => from.insertBefore(item, from.children[oldIndex] ?? null);
  if (from === to) back(); // within a stage, priority is the order
  else move(item, to.dataset.cards, back);
}

function makeSortable() {
  if (!board() || !("movable" in board().dataset)) return;
  for (const list of board().querySelectorAll("[data-cards]")) {
    const made = Sortable.get(list);
    if (made) made.option("disabled", !WIDE.matches);
    else
      Sortable.create(list, {
        group: "stages",
        animation: 120,
        draggable: "[data-card]",
        filter: "select, a",
        preventOnFilter: false,
        forceFallback: true, // looks and works the same in all browsers
        fallbackTolerance: 4,
        disabled: !WIDE.matches,
        ghostClass: "opacity-40",
        onChoose: taken,
        onUnchoose: letGo,
        onEnd: dropped,
      });
  }
}

// ------------------------------------------------------------ by the menu

document.addEventListener("change", (event) => {
  const select = event.target.closest("[data-move]");
  if (!select) return;
  const card = select.closest("[data-card]");
  const [from, next, stage] = [card.parentElement, card.nextElementSibling, select.value];
  board().querySelector(`[data-cards="${stage}"]`).prepend(card);
  select.focus();
  move(card, stage, () => {
    from.insertBefore(card, next?.parentElement === from ? next : null);
    select.value = card.dataset.stage;
    select.focus();
  });
});

// ------------------------------------------------------------ news

let focused = "";
const keepFocus = () => (focused = document.activeElement?.id ?? "");
function restoreFocus() {
  makeSortable();
  if (focused && document.activeElement === document.body) document.getElementById(focused)?.focus();
}

// Nothing is swapped under a card in the air.
document.addEventListener("htmx:wsBeforeMessage", (event) => {
  keepFocus();
  if (!dragging) return;
  missed = true;
  event.preventDefault();
});
document.addEventListener("htmx:wsAfterMessage", restoreFocus);
document.addEventListener("htmx:beforeSwap", keepFocus);
document.addEventListener("htmx:afterSettle", restoreFocus);
WIDE.addEventListener("change", makeSortable);
makeSortable();
