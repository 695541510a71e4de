// What this page shows now: read from the phone's own store, never from the network.
import * as store from "./store.js";
import { itemsOf, leftAt } from "./catalog.js";

export const till = { device: null, data: null, events: [], stall: null, lines: [], query: "", group: "", unsent: 0, sending: "" };

export async function load() {
  const id = await store.kept("current");
  till.device = id ? await store.deviceOf(id) : null;
  till.data = id ? await store.kept(`data-${id}`) : null;
  if (!till.device || !till.data) return false;
  const tents = till.data.stalls.map((stall) => stall.id);
  const chosen = await store.kept("stall");
  till.stall = tents.includes(chosen) ? chosen : tents[0];
  const cart = await store.kept("cart");
  till.lines = cart?.device === id && cart.stall === till.stall ? cart.lines : [];
  await reread();
  return true;
}

// What the worker or another tab changed.
export async function reread() {
  till.device = await store.deviceOf(till.device.id);
  till.data = await store.kept(`data-${till.device.id}`);
  till.events = (await store.eventsOfDay(till.device.day.id)).sort((one, other) => one.body.at.localeCompare(other.body.at) || one.seq - other.seq);
  till.unsent = await store.countUnsent();
}

export async function setLines(lines) {
  till.lines = lines;
  if (lines.length) await store.keep("cart", { device: till.device.id, stall: till.stall, lines });
  else await store.forget("cart");
}

export async function setStall(id) {
  till.stall = id;
  await store.keep("stall", id);
  await setLines([]);
}

export const stallOf = (id) => till.data.stalls.find((stall) => stall.id === id);
export const items = () => itemsOf(till.data, till.stall, leftAt(till.data, till.stall, till.events));

// What the cashier has to see: refused, or waiting for a person of the office.
export const odd = () => till.events.filter((event) => ["conflict", "invalid", "rescue"].includes(event.state));
