// What a basket comes to. A line is {key, product | parcel + recipe, name, quantity, price, list}.
export const MOST_PIECES = 999;
const NOTES = [20_000, 50_000, 100_000];
const ROUND = [10_000, 50_000, 100_000];

export const lineSum = (line) => line.quantity * line.price;
export const totalOf = (lines) => lines.reduce((sum, line) => sum + lineSum(line), 0);
export const piecesOf = (lines) => lines.reduce((count, line) => count + line.quantity, 0);

// The lowest price that a cashier may ask for a piece.
export const lowestPrice = (list, percent) => list - Math.floor((list * percent) / 100);

// Why a price may not be asked: "empty", "low" or "high"; null when it may. A price is only ever lowered.
export function priceFault(price, list, percent) {
  if (price === null) return "empty";
  if (price > list) return "high";
  return price < lowestPrice(list, percent) ? "low" : null;
}

// One more of something: its line grows, so that there is one line of each thing.
export function added(lines, item) {
  const known = lines.find((line) => line.key === item.key);
  if (!known) return [...lines, { ...item, quantity: 1 }];
  return withQuantity(lines, item.key, known.quantity + 1);
}

export function withQuantity(lines, key, quantity) {
  const fitting = Math.min(Math.max(quantity, 0), MOST_PIECES);
  return lines.map((line) => (line.key === key ? { ...line, quantity: fitting } : line)).filter((line) => line.quantity > 0);
}

export const withPrice = (lines, key, price) => lines.map((line) => (line.key === key ? { ...line, price } : line));

// Nobody hands over a note of the largest kind more than it takes: such a sum was mistyped, or is asked about.
export const isOddChange = (change) => change >= NOTES.at(-1);

// What goes back to the buyer, or null when he gave too little.
export const changeOf = (handed, total) => (handed !== null && handed >= total ? handed - total : null);

// What people give for a total, for one press: a note that is enough, and notes up to the next round sums. The exact sum
// is offered apart.
export function quickNotes(total) {
  const round = ROUND.map((step) => Math.ceil(total / step) * step);
  return [...new Set([...NOTES, ...round])].filter((sum) => sum > total).sort((one, other) => one - other);
}

// How many pieces of each product some lines take; a parcel takes its goods. `parcels` is recipe → items.
export function demandOf(lines, parcels) {
  const demand = new Map();
  const take = (product, count) => demand.set(product, (demand.get(product) ?? 0) + count);
  for (const line of lines) {
    if (line.product) take(line.product, line.quantity);
    else for (const [product, count] of Object.entries(parcels.get(line.recipe) ?? {})) take(Number(product), count * line.quantity);
  }
  return demand;
}

// How many parcels can be had of what is left.
export function parcelsLeft(items, left) {
  const counts = Object.entries(items).map(([product, count]) => Math.floor((left.get(Number(product)) ?? 0) / count));
  return counts.length ? Math.max(Math.min(...counts), 0) : 0;
}
