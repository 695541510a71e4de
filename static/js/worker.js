// Without a connection our own page says so. Its parts (KEPT) and their version (NAME) are written above this by
// marketplace/shared/offline.py. Nothing else is kept: prices and stock must be those of now.
addEventListener("install", (event) => {
  skipWaiting();
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll(KEPT)));
});

addEventListener("activate", (event) => {
  const old = (names) => names.filter((name) => name !== NAME);
  event.waitUntil(caches.keys().then((names) => Promise.all(old(names).map((name) => caches.delete(name)))));
});

addEventListener("fetch", (event) => {
  const { request } = event;
  const path = request.url.slice(location.origin.length);
  if (request.mode === "navigate" && request.method === "GET") {
    event.respondWith(fetch(request).catch(() => caches.match(KEPT[0])));
  } else if (KEPT.includes(path)) {
    event.respondWith(caches.match(request).then((found) => found ?? fetch(request)));
  }
});
