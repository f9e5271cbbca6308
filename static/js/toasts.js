// Short notices. Django's messages are on the page already; an answer to htmx brings one in its
// header:  HX-Trigger: {"toast": {"message": "Note saved.", "level": "success"}}
// Failures of a request are told here too, so that no click ends in silence.
(() => {
  "use strict";
  const STAYS_MS = 6000;
  const MOST = 4;
  const SENTENCES = {
    403: "You are not allowed to do that.",
    404: "That no longer exists. Reload the page to see what is there.",
    413: "That is too much data for one request.",
    429: "Too many requests. Wait a moment, then try again.",
  };
  const OUR_FAULT = "Something went wrong on our side. Please try again.";
  const NO_ANSWER = "The server could not be reached. Check your connection and try again.";
  const TOO_SLOW = "The server took too long to answer. Please try again.";

  const region = () => document.getElementById("toasts");

  function retire(toast) {
    let timer = setTimeout(() => toast.remove(), STAYS_MS);
    toast.addEventListener("mouseenter", () => clearTimeout(timer));
    toast.addEventListener("focusin", () => clearTimeout(timer));
    toast.addEventListener("mouseleave", () => {
      clearTimeout(timer);
      timer = setTimeout(() => toast.remove(), STAYS_MS);
    });
  }

  function settle(toast) {
    toast.dataset.settled = "";
    toast.querySelector("[data-toast-close]").addEventListener("click", () => toast.remove());
    if (toast.dataset.level !== "error") retire(toast);
  }

  function show(message, level = "info") {
    const place = region();
    const last = place.lastElementChild;
    if (last && last.querySelector("[data-toast-text]").textContent === message) return;
    const toast = document.getElementById("toast-template").content.firstElementChild.cloneNode(true);
    toast.dataset.level = level;
    toast.querySelector("[data-toast-text]").textContent = message;
    settle(toast);
    place.append(toast);
    while (place.children.length > MOST) place.firstElementChild.remove();
  }

  // A plain-text answer is a sentence that the server wrote for people.
  function sentenceFor(xhr) {
    const type = xhr.getResponseHeader("Content-Type") || "";
    if (type.startsWith("text/plain") && xhr.responseText.length < 300) return xhr.responseText;
    return SENTENCES[xhr.status] || OUR_FAULT;
  }

  const settleNew = () => region()?.querySelectorAll("[data-toast]:not([data-settled])").forEach(settle);

  document.addEventListener("DOMContentLoaded", settleNew);
  document.addEventListener("htmx:oobAfterSwap", settleNew); // those that a socket has pushed
  document.addEventListener("toast", (event) => show(event.detail.message || event.detail.value, event.detail.level));
  document.addEventListener("htmx:responseError", ({ detail: { xhr } }) => {
    const brought = (xhr.getResponseHeader("HX-Trigger") || "").includes('"toast"');
    if (!brought) show(sentenceFor(xhr), "error");
  });
  document.addEventListener("htmx:sendError", () => show(NO_ANSWER, "error"));
  document.addEventListener("htmx:timeout", () => show(TOO_SLOW, "error"));
})();
