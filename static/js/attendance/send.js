// Brings days to the server, as often as it takes. Runs in the page and in the service worker. The same marks twice are
// written once there; where somebody else wrote another mark meanwhile, the day stays here and says so.
import { askWhoIsHere, post } from "../phone/net.js";
import { keep, kept, keyOf, settle, sheets } from "./store.js";

const BASE = "/dinas/pelatihan";
const changed = new BroadcastChannel("attendance");

// Returns "sent", "offline", "stranger" (sign in first), "refused" or "of other"; null when another tab is at it.
export const sendAll = () => navigator.locks.request("attendance-send", { ifAvailable: true }, (lock) => (lock ? sendEach() : null));

async function sendEach() {
  const found = await askWhoIsHere(`${BASE}/hadir/data`, "days");
  if (typeof found === "string") return tell(found);
  const { csrf, ...me } = found;
  await keep("me", me);
  let worst = "sent";
  for (const sheet of await sheets()) {
    if (sheet.state !== "waits") continue;
    const result = sheet.user.id === me.user.id ? await send(sheet, me, csrf) : "of other";
    if (result !== "sent") worst = result;
    if (["offline", "stranger"].includes(result)) break;
  }
  await keep("me", me);
  await tidy(me);
  return tell(worst);
}

async function tell(result) {
  await keep("result", result);
  changed.postMessage(result);
  return result;
}

async function send(sheet, me, csrf) {
  const day = me.days.find(({ id }) => id === sheet.day.id);
  const tried = (await kept("tried")) ?? {};
  const body = bodyOf(sheet, day?.marks ?? {}, tried[sheet.key] ?? {});
  await keep("tried", { ...tried, [sheet.key]: { ...tried[sheet.key], ...sheet.marks } });
  const { result, why } = await post(`${BASE}/hari/${sheet.day.id}/hadir`, body, csrf);
  if (result === "sent") await settle(sheet);
  if (result === "sent" && day) day.marks = { ...day.marks, ...sheet.marks };
  if (result === "refused") await settle(sheet, { state: "refused", problem: why });
  return result;
}

// What stood there when the day was opened goes along. A mark that stands there now and that we tried to send before is
// ours: its answer was lost, or the day was opened before it came.
function bodyOf(sheet, now, tried) {
  const body = new FormData();
  for (const [person, mark] of Object.entries(sheet.marks)) {
    const isOurs = now[person] !== undefined && now[person] === tried[person];
    body.append(`mark-${person}`, mark);
    body.append(`seen-${person}`, isOurs ? now[person] : (sheet.seen[person] ?? ""));
  }
  return body;
}

// What was tried is of use as long as the day may be sent again.
async function tidy(me) {
  const tried = (await kept("tried")) ?? {};
  const used = new Set([...(await sheets()).map(({ key }) => key), ...me.days.map(({ id }) => keyOf(me.user, id))]);
  await keep("tried", Object.fromEntries(Object.entries(tried).filter(([key]) => used.has(key))));
}
