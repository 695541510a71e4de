// What the phone keeps: days on which it was written down who came and that are not sent yet, each writer's own, and
// what the server told last. A day leaves only when the server has taken it.
import { openDB } from "../../vendor/idb.js";

const STRICT = { durability: "strict" };

const base = openDB("attendance", 1, {
  upgrade(db) {
    db.createObjectStore("sheets", { keyPath: "key" });
    db.createObjectStore("kept");
  },
  // Another tab with a newer page waits for this one.
  blocking: async () => (await base).close(),
});

// Who writes on a shared phone has days of his own.
export const keyOf = (user, dayId) => `${user.id}-${dayId}`;
export const kept = async (name) => (await base).get("kept", name);
export const keep = async (name, value) => (await base).put("kept", value, name);
export const sheetOf = async (key) => (await base).get("sheets", key);
export const sheets = async () => (await base).getAll("sheets");
export const remove = async (key) => (await base).delete("sheets", key);

// On the disk before we go on.
export async function put(sheet) {
  const transaction = (await base).transaction("sheets", "readwrite", STRICT);
  await transaction.store.put(sheet);
  await transaction.done;
}

// What became of a sheet as it was sent: gone without `values`. Left alone when it was written anew in the meantime.
export async function settle({ key, written }, values = null) {
  const transaction = (await base).transaction("sheets", "readwrite", STRICT);
  const sheet = await transaction.store.get(key);
  if (sheet?.written === written) await (values ? transaction.store.put({ ...sheet, ...values }) : transaction.store.delete(key));
  await transaction.done;
}
