// Inside the frame: tells the page around it how high the form is, and nothing else.
(() => {
  "use strict";
  if (window.parent === window) return;
  const tell = () => {
    const height = document.querySelector("main")?.getBoundingClientRect().height;
    if (height) window.parent.postMessage({ salesdeskHeight: height }, "*");
  };
  document.addEventListener("DOMContentLoaded", () => {
    tell();
    new ResizeObserver(tell).observe(document.querySelector("main"));
  });
})();
