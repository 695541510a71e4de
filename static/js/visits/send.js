// Brings visits to the server, as often as it takes. Runs in the page and in the service worker. Only an answer with the
// visit's id takes one out of the queue: a key that comes twice is one visit there.
import { askWhoIsHere, post } from "../phone/net.js";
import { keep, note, tidy, visits } from "./store.js";

const BASE = "/dinas/pendampingan";
const changed = new BroadcastChannel("visits");

// Returns "sent", "offline", "stranger" (sign in first), "refused" or "of other"; null when another tab is at it.
export const sendAll = () => navigator.locks.request("visits-send", { ifAvailable: true }, (lock) => (lock ? sendEach() : null));

async function sendEach() {
  const me = await fetchMe();
  if (typeof me === "string") return tell(me);
  let worst = "sent";
  for (const visit of (await visits()).reverse()) {
    if (visit.id || visit.problem) continue;
    const result = visit.user.id === me.user.id ? await send(visit, me.csrf) : "of other";
    if (result !== "sent") worst = result;
    if (["offline", "stranger"].includes(result)) break;
  }
  await tidy();
  return tell(worst);
}

async function tell(result) {
  await keep("result", result);
  changed.postMessage(result);
  return result;
}

// Who is signed in, and his groups as they are now.
async function fetchMe() {
  const found = await askWhoIsHere(`${BASE}/catat/data`, "groups");
  if (typeof found === "string") return found;
  const { csrf, ...me } = found;
  await keep("me", me);
  return { ...me, csrf };
}

async function send(visit, csrf) {
  const { result, said, why } = await post(`${BASE}/kelompok/${visit.group.id}/kunjungan`, bodyOf(visit), csrf);
  if (result === "sent") await note(visit.key, visit.written, { id: said.id, problem: "" });
  if (result === "refused") await note(visit.key, visit.written, { problem: why, isUsed: Boolean(said.type?.endsWith("#key-reused")) });
  return result;
}

export function bodyOf(visit) {
  const body = new FormData();
  for (const name of ["key", "visited_on", "kind", "findings"]) body.append(name, visit[name]);
  for (const family of visit.families) body.append("families", family);
  visit.todo.forEach(({ what, due_on }, place) => {
    body.append(`follow_ups-${place}-what`, what);
    body.append(`follow_ups-${place}-due_on`, due_on);
  });
  visit.photos.forEach((photo, place) => body.append("photos", photo, `foto-${place + 1}.jpg`));
  return body;
}
