// What every page does: htmx's headers, the question before data-confirm, dialogs, menus,
// and showing a password. Behaviour hangs on data attributes, never on classes.
(() => {
  "use strict";
  const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.content;

  // ------------------------------------------------------------ htmx

  document.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = meta("csrf-token");
  });

  // A session that ended answers with the sign-in page: show that page, not a piece of it.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const answeredBy = event.detail.xhr.responseURL;
    if (answeredBy && new URL(answeredBy).pathname === meta("sign-in-url")) {
      event.detail.shouldSwap = false;
      location.reload();
    }
  });

  // A form that was refused says why: bring that into sight, on a phone it may be far above.
  document.addEventListener("htmx:afterSettle", ({ target, detail }) => {
    if (!(detail.xhr?.status >= 400)) return;
    target.querySelector?.('[role="alert"], [aria-invalid="true"]')?.scrollIntoView({ block: "center" });
  });

  // ------------------------------------------------------------ data-confirm

  // data-confirm="End this call?" data-confirm-text="…" data-confirm-action="End call" data-confirm-tone="error"
  function ask(source, accepted) {
    const dialog = document.getElementById("confirm-dialog");
    const { confirm, confirmText, confirmAction, confirmTone } = source.dataset;
    const accept = dialog.querySelector("[data-confirm-accept]");
    dialog.querySelector("[data-confirm-title]").textContent = confirm;
    dialog.querySelector("[data-confirm-text]").textContent = confirmText || "";
    accept.textContent = confirmAction || "Continue";
    accept.classList.toggle("btn-error", confirmTone === "error");
    accept.classList.toggle("btn-primary", confirmTone !== "error");
    dialog.returnValue = "cancel";
    dialog.addEventListener("close", () => dialog.returnValue === "accept" && accepted(), { once: true });
    dialog.showModal();
  }

  const questionOf = (form, button) => button?.closest("[data-confirm]") || form.closest("[data-confirm]");
  const addressOf = (form) => form.getAttribute("hx-post") || form.getAttribute("action");
  const asks = (form, question) => [form, ...form.elements].some((each) => each.dataset.confirm === question);

  // News may have put another form in the place of this one while its question stood: the one that
  // was answered goes back there, as it was filled in. False if nothing like it is offered any more.
  function putBack(form, question) {
    if (form.isConnected) return true;
    const isSuccessor = (other) => addressOf(other) === addressOf(form) && asks(other, question);
    const successor = [...document.forms].find(isSuccessor);
    if (!successor) return false;
    successor.replaceWith(form);
    window.htmx?.process(form);
    return true;
  }

  // Before htmx and everybody else: they only see the second submit, made by the answer.
  let confirmed = null;
  document.addEventListener(
    "submit",
    (event) => {
      const { target: form, submitter } = event;
      const source = questionOf(form, submitter);
      if (!source || form === confirmed) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const question = source.dataset.confirm;
      ask(source, () => {
        if (!putBack(form, question)) {
          const message = "Not done: the page has changed meanwhile.";
          document.dispatchEvent(new CustomEvent("toast", { detail: { message, level: "warning" } }));
          return;
        }
        confirmed = form;
        if (submitter) submitter.click();
        else form.requestSubmit();
        confirmed = null;
      });
    },
    true,
  );

  // ------------------------------------------------------------ dialogs and menus

  function closeMenus(except) {
    for (const menu of document.querySelectorAll("details[data-menu][open]")) {
      if (!menu.contains(except)) menu.open = false;
    }
  }

  document.addEventListener("click", (event) => {
    closeMenus(event.target);
    const opener = event.target.closest("[data-open-dialog]");
    if (opener) document.getElementById(opener.dataset.openDialog).showModal();
    if (event.target.matches("dialog[open]")) event.target.close(); // the backdrop
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = document.activeElement.closest?.("details[data-menu][open]");
    closeMenus(null);
    menu?.querySelector("summary").focus();
  });

  // HX-Trigger: {"dialog:close": "dialog-id"} closes a dialog whose form was accepted.
  document.addEventListener("dialog:close", (event) => document.getElementById(event.detail.value)?.close());

  // ------------------------------------------------------------ filters

  // Leaving the search field changes nothing once its words are being shown: no second request,
  // which would take away what was ticked meanwhile.
  function isShown(input) {
    return (new URLSearchParams(location.search).get(input.name) || "") === input.value;
  }

  document.addEventListener(
    "change",
    (event) => {
      const isSearch = event.target.matches?.("[data-filter-bar] input[type=search]");
      if (isSearch && isShown(event.target)) event.stopPropagation();
    },
    true,
  );

  // ------------------------------------------------------------ forms

  // A form that came over a socket was rendered without a session: it takes the token of the page.
  document.addEventListener("formdata", ({ target: form, formData }) => {
    const action = new URL(form.getAttribute("action") || "", location.href);
    if (form.method !== "post" || action.origin !== location.origin || !meta("csrf-token")) return;
    if (!formData.get("csrfmiddlewaretoken")) formData.set("csrfmiddlewaretoken", meta("csrf-token"));
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-reveal]");
    if (!button) return;
    const input = document.getElementById(button.dataset.reveal);
    const visible = input.type === "password";
    input.type = visible ? "text" : "password";
    button.setAttribute("aria-pressed", String(visible));
  });

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent.trim());
    document.dispatchEvent(new CustomEvent("toast", { detail: { message: "Copied.", level: "success" } }));
  });
})();
