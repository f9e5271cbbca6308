// The page of a call. Its socket's URL says which version of the transcript the page shows, so that
// the server answers each connect, the first or a later one, with just what is missing.
(() => {
  "use strict";
  let opened = false;

  htmx.createWebSocket = (url) => {
    const address = new URL(url);
    const version = document.getElementById("transcript-version");
    if (version) address.searchParams.set("after", version.value);
    if (opened) address.searchParams.set("again", "");
    opened = true;
    return new WebSocket(address);
  };

  // What comes in above the reader's eyes must not move what they look at.
  document.addEventListener("htmx:beforeSwap", ({ detail: { target } }) => {
    if (!target.matches("[data-earlier]")) return;
    const box = target.closest("[role=log]");
    const belowTop = box.scrollHeight - box.scrollTop;
    document.addEventListener("htmx:afterSwap", () => (box.scrollTop = box.scrollHeight - belowTop), { once: true });
  });

  // Lines that came both by the socket and by “Show earlier” are shown once.
  document.addEventListener("htmx:oobBeforeSwap", ({ detail: { target, fragment } }) => {
    for (const line of fragment.querySelectorAll("li[id^=utterance-]")) {
      const shown = document.getElementById(line.id);
      if (shown !== target) shown?.remove();
    }
  });
})();
