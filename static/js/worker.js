// Without a connection our own page says so. Its parts (KEPT) and their version (NAME) are written above this by
// marketplace/shared/offline.py. Nothing else is kept: prices and stock must be those of now.
addEventListener("install", (event) => {
  skipWaiting();
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll(KEPT)));
});

addEventListener("activate", (event) => {
  // What the pages that phones keep have stored (marketplace/shared/phone_pages.py) is their own.
  const isOld = (name) => name.startsWith("site-") && name !== NAME;
  event.waitUntil(caches.keys().then((names) => Promise.all(names.filter(isOld).map((name) => caches.delete(name)))));
});

addEventListener("fetch", (event) => {
  const { request } = event;
  const path = request.url.slice(location.origin.length);
  if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(() => (request.method === "GET" ? shown(request) : back(request))));
  } else if (KEPT.includes(path)) {
    event.respondWith(caches.match(request).then((found) => found ?? fetch(request)));
  }
});

async function shown(request) {
  return (await caches.match(request, { ignoreSearch: true, ignoreVary: true })) ?? caches.match(KEPT[0]);
}

// What was sent and did not arrive: the page that says so knows the page of the form, and leads back to it.
function back({ referrer }) {
  const from = referrer.startsWith(location.origin) ? referrer.slice(location.origin.length) : "/";
  return Response.redirect(`${KEPT[1]}?next=${encodeURIComponent(from)}`, 303);
}
