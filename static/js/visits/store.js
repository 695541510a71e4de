// What the phone keeps: visits that were written, photos in them, the one that is being written, and the mentor's groups.
// A visit leaves only when the server has answered with its id; what was sent stays to be read for a while.
import { openDB } from "../../vendor/idb.js";

const STRICT = { durability: "strict" };
const SHOWN = 20;

const base = openDB("visits", 1, {
  upgrade(db) {
    db.createObjectStore("visits", { keyPath: "key" });
    db.createObjectStore("kept");
  },
  // Another tab with a newer page waits for this one.
  blocking: async () => (await base).close(),
});

// Each mentor of a shared phone has a draft of his own.
export const draftOf = (user) => `draft-${user.id}`;
export const kept = async (name) => (await base).get("kept", name);
export const keep = async (name, value) => (await base).put("kept", value, name);
export const forget = async (name) => (await base).delete("kept", name);
export const visitOf = async (key) => (await base).get("visits", key);
export const remove = async (key) => (await base).delete("visits", key);

export async function visits() {
  const found = await (await base).getAll("visits");
  return found.sort((one, other) => other.written - one.written);
}

// Written together with the end of its draft, and on the disk before we go on.
export async function add(visit) {
  const transaction = (await base).transaction(["visits", "kept"], "readwrite", STRICT);
  await transaction.objectStore("visits").put(visit);
  await transaction.objectStore("kept").delete(draftOf(visit.user));
  await transaction.done;
}

// What the server said of a visit, unless it was written anew in the meantime.
export async function note(key, written, values) {
  const transaction = (await base).transaction("visits", "readwrite", STRICT);
  const visit = await transaction.store.get(key);
  if (visit?.written === written) await transaction.store.put({ ...visit, ...values });
  await transaction.done;
}

// Of those that arrived only the newest stay, and their photos are with the server.
export async function tidy() {
  const sent = (await visits()).filter((visit) => visit.id);
  for (const visit of sent.slice(SHOWN)) await remove(visit.key);
  for (const visit of sent.filter((one) => one.photos.length)) await note(visit.key, visit.written, { photos: [] });
}
