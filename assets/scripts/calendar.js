// The grid of appointments: EventCalendar with the clock of the business, whatever zone the
// browser is in. Times go to and fro without a zone. A drop is shown at once; when the server
// refuses it, the appointment goes back and the sentence says why. What the grid does with the
// mouse, the dialog does with a form.
import { createCalendar, Interaction, ResourceTimeGrid, TimeGrid } from "@event-calendar/core";

const NO_ANSWER = "The server could not be reached: the appointment stays where it was.";
const grid = document.getElementById("visit-grid");
const dialog = document.getElementById("visit-dialog");
const body = document.getElementById("visit-dialog-body");
const csrf = () => document.querySelector('meta[name="csrf-token"]').content;
const say = (message, level) =>
  document.dispatchEvent(new CustomEvent("toast", { detail: { message, level } }));

// ------------------------------------------------------------ the dialog

let opener = null;

async function open(url) {
  opener = document.activeElement;
  body.replaceChildren();
  await htmx.ajax("GET", url, { target: body, swap: "innerHTML" });
  if (!body.childElementCount) return;
  dialog.showModal();
  body.querySelector("input[type=search]")?.focus();
}

dialog?.addEventListener("close", () => {
  body.replaceChildren();
  if (opener?.isConnected) opener.focus();
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-visit], [data-book]");
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  open(link.href);
});

for (const form of document.querySelectorAll("[data-submit-on-change]")) {
  form.addEventListener("change", () => form.requestSubmit());
}

// ------------------------------------------------------------ the grid

const two = (number) => String(number).padStart(2, "0");
const local = (date) =>
  `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}` +
  `T${two(date.getHours())}:${two(date.getMinutes())}`;
const minutesOf = (event) => Math.round((event.end - event.start) / 60000);

function query(more) {
  const asked = new URLSearchParams(grid.dataset.query);
  for (const [name, value] of Object.entries(more)) if (value) asked.set(name, value);
  return asked.toString();
}

function source(calendar, more) {
  return {
    events: async (info) => {
      const view = calendar().getOption("view").endsWith("Day") ? "day" : "week";
      const asked = query({ ...more, view, start: info.startStr, end: info.endStr });
      try {
        const answer = await fetch(`${grid.dataset.events}?${asked}`, { headers: { Accept: "application/json" } });
        if (!answer.ok) throw new Error(String(answer.status));
        return await answer.json();
      } catch {
        say("The appointments could not be read. Reload the page to try again.", "error");
        return [];
      }
    },
  };
}

async function place(event, values, revert) {
  const form = new URLSearchParams(values);
  const headers = { "X-CSRFToken": csrf(), Accept: "application/json" };
  const url = `${grid.dataset.visits}${event.id}/place/`;
  try {
    const answer = await fetch(url, { method: "POST", headers, body: form });
    const told = await answer.json().catch(() => ({ message: NO_ANSWER }));
    if (!answer.ok) revert();
    say(told.message, answer.ok ? "success" : "error");
  } catch {
    revert();
    say(NO_ANSWER, "error");
  }
}

function moved({ event, newResource, revert }) {
  place(event, { start: local(event.start), calendar: newResource?.id ?? "" }, revert);
}

function resized({ event, revert }) {
  place(event, { start: local(event.start), minutes: minutesOf(event) }, revert);
}

function book(start, more, resource) {
  const asked = { business: grid.dataset.business, start: local(start), ...more };
  const calendar = resource?.id ?? new URLSearchParams(grid.dataset.query).get("calendar");
  if (calendar) asked.calendar = calendar;
  open(`${grid.dataset.new}?${new URLSearchParams(asked)}`);
}

function content({ event, timeText }) {
  const { purpose, status, problem } = event.extendedProps;
  if (event.display === "background") return undefined;
  const line = (text, name) => Object.assign(document.createElement("span"), { textContent: text, className: name });
  const nodes = [line(timeText, "visit-time"), line(event.title, "visit-title")];
  if (purpose) nodes.push(line(purpose, "visit-purpose"));
  if (problem) nodes.push(line("⚠ not in its outside calendar", "visit-purpose"));
  nodes.push(line(`, ${status}`, "sr-only"));
  return { domNodes: nodes };
}

function describe({ el, event, timeText }) {
  if (event.display === "background") return;
  const { purpose, status, calendar, problem } = event.extendedProps;
  const day = event.start.toLocaleDateString("en-US", { weekday: "long", month: "long", day: "numeric" });
  const told = [event.title, purpose, `${day}, ${timeText}`, calendar, status, problem];
  el.setAttribute("aria-label", told.filter(Boolean).join(", "));
}

function build() {
  const told = JSON.parse(document.getElementById("grid-options").textContent);
  const view = told.view === "day" ? "resourceTimeGridDay" : "timeGridWeek";
  let calendar;
  const sources = [source(() => calendar, {}), source(() => calendar, { outside: "1" })];
  calendar = createCalendar(grid, [TimeGrid, ResourceTimeGrid, Interaction], {
    view,
    date: told.date,
    timeZone: told.offset,
    nowIndicator: true,
    firstDay: 1,
    allDaySlot: false,
    slotMinTime: told.opens,
    slotMaxTime: told.closes,
    scrollTime: told.opens,
    flexibleSlotTimeLimits: true,
    slotHeight: 26,
    snapDuration: "00:15:00",
    slotEventOverlap: false,
    height: "calc(100dvh - 19rem)",
    headerToolbar: { start: "", center: "", end: "" },
    dayHeaderFormat: { weekday: "short", day: "numeric" },
    eventTimeFormat: { hour: "2-digit", minute: "2-digit", hour12: false },
    slotLabelFormat: { hour: "2-digit", minute: "2-digit", hour12: false },
    resources: told.calendars.map(({ id, title }) => ({ id, title })),
    eventSources: [],
    editable: told.mayEdit,
    selectable: told.mayEdit,
    selectMinDistance: 8,
    longPressDelay: 500,
    eventContent: content,
    eventDidMount: describe,
    eventClick: ({ event }) => open(`${grid.dataset.visits}${event.id}/`),
    eventDrop: moved,
    eventResize: resized,
    dateClick: ({ date, resource }) => told.mayEdit && book(date, {}, resource),
    select: ({ start, end, resource }) => {
      book(start, { minutes: Math.round((end - start) / 60000) }, resource);
      calendar.unselect();
    },
    datesSet: () => {
      document.querySelector("[data-grid-title]").textContent = calendar?.getView().title ?? "";
    },
  });
  calendar.setOption("eventSources", sources);
  document.querySelector("[data-grid-title]").textContent = calendar.getView().title;
  return calendar;
}

function steer(calendar, today) {
  const steps = { prev: () => calendar.prev(), next: () => calendar.next() };
  for (const button of document.querySelectorAll("[data-grid]")) {
    const step = steps[button.dataset.grid] ?? (() => calendar.setOption("date", today));
    button.addEventListener("click", step);
  }
  const refresh = () => calendar.refetchEvents();
  document.body.addEventListener("visits:changed", refresh);
  let isFirst = true; // what the socket sends when it opens, the grid has just read itself
  document.body.addEventListener("htmx:oobAfterSwap", ({ detail }) => {
    if (detail.target?.id !== "visit-news") return;
    if (!isFirst) refresh();
    isFirst = false;
  });
}

// On a phone the list stands in its place; the grid is built when there is room for it.
function whenWide() {
  const wide = matchMedia("(width >= 48rem)");
  const start = () => {
    if (!wide.matches || grid.childElementCount) return;
    wide.removeEventListener("change", start);
    const now = new Date(Date.now() + offsetMinutes() * 60000);
    steer(build(), now.toISOString().slice(0, 10));
  };
  wide.addEventListener("change", start);
  start();
}

function offsetMinutes() {
  const [, sign, hours, minutes] = JSON.parse(
    document.getElementById("grid-options").textContent,
  ).offset.match(/([+-])(\d\d):(\d\d)/);
  return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}

if (grid) whenWide();
