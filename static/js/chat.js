// The chat pages. Enter sends what stands in textarea[data-composer], Shift+Enter begins a line. While
// an answer is written (#thread-state says so) nothing can be sent; a draft stays until it was taken.
(() => {
  "use strict";
  const composer = () => document.querySelector("textarea[data-composer]");
  const isAnswering = () => document.getElementById("thread-state")?.dataset.state === "answering";

  // Its socket's URL says which version of the conversation the page shows, so that the server answers
  // each connect, the first or a later one, with just what is missing.
  htmx.createWebSocket = (url) => {
    const address = new URL(url);
    const version = document.getElementById("thread-version");
    if (version) address.searchParams.set("after", version.value);
    return new WebSocket(address);
  };

  // ------------------------------------------------------------ writing

  function grow(box) {
    box.rows = Math.min(8, Math.max(1, box.value.split("\n").length));
  }

  document.addEventListener("input", ({ target }) => target.matches("[data-composer]") && grow(target));

  document.addEventListener("keydown", (event) => {
    const box = event.target;
    if (!box.matches?.("[data-composer]") || event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    if (box.value.trim() && !isAnswering()) box.form.requestSubmit();
  });

  document.addEventListener("message:sent", () => {
    const box = composer();
    box.value = "";
    grow(box);
  });

  // ------------------------------------------------------------ while an answer is written

  let hadFocus = false;

  function follow() {
    const box = composer();
    if (!box?.form.dataset.waitsFor || box.disabled === isAnswering()) return;
    if (isAnswering()) hadFocus = document.activeElement === box;
    box.disabled = isAnswering();
    if (!box.disabled && hadFocus) box.focus();
  }

  document.addEventListener("htmx:oobAfterSwap", follow);
  document.addEventListener("DOMContentLoaded", () => {
    follow();
    const box = composer();
    if (box?.form.dataset.waitsFor && matchMedia("(pointer: fine)").matches) box.focus();
  });
})();
