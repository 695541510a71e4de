// Brings what happened to the server, as often as it takes. Runs in the page and in the service worker.
import { change, deviceOf, devices, eventsOfDay, keepData, kept, note, unsentOf } from "./store.js";

const BATCH = 50;
const PATIENCE = 30_000;
const changed = new BroadcastChannel("till");

// Returns "sent" when everything was answered, else "offline", "later", "refused" or "unknown"; null when another tab is at it.
export const sendAll = () => navigator.locks.request("till-send", { ifAvailable: true }, (lock) => (lock ? sendEach() : null));

async function sendEach() {
  const [rows, current] = [await devices(), await kept("current")];
  let worst = "sent";
  for (const { id } of rows) {
    const isQuiet = id !== current && !(await unsentOf(id, 1)).length;
    const result = isQuiet ? "sent" : await sendOf(id);
    if (result !== "sent") worst = result;
    if (result === "offline") break;
  }
  changed.postMessage("sent");
  return worst;
}

// All of one till: also with nothing to send it says that it is there, and up to which number it has written.
async function sendOf(id) {
  let most = BATCH;
  for (;;) {
    const events = await unsentOf(id, most);
    const device = await deviceOf(id);
    if (device.pause > Date.now()) return "later";
    const answer = await post(device, events);
    if (answer === "too large" && events.length > 1) most = Math.ceil(events.length / 2);
    else if (typeof answer === "string") return answer === "too large" ? "refused" : answer;
    else if (!(await taken(id, events, answer))) return "sent";
  }
}

// Keep the answers; tell whether there is more to send that is not waiting for something else.
async function taken(id, events, answer) {
  await note(id, answer);
  changed.postMessage("answered");
  const moved = answer.results.filter((one) => one.result !== "wait").length;
  return moved > 0 && events.length > 0;
}

async function post(device, events) {
  const body = JSON.stringify({
    now: new Date().toISOString(),
    told: { sequence: device.seq, amount: device.sold },
    events: events.map((event) => event.body),
  });
  const answer = await ask("/kasir/kirim", { method: "POST", body, headers: head(device, "application/json") });
  if (!answer) return "offline";
  if (answer.ok) return (await json(answer, (found) => Array.isArray(found?.results))) ?? "offline";
  if (answer.status === 413) return "too large";
  if (answer.status === 401) {
    await change(device.id, { unknown: true });
    return "unknown";
  }
  const seconds = Number(answer.headers.get("Retry-After") ?? 0);
  if (seconds) await change(device.id, { pause: Date.now() + seconds * 1000 });
  return answer.status === 422 ? "refused" : "later";
}

const head = ({ token }, type) => ({ Authorization: `Bearer ${token}`, Accept: "application/json", ...(type ? { "Content-Type": type } : {}) });

// No answer is an answer too: null. What takes longer than half a minute is no signal.
async function ask(path, options) {
  try {
    return await fetch(path, { ...options, cache: "no-store", credentials: "omit", signal: AbortSignal.timeout(PATIENCE) });
  } catch {
    return null;
  }
}

async function json(answer, fits) {
  try {
    const found = await answer.json();
    return fits(found) ? found : null;
  } catch {
    return null; // Broken off on the way, or a page of somebody else's network.
  }
}

// Goods, prices and what is left, as the server has them now; null without a signal.
export async function fetchData(device) {
  const answer = await ask("/kasir/data", { headers: head(device) });
  return answer?.ok ? json(answer, (found) => Array.isArray(found?.products)) : null;
}

export async function refresh(id) {
  const device = await deviceOf(id);
  const counted = (await eventsOfDay(device.day.id)).filter((event) => event.state === "booked").map((event) => event.id);
  const data = await fetchData(device);
  if (data) await keepData(id, data, counted);
  return data;
}

const pathOf = (address) => new URL(address, location.href).pathname;

// Small photos are kept beside the goods, those of now only; one that does not come is drawn without.
export async function keepPhotos(data) {
  const cache = await caches.open("till-photos");
  const wanted = [...data.products, ...data.parcels].map((item) => item.photo).filter(Boolean);
  const [known, paths] = [await cache.keys(), wanted.map(pathOf)];
  for (const request of known) if (!paths.includes(pathOf(request.url))) await cache.delete(request);
  const missing = wanted.filter((address) => !known.some((request) => pathOf(request.url) === pathOf(address)));
  for (const address of missing) await cache.add(address).catch(() => {});
}
