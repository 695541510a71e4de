// What a till tells the server, in the words of their contract. Pure: the number is put in where it is kept.
const two = (number) => String(number).padStart(2, "0");

// This phone's time as it is, with its distance to UTC: 2026-07-06T09:15:00.123+08:00.
export function phoneTime(date) {
  const minutes = -date.getTimezoneOffset();
  const zone = `${minutes < 0 ? "-" : "+"}${two(Math.floor(Math.abs(minutes) / 60))}:${two(Math.abs(minutes) % 60)}`;
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  return `${day}T${time}.${String(date.getMilliseconds()).padStart(3, "0")}${zone}`;
}

const nameOf = (line) => (line.product ? { product: line.product } : { parcel: line.parcel });

export function saleOf({ id, stall, at, lines, paid, handed, total, buyer }) {
  const told = lines.map((line) => ({
    ...nameOf(line),
    ...(line.parcel ? { recipe: line.recipe } : {}),
    quantity: line.quantity,
    price: line.price,
    list: line.list,
  }));
  return { id, kind: "sale", stall, at, lines: told, paid, handed, total, buyer };
}

export const voidOf = ({ id, stall, at, of, reason }) => ({ id, kind: "void", stall, at, of, reason });

export function refundOf({ id, stall, at, of, lines, amount, reason }) {
  const told = lines.map((line) => ({ ...nameOf(line), quantity: line.quantity, spoiled: line.spoiled }));
  return { id, kind: "refund", stall, at, of, lines: told, amount, reason };
}

// What of a sale can still come back, line by line: less what came back before, nothing of an undone one.
export function leftOf(sale, events) {
  const after = events.filter((event) => event.body.of === sale.id);
  if (after.some((event) => event.body.kind === "void")) return [];
  const gone = new Map();
  for (const line of after.flatMap((event) => event.lines)) gone.set(line.key, (gone.get(line.key) ?? 0) + line.quantity);
  return sale.lines.map((line) => ({ ...line, quantity: line.quantity - (gone.get(line.key) ?? 0) })).filter((line) => line.quantity > 0);
}

// Money of a day: what came in, less what went out again the same way. What comes back in pieces is paid in cash.
export function totalsOf(events) {
  const sums = { cash: 0, qris: 0, count: 0 };
  const sales = new Map(events.filter((event) => event.body.kind === "sale").map((event) => [event.id, event]));
  for (const { body } of events) {
    if (body.kind === "sale") {
      sums[body.paid] += body.total;
      sums.count += 1;
    } else if (body.kind === "refund") sums.cash -= body.amount;
    else if (sales.has(body.of)) {
      const { paid, total } = sales.get(body.of).body;
      sums[paid] -= total;
      sums.count -= 1;
    }
  }
  return sums;
}

// How many of each product events moved at a tent: + is gone. What came back spoiled stays gone.
export function movedBy(events, demandOf) {
  const moved = new Map();
  const count = (demand, sign) => demand.forEach((number, product) => moved.set(product, (moved.get(product) ?? 0) + sign * number));
  for (const event of events) {
    if (event.body.kind === "sale") count(demandOf(event.lines), 1);
    else count(demandOf(event.lines.map((line) => ({ ...line, quantity: line.quantity - (line.spoiled ?? 0) }))), -1);
  }
  return moved;
}
