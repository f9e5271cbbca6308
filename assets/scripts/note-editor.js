// Turns the textarea of a note into an editor with formatting. Without script it stays a textarea.
// The server sanitises again; what is allowed here is what calls/notes.py keeps.
import DOMPurify from "dompurify";
import Squire from "squire-rte";

const ALLOWED = {
  ALLOWED_TAGS: ["a", "b", "blockquote", "br", "code", "div", "em", "i", "li", "ol", "p", "pre", "s", "strong", "u", "ul"],
  ALLOWED_ATTR: ["href"],
  RETURN_DOM_FRAGMENT: true,
};

const FORMATS = {
  bold: { isOn: (editor) => editor.hasFormat("B"), on: "bold", off: "removeBold" },
  italic: { isOn: (editor) => editor.hasFormat("I"), on: "italic", off: "removeItalic" },
  list: { isOn: (editor) => editor.hasFormat("UL"), on: "makeUnorderedList", off: "removeList" },
  numbers: { isOn: (editor) => editor.hasFormat("OL"), on: "makeOrderedList", off: "removeList" },
};

function sanitise(html) {
  return document.importNode(DOMPurify.sanitize(html, ALLOWED), true);
}

function start(textarea) {
  const form = textarea.form;
  const frame = form.querySelector("[data-note-editor]");
  const area = frame.querySelector("[data-note-area]");
  const editor = new Squire(area, { blockTag: "P", sanitizeToDOMFragment: sanitise });
  if (textarea.value) editor.setHTML(textarea.dataset.noteHtml || toHtml(textarea));
  wireToolbar(frame, editor);
  editor.addEventListener("input", () => {
    textarea.value = area.textContent.trim() ? editor.getHTML() : "";
  });
  form.querySelector("[data-note-format]").value = "html";
  textarea.value = textarea.value && editor.getHTML();
  textarea.required = false;
  textarea.hidden = true;
  frame.hidden = false;
  if (textarea.dataset.noteHtml) editor.focus();
}

// After an answer with errors the textarea holds what was sent: HTML if this script sent it.
function toHtml(textarea) {
  if (textarea.form.querySelector("[data-note-format]").value === "html") return textarea.value;
  const paragraph = document.createElement("p");
  paragraph.textContent = textarea.value;
  return paragraph.outerHTML;
}

function wireToolbar(frame, editor) {
  for (const button of frame.querySelectorAll("[data-note-do]")) {
    const format = FORMATS[button.dataset.noteDo];
    button.addEventListener("click", () => editor[format.isOn(editor) ? format.off : format.on]());
    editor.addEventListener("pathChange", () => button.setAttribute("aria-pressed", format.isOn(editor)));
  }
}

function startAll() {
  for (const textarea of document.querySelectorAll("textarea[data-note-body]:not([hidden])")) start(textarea);
}

document.addEventListener("DOMContentLoaded", startAll);
document.addEventListener("htmx:afterSettle", startAll);
