// Keeps a page on the phone. SHELLS, KEPT, FOLDER, NAME and where `sendAll` comes from are written above this by
// marketplace/shared/phone_pages.py. Nothing of a person is kept here.
const CHOICE = `${FOLDER}-choice`;
const [PAGE] = SHELLS[0].split("?");

// Asked for anew, and as nobody: what the browser keeps may be of another version, or in another language.
addEventListener("install", (event) => {
  const fresh = [...SHELLS, ...KEPT].map((path) => new Request(path, { cache: "no-cache", credentials: "omit" }));
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll(fresh)).then(() => skipWaiting()));
});

addEventListener("activate", (event) => {
  const isOld = (name) => name.startsWith(`${FOLDER}-parts-`) && name !== NAME;
  const gone = caches.keys().then((names) => Promise.all(names.filter(isOld).map((name) => caches.delete(name))));
  event.waitUntil(gone.then(() => clients.claim()));
});

addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname, searchParams } = new URL(request.url);
  if (origin !== location.origin || request.method !== "GET") return;
  if (request.mode === "navigate" && pathname === PAGE) event.respondWith(shell(searchParams.get("bahasa"), request));
  else if (KEPT.includes(pathname)) event.respondWith(part(pathname, request));
});

const part = async (path, request) => (await (await caches.open(NAME)).match(path)) ?? fetch(request);

// The page in the language that this phone chose last.
async function shell(asked, request) {
  const choice = await caches.open(CHOICE);
  const language = asked ?? (await (await choice.match("/lang"))?.text());
  const path = SHELLS.find((one) => one.endsWith(`=${language}`)) ?? SHELLS[0];
  if (asked) await choice.put("/lang", new Response(path.split("=").at(-1)));
  return part(path, request);
}

addEventListener("sync", (event) => event.tag === FOLDER && event.waitUntil(sendAll()));
