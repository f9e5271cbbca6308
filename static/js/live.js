// What only live pages need: the connection's state, running clocks, and a transcript that
// keeps its end in view. Fires `live:open` on the body, with detail.again after a reconnect,
// so that the page can ask for what it missed: hx-trigger="live:open from:body".
(() => {
  "use strict";
  const TEXTS = { connecting: "Connecting…", live: "Live", lost: "Reconnecting…", closed: "Not connected" };
  const RETRIED = [1006, 1011, 1012, 1013]; // the close codes after which htmx tries again
  const states = new Map();
  const opened = new WeakSet();

  // ------------------------------------------------------------ connection

  function worst() {
    for (const [socket] of states) if (!socket.isConnected) states.delete(socket);
    const all = [...states.values()];
    return ["closed", "lost", "connecting", "live"].find((state) => all.includes(state));
  }

  function showState() {
    const state = worst();
    for (const place of document.querySelectorAll("[data-live-status]")) {
      place.hidden = !state;
      place.dataset.state = state || "idle";
      place.querySelector("[data-live-text]").textContent = TEXTS[state] || "";
    }
  }

  function setState(socket, state) {
    states.set(socket, state);
    showState();
  }

  // <div ws-connect="…" data-background> has nothing that the page is about: its state is not shown.
  const isBackground = (element) => element.hasAttribute("data-background");

  document.addEventListener("htmx:wsConnecting", ({ target }) => {
    if (!isBackground(target) && !opened.has(target)) setState(target, "connecting");
  });
  document.addEventListener("htmx:wsClose", ({ target, detail }) => {
    if (isBackground(target)) {
      delete target.dataset.state;
      return;
    }
    setState(target, RETRIED.includes(detail.event.code) ? "lost" : "closed");
  });
  document.addEventListener("htmx:wsOpen", ({ target }) => {
    if (isBackground(target)) return;
    setState(target, "live");
    const detail = { again: opened.has(target), socket: target };
    opened.add(target);
    document.body.dispatchEvent(new CustomEvent("live:open", { detail }));
  });

  // One in the background is live once it has told how things stand: then it listens for news.
  document.addEventListener("htmx:wsAfterMessage", ({ target }) => {
    if (isBackground(target)) target.dataset.state = "live";
  });

  // ------------------------------------------------------------ clocks

  // <time data-elapsed datetime="2026-11-20T10:00:00Z">0:00</time> counts up from that moment.
  function clockText(seconds) {
    const two = (number) => String(number).padStart(2, "0");
    const hours = Math.floor(seconds / 3600);
    const minutes = Math.floor((seconds % 3600) / 60);
    return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
  }

  function tick() {
    for (const clock of document.querySelectorAll("time[data-elapsed]")) {
      const seconds = Math.floor((Date.now() - Date.parse(clock.dateTime)) / 1000);
      clock.textContent = clockText(Math.max(0, seconds));
    }
  }

  setInterval(tick, 1000);
  document.addEventListener("DOMContentLoaded", tick);
  document.addEventListener("htmx:afterSettle", tick);

  // ------------------------------------------------------------ following the end

  // <div data-follow> scrolls down with new content while its reader is at the end; when they
  // have scrolled up it stays, and [data-follow-jump] inside the same parent offers the way back.
  const AT_END_PX = 48;
  const atEnd = (box) => box.scrollHeight - box.scrollTop - box.clientHeight < AT_END_PX;
  const toEnd = (box) => box.scrollTo({ top: box.scrollHeight });

  function follow(box) {
    let following = true;
    const jump = box.parentElement.querySelector("[data-follow-jump]");
    const update = () => jump && (jump.hidden = following);
    toEnd(box);
    box.addEventListener("scroll", () => {
      following = atEnd(box);
      update();
    });
    jump?.addEventListener("click", () => toEnd(box));
    new MutationObserver(() => {
      if (following) toEnd(box);
      update();
    }).observe(box, { childList: true, subtree: true, characterData: true });
  }

  function followAll() {
    for (const box of document.querySelectorAll("[data-follow]:not([data-following])")) {
      box.dataset.following = "";
      follow(box);
    }
  }

  document.addEventListener("DOMContentLoaded", followAll);
  document.addEventListener("htmx:afterSettle", followAll);
})();
