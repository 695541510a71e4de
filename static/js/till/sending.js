// When the page sends: on opening, when the signal is back, after each sale, every minute, and when somebody asks.
import { refresh, sendAll } from "./sync.js";
import { till } from "./state.js";

const SOON = 1500;
const OFTEN = 60_000;
const STALE = 600_000;
let waiting;
let looked = Date.now();
let shown = () => {};

export function sendSoon() {
  clearTimeout(waiting);
  waiting = setTimeout(send, SOON);
  // The browser sends even when this page is closed, where it can.
  navigator.serviceWorker?.ready.then((worker) => worker.sync?.register("till")).catch(() => {});
}

export async function send() {
  till.sending = "busy";
  shown();
  till.sending = (await sendAll()) ?? till.sending;
  if (till.sending === "busy") till.sending = "";
  if (till.sending === "sent" && till.device && Date.now() - looked > STALE) await lookAgain();
  await shown();
  return till.sending;
}

// What was brought to the tent meanwhile, and what the other phone in it sold.
async function lookAgain() {
  looked = Date.now();
  await refresh(till.device.id);
}

export function start(draw) {
  shown = draw;
  addEventListener("online", send);
  addEventListener("offline", () => shown());
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && send());
  setInterval(send, OFTEN);
  new BroadcastChannel("till").addEventListener("message", () => shown());
  return send();
}
