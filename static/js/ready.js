// The page of Ready mode on a phone: actions under a key that are sent again until they arrive,
// a heartbeat, sound and vibration on a new lead, the link that lets the phone dial, dark at night.
(() => {
  "use strict";
  const BEAT_MS = 10000;
  const RESEND_MS = 3000;
  const DARK_FROM = 20;
  const DARK_UNTIL = 7;
  const page = () => document.getElementById("ready");
  const stage = () => document.getElementById("ready-stage");
  const newKey = () => crypto.randomUUID?.() || `${Date.now()}-${Math.random().toString(36).slice(2, 12)}`;
  const waiting = []; // actions that did not arrive: {path, values}
  let touched = Date.now();
  let sending = false;
  let audio = null;

  // ------------------------------------------------------------ network

  function showNetwork() {
    const place = document.getElementById("ready-offline");
    place.hidden = navigator.onLine && !waiting.length;
    const text = waiting.length ? "No network. Your last tap is sent again and again until it arrives." : "You are offline. What you tap is sent as soon as there is a network.";
    place.querySelector("[data-offline-text]").textContent = text;
  }

  // Each action gets a key that stays with it until the server has answered.
  document.addEventListener("htmx:configRequest", (event) => {
    const form = event.target.closest?.("form[data-once]");
    if (!form) return;
    form.dataset.key ||= newKey();
    event.detail.parameters.key = form.dataset.key;
    form.sent = { path: event.detail.path, values: Object.fromEntries(Object.entries(event.detail.parameters)) };
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.target.closest?.("form[data-once]");
    if (form && event.detail.xhr.status) delete form.dataset.key;
  });
  document.addEventListener("htmx:sendError", (event) => {
    const form = event.target.closest?.("form[data-once]");
    if (!form?.sent || waiting.some((each) => each.values.key === form.sent.values.key)) return;
    waiting.push(form.sent);
    showNetwork();
  });

  async function resend() {
    if (sending || !waiting.length) return;
    sending = true;
    const { path, values } = waiting[0];
    try {
      const token = document.querySelector('meta[name="csrf-token"]').content;
      const headers = { "X-CSRFToken": token, "HX-Request": "true" };
      const answer = await fetch(path, { method: "POST", headers, body: new URLSearchParams(values) });
      waiting.shift();
      tell(answer);
      if (answer.ok) show(await answer.text());
    } catch {
      // still no network: the next round tries again
    } finally {
      sending = false;
      showNetwork();
    }
  }

  function tell(answer) {
    const events = JSON.parse(answer.headers.get("HX-Trigger") || "{}");
    for (const [name, detail] of Object.entries(events)) document.dispatchEvent(new CustomEvent(name, { detail }));
  }

  function show(html) {
    htmx.swap(stage(), html, { swapStyle: "outerHTML" });
  }

  async function beat() {
    if (!page()) return;
    const idle = String(Math.round((Date.now() - touched) / 1000));
    const token = document.querySelector('meta[name="csrf-token"]').content;
    try {
      await fetch(page().dataset.beat, { method: "POST", headers: { "X-CSRFToken": token }, body: new URLSearchParams({ idle }) });
    } catch {
      // the banner says it: the browser's own news of the network drive it
    }
  }

  // ------------------------------------------------------------ outcomes that need more

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-set-callback], [data-set-reason]");
    if (!button) return;
    const { setCallback, setReason } = button.dataset;
    if (setCallback) button.form.elements.callback_at.value = setCallback;
    if (setReason) button.form.elements.reason.value = setReason;
  });

  document.addEventListener("dial", (event) => {
    location.href = event.detail.href;
  });

  // What is typed, and what is unfolded, outlives the news that replace the page's part around it.
  let kept = { reservation: "", values: {}, open: {} };
  const titleOf = (details) => details.querySelector("summary").textContent.trim();

  function keptHere() {
    const { reservation } = stage().dataset;
    if (kept.reservation !== reservation) kept = { reservation, values: {}, open: {} };
    return kept;
  }

  document.addEventListener("input", (event) => {
    const field = event.target;
    if (!field.name || !field.closest("#outcome-form")) return;
    keptHere().values[field.name] = field.type === "checkbox" ? field.checked : field.value;
  });
  document.addEventListener("click", (event) => {
    const details = event.target.closest("#ready-stage summary")?.parentElement;
    if (details) keptHere().open[titleOf(details)] = !details.open;
  });

  function restore() {
    const { values, open } = keptHere();
    for (const details of stage().querySelectorAll("details")) details.open = open[titleOf(details)] ?? details.open;
    const form = document.getElementById("outcome-form");
    for (const [name, value] of Object.entries(form ? values : {})) {
      const field = form.elements[name];
      if (field?.type === "checkbox") field.checked = value;
      else if (field && !field.value) field.value = value;
    }
  }

  // ------------------------------------------------------------ a new lead

  let known = null;

  function ring() {
    if (stage().dataset.sounds !== "yes") return;
    navigator.vibrate?.([200, 100, 200, 100, 400]);
    if (!audio || audio.state !== "running") return;
    for (const [at, pitch] of [[0, 660], [0.18, 880], [0.36, 1100]]) {
      const tone = audio.createOscillator();
      const volume = audio.createGain();
      tone.frequency.value = pitch;
      volume.gain.setValueAtTime(0.15, audio.currentTime + at);
      volume.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + at + 0.16);
      tone.connect(volume).connect(audio.destination);
      tone.start(audio.currentTime + at);
      tone.stop(audio.currentTime + at + 0.17);
    }
  }

  function noticeLead() {
    const { reservation, state } = stage().dataset;
    const isNew = state === "offered" && reservation !== known;
    if (isNew && known !== null) ring();
    known = reservation || "";
    document.title = `${isNew ? "● " : ""}Ready · salesdesk`;
  }

  function touch() {
    touched = Date.now();
    if (!audio && window.AudioContext) audio = new AudioContext();
    audio?.resume();
  }

  // ------------------------------------------------------------ life

  function dim() {
    let chosen = "system";
    try {
      chosen = localStorage.getItem("salesdesk-theme") || "system";
    } catch {
      // storage is blocked: as the system says
    }
    const hour = new Date().getHours();
    if (chosen === "system" && (hour >= DARK_FROM || hour < DARK_UNTIL)) document.documentElement.dataset.theme = "salesdesk-dark";
  }

  document.addEventListener("DOMContentLoaded", () => {
    for (const kind of ["pointerdown", "keydown"]) document.addEventListener(kind, touch);
    for (const kind of ["online", "offline"]) window.addEventListener(kind, () => { showNetwork(); resend(); });
    document.addEventListener("visibilitychange", () => document.hidden || beat());
    const changed = () => {
      if (!stage()) return;
      restore();
      noticeLead();
    };
    new MutationObserver(changed).observe(page(), { childList: true, subtree: true });
    noticeLead();
    showNetwork();
    dim();
    setInterval(beat, BEAT_MS);
    setInterval(resend, RESEND_MS);
    navigator.serviceWorker?.register(page().dataset.worker, { scope: "/ready/" }).catch(() => {});
  });
})();
