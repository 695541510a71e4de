// Paying: who buys, cash with its change or a QRIS drawn on the phone; then the sale is written down.
import { sell } from "./actions.js";
import { officesLike } from "./catalog.js";
import { button, choices, el, field, icon, say, sheet } from "./dom.js";
import { rupiah, typedRupiah } from "./money.js";
import { dynamic, isIntact } from "./qris.js";
import { qrPicture } from "./qr.js";
import { openDone } from "./receipt_sheet.js";
import { till } from "./state.js";
import { changeOf, isOddChange, quickNotes, totalOf } from "./sums.js";
import { word } from "./words.js";

const FEW = 6;

export function openPay(after) {
  const total = totalOf(till.lines);
  const payment = { id: crypto.randomUUID(), paid: "cash", handed: null, buyer: { kind: "public", office: null } };
  const place = el("div", { class: "pay-way" });
  const ways = choices("paid", word("how_paid"), [["cash", word("cash")], ["qris", "QRIS"]], "cash", choose);
  const head = el("p", { class: "pay-total" }, el("span", {}, word("to_pay")), el("strong", {}, rupiah(total)));
  const dialog = sheet(word("pay"), head, buyerOf(payment.buyer), ways, place);
  dialog.classList.add("full");
  let isBusy = false;

  function choose(paid) {
    payment.paid = paid;
    payment.handed = null;
    place.replaceChildren(...(paid === "cash" ? cashOf(total, payment, finish) : qrisOf(total, payment, finish)));
  }

  // One sale, however often and fast the button is pressed.
  async function finish() {
    if (isBusy) return;
    isBusy = true;
    try {
      const event = await sell(payment);
      dialog.close();
      after();
      if (event) openDone(event);
    } catch {
      isBusy = false;
      say(word("not_kept"));
    }
  }
  choose("cash");
}

function cashOf(total, payment, finish) {
  const input = el("input", { type: "text", inputmode: "numeric", autocomplete: "off", placeholder: "0", input: () => hand(typedRupiah(input.value)) });
  const unread = () => (input.value.trim() ? word("handed_strange") : word("handed_empty"));
  const whole = field(word("handed"), input);
  const back = el("p", { class: "change", role: "status" });
  const done = button(word("cash_done"), "check", submit, { class: "button wide" });
  let asked = null;

  function hand(amount) {
    payment.handed = amount;
    const change = changeOf(amount, total);
    whole.say("");
    const [label, figure] = change === null ? [amount ? word("missing") : word("change"), amount ? rupiah(total - amount) : "—"] : [word("change"), rupiah(change)];
    back.replaceChildren(el("span", {}, label), el("strong", {}, figure));
    back.toggleAttribute("data-short", change === null && Boolean(amount));
  }
  function press(amount) {
    input.value = amount.toLocaleString("id-ID");
    hand(amount);
  }
  function submit() {
    const change = changeOf(payment.handed, total);
    if (change !== null && isOddChange(change) && asked !== payment.handed) {
      asked = payment.handed;
      return whole.say(word("handed_odd", { change: rupiah(change) }));
    }
    if (change !== null) finish();
    else whole.say(payment.handed === null ? unread() : word("handed_short", { missing: rupiah(total - payment.handed) }));
  }
  const exact = el("button", { type: "button", class: "note", click: () => press(total) }, word("exact"));
  const notes = quickNotes(total).map((note) => el("button", { type: "button", class: "note", click: () => press(note) }, note.toLocaleString("id-ID")));
  hand(null);
  return [el("div", { class: "notes", role: "group", "aria-label": word("notes") }, exact, ...notes), whole, back, done];
}

function qrisOf(total, payment, finish) {
  const { qris, limits } = till.data;
  if (!qris || !isIntact(qris) || !limits.qris_cap) return [el("p", { class: "notice" }, icon("info"), el("span", {}, word("no_qris")))];
  if (total > limits.qris_cap) return [el("p", { class: "notice" }, icon("info"), el("span", {}, word("qris_cap", { cap: rupiah(limits.qris_cap) })))];
  const reference = payment.id.replaceAll("-", "").slice(0, 12).toUpperCase();
  const picture = qrPicture(dynamic(qris, total, reference), word("qris_picture", { total: rupiah(total) }));
  const told = el("p", { class: "qris-told" }, el("strong", {}, rupiah(total)), el("span", {}, word("reference", { reference })));
  const hint = el("p", { class: "notice" }, icon("eye"), el("span", {}, word("look_twice")));
  return [el("div", { class: "qris" }, picture, told), hint, button(word("qris_done"), "check", finish, { class: "button wide" })];
}

function buyerOf(buyer) {
  const place = el("div", {});
  const kinds = [["public", word("public")], ["office", word("office")], ["school", word("school")]];
  function choose(kind) {
    Object.assign(buyer, { kind, office: null });
    place.replaceChildren(...(kind === "public" ? [] : [officeOf(buyer)]));
  }
  return el("div", { class: "buyer" }, el("h3", {}, word("buyer")), choices("buyer", word("buyer"), kinds, "public", choose), place);
}

// Which office it is may be left open: the sale goes on.
function officeOf(buyer) {
  const found = el("div", { class: "offices" });
  const input = el("input", { type: "search", autocomplete: "off", input: () => fill() });
  function fill() {
    const fitting = officesLike(till.data.offices, input.value, buyer.kind);
    const none = el("p", { class: "hint" }, word(fitting.length ? "more_offices" : "no_office"));
    const options = fitting.slice(0, FEW).map((one) => [String(one.id), one.name]);
    const all = choices("office", word("which_office"), options, String(buyer.office), (id) => (buyer.office = Number(id)));
    found.replaceChildren(all, ...(fitting.length > FEW || !fitting.length ? [none] : []));
  }
  fill();
  return el("div", {}, field(word("which_office"), input, word("office_hint")), found);
}
