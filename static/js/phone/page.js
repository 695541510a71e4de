// What the pages that a phone keeps have in common: notices, links, sending again and again, and keeping the worker.
import { el, icon, say } from "../till/dom.js";
import { word } from "../till/words.js";

const SOON = 2000;
const OFTEN = 60_000;

export const notice = (tone, drawing, text) => el("p", { class: "notice", "data-tone": tone }, icon(drawing), el("span", {}, text));
export const link = (address, drawing, text) => el("a", { class: "button plain", href: address }, icon(drawing), el("span", {}, text));
export const written = (day) => new Date(`${day}T12:00`).toLocaleDateString(document.documentElement.lang, { weekday: "short", day: "numeric", month: "short", year: "numeric" });

// The page scrolls below its head.
export const toTop = () => document.getElementById("main").scrollTo(0, 0);

// By the phone's own calendar: who writes is where he is, and the server looks again.
export const today = () => new Date().toLocaleDateString("sv");

// Why nothing goes out, and the way to mend it.
export function noticesOfSignal(result, page) {
  if (!navigator.onLine || result === "offline") return [notice("warn", "cloud-off", word("no_signal"))];
  if (result !== "stranger") return [];
  return [notice("bad", "log-in", word("sign_in_first")), link(`/masuk?next=${encodeURIComponent(page)}`, "log-in", word("sign_in"))];
}

// Returns what sends now and goes on by itself. A far tower gives one answer in three: what did not come through is
// tried again soon, then less and less often; so is what the worker was at when we asked, for nobody tells how it ended.
export function sender(sendAll, drawAll) {
  let waiting;
  let pause = SOON;
  return async function sendNow() {
    let result;
    try {
      result = await sendAll();
    } finally {
      const isLost = !result || result === "offline";
      pause = isLost ? Math.min(pause * 2, OFTEN) : SOON;
      clearTimeout(waiting);
      waiting = setTimeout(sendNow, isLost ? pause : OFTEN);
    }
    await drawAll();
  };
}

// Lets the browser send also when the page is closed, where it can.
export const sendLater = (folder) => navigator.serviceWorker?.ready.then((worker) => worker.sync?.register(folder)).catch(() => {});

export async function keepWorker(page, folder) {
  try {
    await navigator.serviceWorker.register(`${page}/sw.js`, { scope: page, type: "module" });
    await (await caches.open(`${folder}-choice`)).put("/lang", new Response(document.documentElement.lang));
  } catch {
    if (navigator.onLine) say(word("no_worker"));
  }
}

// Sends when the signal is back, or the page is looked at again.
export function listen(folder, sendNow, drawAll) {
  addEventListener("online", sendNow);
  addEventListener("offline", drawAll);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && sendNow());
  new BroadcastChannel(folder).addEventListener("message", drawAll);
}
