// What a tent offers, from the goods of the server and what this phone moved since. Pure.
import { demandOf, parcelsLeft } from "./sums.js";
import { movedBy } from "./events.js";

export const recipesOf = (data) => new Map(data.parcels.map((parcel) => [parcel.recipe, parcel.items]));

// Product → how many the tent has. Below zero when more was sold than anybody had counted out.
export function leftAt(data, stall, events) {
  const there = Object.entries(data.stalls.find((one) => one.id === stall)?.there ?? {});
  const left = new Map(there.map(([product, count]) => [Number(product), count]));
  const since = events.filter((event) => event.body.stall === stall && !event.isCounted);
  const recipes = recipesOf(data);
  for (const [product, count] of movedBy(since, (lines) => demandOf(lines, recipes))) left.set(product, (left.get(product) ?? 0) - count);
  return left;
}

// Everything that can be pressed: what was brought to the tent first, by name. Nothing moves while it is sold.
export function itemsOf(data, stall, left) {
  const there = data.stalls.find((one) => one.id === stall)?.there ?? {};
  const isBrought = (item) => (item.product ? there[item.product] > 0 : Object.keys(item.items).every((product) => there[product] > 0));
  const products = data.products.map((one) => ({ ...one, key: `p${one.id}`, product: one.id, list: one.price, left: left.get(one.id) ?? 0 }));
  const parcels = data.parcels.map((one) => ({ ...one, key: `b${one.recipe}`, parcel: one.id, list: one.price, group: "", left: parcelsLeft(one.items, left) }));
  const byName = (one, other) => Number(isBrought(other)) - Number(isBrought(one)) || one.name.localeCompare(other.name, "id");
  return [...products, ...parcels].sort(byName);
}

export const lineOf = ({ key, product, parcel, recipe, name, price, list }) => ({ key, ...(product ? { product } : { parcel, recipe }), name, price, list });

export const groupsOf = (items) => [...new Set(items.map((item) => item.group).filter(Boolean))].sort((one, other) => one.localeCompare(other, "id"));

const plain = (text) => text.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "");

export function filtered(items, query, group) {
  const words = plain(query).split(/\s+/).filter(Boolean);
  const fits = (item) => words.every((word) => plain(`${item.name} ${item.group} ${item.code ?? ""}`).includes(word));
  return items.filter((item) => (!group || item.group === group) && fits(item));
}

// A label says a link that ends in a code, or the code alone; capitals are as good.
export function byCode(items, text) {
  const code = text.trim().toLowerCase().replace(/[?#].*$/, "").replace(/\/+$/, "").split("/").at(-1);
  return (code && items.find((item) => codeOf(item) === code)) || null;
}

const codeOf = (item) => String(item.code ?? "").toLowerCase().split("/").at(-1);

export function officesLike(offices, query, kind) {
  const words = plain(query).split(/\s+/).filter(Boolean);
  const mine = offices.filter((one) => (kind === "school") === (one.kind === "school"));
  return mine.filter((one) => words.every((word) => plain(one.name).includes(word)));
}
