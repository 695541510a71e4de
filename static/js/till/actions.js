// What a cashier does, from a press to the kept event.
import { phoneTime, refundOf, saleOf, voidOf } from "./events.js";
import * as store from "./store.js";
import { reread, setLines, till } from "./state.js";
import { totalOf } from "./sums.js";
import { sendSoon } from "./sending.js";

// `payment` is {id, paid, handed, buyer}; the id was made when the payment began, so that a second press changes nothing.
export async function sell(payment) {
  const lines = till.lines;
  const body = saleOf({ ...payment, stall: till.stall, at: phoneTime(new Date()), lines, total: totalOf(lines) });
  const event = await written(body, lines);
  if (event) await setLines([]);
  return event;
}

export const undo = (sale, reason) =>
  written(voidOf({ id: crypto.randomUUID(), stall: sale.body.stall, at: phoneTime(new Date()), of: sale.id, reason }), sale.lines);

export function takeBack(sale, lines, reason) {
  const about = { id: crypto.randomUUID(), stall: sale.body.stall, at: phoneTime(new Date()), of: sale.id };
  return written(refundOf({ ...about, lines, amount: totalOf(lines), reason }), lines);
}

async function written(body, lines) {
  const event = await store.addEvent(till.device.id, { body, lines });
  await reread();
  if (event) sendSoon();
  return event;
}
