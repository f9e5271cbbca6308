// Puts a form of salesdesk into somebody's page: <script src="…/f/KEY/embed.js" async></script>.
// The form is a frame of its own; nothing of the page around it is read but its address.
(() => {
  "use strict";
  const script = document.currentScript;
  const address = new URL(script.src.replace(/embed\.js.*$/, ""));
  address.searchParams.set("from", location.href.split("#")[0].slice(0, 300));
  const frame = document.createElement("iframe");
  frame.src = address.href;
  frame.title = script.dataset.title || "Contact form";
  frame.width = "100%";
  frame.height = "480";
  frame.setAttribute("frameborder", "0");
  frame.referrerPolicy = "no-referrer";
  script.after(frame);
  window.addEventListener("message", (event) => {
    if (event.source !== frame.contentWindow || event.origin !== address.origin) return;
    const height = Number(event.data?.salesdeskHeight);
    if (height > 0 && height < 20000) frame.height = String(Math.ceil(height));
  });
})();
