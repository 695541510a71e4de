// What is shown once a sale is kept: the change, and the receipt for WhatsApp or the small printer.
import { button, el, field, icon, sheet } from "./dom.js";
import { rupiah } from "./money.js";
import { receiptText, waLink } from "./receipt.js";
import { stallOf, till } from "./state.js";
import { word } from "./words.js";

export function openDone(event) {
  const { body } = event;
  const change = body.handed ? body.handed - body.total : 0;
  const head = el("div", { class: "done" }, icon("circle-check"), el("p", {}, word("kept")));
  const money = change > 0 ? [word("give_back"), rupiah(change)] : [body.paid === "qris" ? "QRIS" : word("paid_exactly"), rupiah(body.total)];
  const sum = el("p", { class: "change big" }, el("span", {}, money[0]), el("strong", {}, money[1]));
  const next = button(word("next_buyer"), "arrow-right", () => dialog.close(), { class: "button wide", autofocus: true });
  const dialog = sheet(event.number, head, sum, next, ...receiptOf(event));
}

export function receiptOf(event) {
  const text = textOf(event);
  const phone = el("input", { type: "tel", autocomplete: "off", inputmode: "tel" });
  const whole = field(word("wa_number"), phone, word("wa_hint"));
  const send = button(word("whatsapp"), "message-circle", () => {
    const link = waLink(text, phone.value);
    whole.say(link ? "" : word("wa_wrong"));
    if (link) open(link, "_blank", "noopener");
  }, { class: "button plain" });
  const print = button(word("print"), "printer", () => printed(text), { class: "button plain" });
  return [el("div", { class: "receipt" }, el("h3", {}, word("receipt")), whole, el("div", { class: "two" }, send, print))];
}

function textOf(event) {
  const stall = stallOf(event.body.stall);
  const buyer = till.data.offices.find((office) => office.id === event.body.buyer?.office)?.name ?? "";
  return receiptText(event, { seller: till.data.seller, site: till.data.day.site, tent: stall?.tent ?? "", buyer }, word);
}

function printed(text) {
  document.getElementById("paper").replaceChildren(el("pre", {}, text));
  print();
}
