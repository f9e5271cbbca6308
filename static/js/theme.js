// Runs before the first paint: puts the chosen theme on <html>, so that no page flashes.
// "system" follows the operating system, also when it changes while the page is open.
(() => {
  "use strict";
  const KEY = "salesdesk-theme";
  const BACKGROUND = { light: "#ffffff", dark: "#111319" };
  const system = window.matchMedia("(prefers-color-scheme: dark)");

  function choice() {
    try {
      return localStorage.getItem(KEY) || "system";
    } catch {
      return "system"; // storage is blocked: the choice lasts for this page
    }
  }

  function remember(value) {
    try {
      localStorage.setItem(KEY, value);
    } catch {
      // nothing to do: see choice()
    }
  }

  function shown(value) {
    return value === "system" ? (system.matches ? "dark" : "light") : value;
  }

  function apply(value) {
    const theme = shown(value);
    document.documentElement.dataset.theme = `salesdesk-${theme}`;
    for (const meta of document.querySelectorAll('meta[name="theme-color"]')) {
      meta.content = BACKGROUND[theme];
    }
    for (const button of document.querySelectorAll("[data-theme-choice]")) {
      button.setAttribute("aria-pressed", String(button.dataset.themeChoice === value));
    }
  }

  apply(choice());
  document.addEventListener("DOMContentLoaded", () => apply(choice()));
  system.addEventListener("change", () => apply(choice()));
  window.addEventListener("storage", (event) => event.key === KEY && apply(choice()));
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-theme-choice]");
    if (!button) return;
    remember(button.dataset.themeChoice);
    apply(button.dataset.themeChoice);
  });
})();
