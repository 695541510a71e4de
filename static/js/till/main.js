// The till starts: from what the phone keeps, whether there is a signal or not.
import { say } from "./dom.js";
import { isIdle, lockScreen, touch } from "./lock.js";
import { openScreen } from "./open.js";
import { name, redraw, show, shownScreen } from "./screen.js";
import { sellScreen } from "./sell.js";
import { start } from "./sending.js";
import { load, reread, till } from "./state.js";
import { drawTop } from "./status.js";
import { tidy } from "./store.js";
import { keepPhotos, refresh } from "./sync.js";
import { todayScreen } from "./today.js";
import { word } from "./words.js";

const LOOK_AT_CLOCK = 20_000;

name({ open: drawn(openScreen), lock: drawn(lockScreen), sell: drawn(sellScreen), today: drawn(todayScreen) });

function drawn(draw) {
  return (...values) => {
    queueMicrotask(drawTop);
    return draw(...values);
  };
}

async function changed() {
  if (!till.device) return;
  await reread();
  drawTop();
  redraw();
}

async function lockWhenIdle() {
  const isInUse = till.device && !["open", "lock"].includes(shownScreen());
  if (isInUse && (await isIdle())) show("lock");
}

// A newer till waits until the page starts and nothing is being sold: then it takes over, and the page starts in it.
// Nothing else starts the page anew: the shop's worker leaves it to the till's while somebody fills in a form.
async function keepWorker() {
  if (!navigator.serviceWorker) return say(word("no_worker"));
  const { serviceWorker } = navigator;
  let isAsked = false;
  serviceWorker.addEventListener("controllerchange", () => isAsked && location.reload());
  try {
    const registration = await serviceWorker.register("/kasir/sw.js", { scope: "/kasir", type: "module" });
    isAsked = Boolean(registration.waiting) && !till.lines.length;
    if (isAsked) registration.waiting.postMessage("take over");
    await (await caches.open("till-choice")).put("/lang", new Response(document.documentElement.lang));
  } catch {
    if (navigator.onLine) say(word("no_worker"));
  }
  return null;
}

async function begin() {
  for (const event of ["pointerdown", "keydown"]) addEventListener(event, () => shownScreen() !== "lock" && touch());
  document.addEventListener("visibilitychange", lockWhenIdle);
  setInterval(lockWhenIdle, LOOK_AT_CLOCK);
  const isOpen = await load();
  keepWorker();
  if (!isOpen || location.search.includes("buka")) show("open");
  else show((await isIdle()) ? "lock" : "sell");
  await start(changed);
  if (isOpen) await fresh();
}

async function fresh() {
  await tidy();
  const data = await refresh(till.device.id);
  if (!data) return;
  await changed();
  await keepPhotos(data);
}

begin().catch(() => say(word("not_started")));
