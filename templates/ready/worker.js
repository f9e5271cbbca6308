{% load static %}// The shell of Ready mode: a page for when there is no network. Nothing of leads is ever kept.
"use strict";
const SHELL = "ready-shell-1";
const OFFLINE = "{% url 'ready:offline' %}";
const KEPT = [OFFLINE, "{% static 'css/app.css' %}", "{% static 'js/theme.js' %}", "{% static 'img/ready-192.png' %}", "{% static 'img/icons.svg' %}"];

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(SHELL).then((cache) => cache.addAll(KEPT)).then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => {
  const old = (names) => Promise.all(names.filter((name) => name !== SHELL).map((name) => caches.delete(name)));
  event.waitUntil(caches.keys().then(old).then(() => self.clients.claim()));
});
self.addEventListener("fetch", (event) => {
  if (event.request.mode !== "navigate") return;
  event.respondWith(fetch(event.request).catch(() => caches.match(OFFLINE)));
});
