// A receipt as plain text: for WhatsApp, and line by line for a printer of 58 mm.
import { rupiah } from "./money.js";
import { lineSum } from "./sums.js";

// `sale` is a kept event of kind "sale"; `words` gives its fixed texts.
export function receiptText(sale, { seller, site, tent, buyer }, words) {
  const { body, number } = sale;
  const goods = sale.lines.flatMap((line) => [
    `${line.quantity} × ${line.name} @ ${rupiah(line.price)} = ${rupiah(lineSum(line))}`,
    ...(line.price < line.list ? [`  ${words("usual_price")}: ${rupiah(line.list)}`] : []),
  ]);
  const paid = body.paid === "cash" ? words("cash") : "QRIS";
  return [
    seller,
    `${site} · ${words("tent", { tent })}`,
    `${whenOf(body.at)} · ${number}`,
    ...(buyer ? [`${words("sold_to")}: ${buyer}`] : []),
    "",
    ...goods,
    "",
    `${words("total")}: ${rupiah(body.total)} (${paid})`,
    ...(body.handed > body.total ? [`${words("handed")}: ${rupiah(body.handed)}`, `${words("change")}: ${rupiah(body.handed - body.total)}`] : []),
    "",
    words("thanks"),
  ].join("\n");
}

export const whenOf = (at) => `${at.slice(8, 10)}.${at.slice(5, 7)}.${at.slice(0, 4)} ${at.slice(11, 16)}`;

// wa.me wants a number with its country and nothing else: 0812… is Indonesia. Null for what is no number.
export function waLink(text, phone) {
  const digits = phone.replace(/[\s().+-]/g, "");
  if (digits && !/^\d{8,15}$/.test(digits)) return null;
  return `https://wa.me/${digits.replace(/^0/, "62")}?text=${encodeURIComponent(text)}`;
}
