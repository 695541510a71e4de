// The till without a network: its page and parts, kept whole and under one version. KEPT, NAME and SHELLS are written
// above this by marketplace/tent_market/shell_views.py. Nothing of the shop is kept, and nothing of a person.
import { sendAll } from "/static/js/till/sync.js";

const [CHOICE, PHOTOS] = ["till-choice", "till-photos"];

// Asked for anew: what the browser keeps may be of another version. And as nobody, so that a page in the other language
// leaves no choice behind.
addEventListener("install", (event) => {
  const fresh = [...SHELLS, ...KEPT].map((path) => new Request(path, { cache: "no-cache", credentials: "omit" }));
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll(fresh)));
});

addEventListener("activate", (event) => {
  const isOld = (name) => name.startsWith("till-parts-") && name !== NAME;
  const gone = caches.keys().then((names) => Promise.all(names.filter(isOld).map((name) => caches.delete(name))));
  event.waitUntil(gone.then(() => clients.claim()));
});

addEventListener("message", ({ data }) => data === "take over" && skipWaiting());

addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname, searchParams } = new URL(request.url);
  if (origin !== location.origin || request.method !== "GET") return;
  if (request.mode === "navigate" && pathname === "/kasir") event.respondWith(shell(searchParams.get("bahasa"), request));
  else if (KEPT.includes(pathname)) event.respondWith(part(pathname, request));
  else if (pathname.startsWith("/foto/")) event.respondWith(photo(request));
});

const part = async (path, request) => (await (await caches.open(NAME)).match(path)) ?? fetch(request);
const photo = async (request) => (await (await caches.open(PHOTOS)).match(request)) ?? fetch(request);

// The page in the language that this phone chose last.
async function shell(asked, request) {
  const choice = await caches.open(CHOICE);
  const language = asked ?? (await (await choice.match("/lang"))?.text());
  const path = SHELLS.find((one) => one.endsWith(`=${language}`)) ?? SHELLS[0];
  if (asked) await choice.put("/lang", new Response(path.split("=").at(-1)));
  return part(path, request);
}

addEventListener("sync", (event) => event.tag === "till" && event.waitUntil(sendAll()));
