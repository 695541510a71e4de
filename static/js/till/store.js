// What the phone keeps: who it is (devices), what happened (events), and small things under a name (kept).
// A sale counts once it is here: number and event are written together, and the disk has them before we go on.
import { openDB } from "../../vendor/idb.js";
import { leftOf } from "./events.js";

const STRICT = { durability: "strict" };
export const UNSENT = ["new", "wait"];
const KEPT_DAYS = 7;
const DAY = 86_400_000;

const base = openDB("kasir", 1, {
  upgrade(db) {
    db.createObjectStore("devices", { keyPath: "id" });
    db.createObjectStore("kept");
    const events = db.createObjectStore("events", { keyPath: "id" });
    events.createIndex("seq", ["device", "seq"], { unique: true });
    events.createIndex("day", "day");
    events.createIndex("state", "state");
  },
  // Another tab with a newer till waits for this one.
  blocking: async () => (await base).close(),
});

export const kept = async (name) => (await base).get("kept", name);
export const keep = async (name, value) => (await base).put("kept", value, name);
export const forget = async (name) => (await base).delete("kept", name);
export const devices = async () => (await base).getAll("devices");
export const deviceOf = async (id) => (await base).get("devices", id);
export const eventsOfDay = async (day) => (await base).getAllFromIndex("events", "day", day);

export async function unsentOf(device, most) {
  const range = IDBKeyRange.bound([device, 0], [device, Infinity]);
  const found = [];
  let cursor = await (await base).transaction("events").store.index("seq").openCursor(range);
  for (; cursor && found.length < most; cursor = await cursor.continue()) {
    if (UNSENT.includes(cursor.value.state)) found.push(cursor.value);
  }
  return found;
}

export async function countUnsent() {
  const index = (await base).transaction("events").store.index("state");
  const counts = await Promise.all(UNSENT.map((state) => index.count(state)));
  return counts.reduce((sum, count) => sum + count, 0);
}

// A phone that was opened as a till: from now on it sells as this one, starting in the first of its tents.
export async function addDevice(row, data, pin) {
  const transaction = (await base).transaction(["devices", "kept"], "readwrite", STRICT);
  const [rows, names] = [transaction.objectStore("devices"), transaction.objectStore("kept")];
  await rows.put({ ...row, seq: data.device.last_sequence, sold: 0 });
  await names.put(row.id, "current");
  await names.put(pin, "pin");
  await names.put(data, `data-${row.id}`);
  await transaction.done;
}

// Write down what happened, with the next number of this phone. Returns the kept event, or null when it is there
// already or when what it takes back is gone: two taps and two tabs write one.
export async function addEvent(device, { body, lines }) {
  const transaction = (await base).transaction(["devices", "events", "kept"], "readwrite", STRICT);
  const [rows, events] = [transaction.objectStore("devices"), transaction.objectStore("events")];
  const row = await rows.get(device);
  const isRefused = (await events.get(body.id)) || (body.of && !(await canTakeBack(events, body, lines)));
  if (isRefused) {
    await transaction.done;
    return null;
  }
  const seq = row.seq + 1;
  const event = { id: body.id, device, day: row.day.id, seq, number: `K${device}-${seq}`, body: { ...body, seq }, lines, state: "new", problem: "" };
  await events.add(event);
  await rows.put({ ...row, seq, sold: row.sold + (body.kind === "sale" ? body.total : 0) });
  if (body.kind === "sale") await transaction.objectStore("kept").delete("cart");
  await transaction.done;
  return event;
}

async function canTakeBack(events, body, lines) {
  const sale = await events.get(body.of);
  if (!sale) return false;
  const left = leftOf(sale, await events.index("day").getAll(sale.day));
  const isWhole = left.length === sale.lines.length && left.every((line, place) => line.quantity === sale.lines[place].quantity);
  if (body.kind === "void") return isWhole;
  return lines.every((line) => line.quantity <= (left.find((one) => one.key === line.key)?.quantity ?? 0));
}

// What the server said of each event. Only its word moves one out of the queue.
export async function note(device, answer) {
  const transaction = (await base).transaction(["devices", "events"], "readwrite", STRICT);
  const [rows, events] = [transaction.objectStore("devices"), transaction.objectStore("events")];
  for (const { id, result, problem = "" } of answer.results) {
    const event = await events.get(id);
    if (event && event.device === device) await events.put({ ...event, state: result, problem, answered: Date.now() });
  }
  await rows.put({ ...(await rows.get(device)), revoked: answer.revoked, unknown: false, reached: Date.now() });
  await transaction.done;
}

export async function change(device, values) {
  const transaction = (await base).transaction("devices", "readwrite");
  await transaction.store.put({ ...(await transaction.store.get(device)), ...values });
  await transaction.done;
}

// New goods and prices; what the server had booked when it counted (`counted`) is in its figures already.
export async function keepData(device, data, counted) {
  const transaction = (await base).transaction(["events", "kept"], "readwrite");
  for (const id of counted) {
    const event = await transaction.objectStore("events").get(id);
    await transaction.objectStore("events").put({ ...event, isCounted: true });
  }
  await transaction.objectStore("kept").put(data, `data-${device}`);
  await transaction.done;
}

// Send again what was refused: the cashier asked for it.
export async function retry(ids) {
  const transaction = (await base).transaction("events", "readwrite");
  for (const id of ids) await transaction.store.put({ ...(await transaction.store.get(id)), state: "new" });
  await transaction.done;
}

// Market days that are over for a week go, as long as the server has all of them.
export async function tidy(now = Date.now()) {
  const current = await kept("current");
  for (const device of await devices()) {
    const isOld = now - Date.parse(device.day.held_on) > (KEPT_DAYS + 1) * DAY && device.id !== current;
    if (isOld) await drop(device);
  }
}

async function drop(device) {
  const transaction = (await base).transaction(["devices", "events", "kept"], "readwrite");
  const events = transaction.objectStore("events");
  const mine = (await events.index("day").getAll(device.day.id)).filter((event) => event.device === device.id);
  if (mine.every((event) => ["booked", "rescue"].includes(event.state))) {
    for (const event of mine) await events.delete(event.id);
    await transaction.objectStore("devices").delete(device.id);
    await transaction.objectStore("kept").delete(`data-${device.id}`);
  }
  await transaction.done;
}
