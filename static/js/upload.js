// Files of a form[data-upload]: chosen or dropped, sent one by one with their progress in sight,
// each answered by a piece of the page. Without this script the form sends them all at once.
(() => {
  "use strict";

  const mebibytes = (bytes) => `${(bytes / 1048576).toFixed(bytes < 1048576 ? 2 : 1)} MB`;

  function element(tag, classes, text = "") {
    const made = document.createElement(tag);
    made.className = classes;
    made.textContent = text;
    return made;
  }

  // ------------------------------------------------------------ one file

  function row(file) {
    const item = element("li", "flex flex-col gap-1.5 py-2.5");
    const line = element("p", "flex items-baseline justify-between gap-3");
    const state = element("span", "text-muted shrink-0 text-xs tabular-nums", "Waiting");
    const bar = element("progress", "progress progress-primary w-full");
    bar.max = 1;
    bar.value = 0;
    bar.setAttribute("aria-label", `Upload of ${file.name}`);
    line.append(element("span", "min-w-0 font-medium break-all", file.name), state);
    item.append(line, bar);
    return { item, state, bar };
  }

  function fail(shown, sentence) {
    shown.state.textContent = "Not added";
    shown.bar.remove();
    shown.item.append(element("p", "text-error text-pretty", sentence));
    shown.item.dataset.uploadResult = "failed";
  }

  function answered(shown, request) {
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    const result = page.querySelector("[data-upload-result]");
    if (result) return shown.item.replaceWith(document.adoptNode(result));
    const problem = page.querySelector(".field-error, [role=alert]");
    fail(shown, problem?.textContent.trim() || sentenceFor(request));
  }

  function sentenceFor(request) {
    if (request.status === 413) return "The file is too large.";
    if (request.status === 403) return "You may not add files here any more. Reload the page.";
    if (request.status === 0) return "The connection was lost. Try again.";
    return "Something went wrong on our side. Try again.";
  }

  function send(form, file, shown) {
    const data = new FormData(form);
    data.delete("files");
    data.append("files", file);
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("HX-Request", "true");
    request.upload.addEventListener("progress", (event) => {
      shown.bar.value = event.total ? event.loaded / event.total : 0;
      shown.state.textContent = `${mebibytes(event.loaded)} of ${mebibytes(event.total)}`;
    });
    request.upload.addEventListener("load", () => (shown.state.textContent = "Being checked…"));
    return new Promise((resolve) => {
      request.addEventListener("loadend", () => resolve(answered(shown, request)));
      request.send(data);
    });
  }

  // ------------------------------------------------------------ the form

  function start(form) {
    const input = form.querySelector("[data-upload-input]");
    const zone = form.querySelector("[data-upload-zone]");
    const list = form.querySelector("[data-upload-list]");
    const button = form.querySelector("button[type=submit]");
    const most = Number(form.dataset.uploadMost);
    let queue = Promise.resolve();
    let sending = 0;

    function add(files) {
      for (const file of files) {
        const shown = row(file);
        list.append(shown.item);
        if (file.size > most) fail(shown, `This file has ${mebibytes(file.size)}; ${mebibytes(most)} is the most.`);
        else enqueue(file, shown);
      }
    }

    function enqueue(file, shown) {
      sending += 1;
      button.disabled = true;
      queue = queue.then(() => send(form, file, shown)).then(() => {
        sending -= 1;
        button.disabled = sending > 0;
      });
    }

    form.addEventListener("submit", (event) => {
      event.preventDefault();
      add(input.files);
      input.value = "";
    });

    zone.addEventListener("dragover", (event) => {
      event.preventDefault();
      zone.dataset.over = "";
    });
    zone.addEventListener("dragleave", () => delete zone.dataset.over);
    zone.addEventListener("drop", (event) => {
      event.preventDefault();
      delete zone.dataset.over;
      add(event.dataTransfer.files);
    });

    // A drop beside the zone must not make the browser leave the page for the file.
    for (const kind of ["dragover", "drop"]) window.addEventListener(kind, (event) => event.preventDefault());
    window.addEventListener("beforeunload", (event) => sending && event.preventDefault());
    form.dataset.upload = "ready";
  }

  for (const form of document.querySelectorAll("form[data-upload]")) start(form);
})();
