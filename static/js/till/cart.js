// The basket as a sheet: how many of each, and a lower price within what a cashier may let off.
import { button, el, field, icon, say, sheet, sign } from "./dom.js";
import { rupiah, typedNumber, typedRupiah } from "./money.js";
import { openPay } from "./pay.js";
import { items, setLines, till } from "./state.js";
import { lineSum, lowestPrice, priceFault, totalOf, withPrice, withQuantity } from "./sums.js";
import { word } from "./words.js";

export function openCart(after) {
  const list = el("ul", { class: "lines" });
  const total = el("strong", { "aria-live": "polite" });
  const clear = button(word("clear"), "trash-2", empty, { class: "button quiet" });
  const pay = button(word("pay"), "banknote", () => (dialog.close(), openPay(after)));
  const foot = el("div", { class: "sheet-foot" }, el("p", { class: "sum" }, el("span", {}, word("total")), total), el("div", { class: "two" }, clear, pay));
  const dialog = sheet(word("cart"), list, foot);
  let priced = "";

  async function empty() {
    const before = till.lines;
    await change([]);
    dialog.close();
    say(word("cleared", { count: before.length }));
  }

  function change(lines) {
    const isKept = setLines(lines);
    after();
    if (lines.length) draw();
    else dialog.close();
    return isKept;
  }

  function toggle(key) {
    priced = priced === key ? "" : key;
    draw();
    list.querySelector(".price-form input")?.select();
  }

  function draw() {
    const at = document.activeElement?.dataset.key;
    const all = items();
    const leftOf = (line) => all.find((item) => item.key === line.key)?.left;
    list.replaceChildren(...till.lines.map((line) => rowOf(line, { change, toggle, isPriced: priced === line.key, left: leftOf(line) })));
    total.textContent = rupiah(totalOf(till.lines));
    if (at) list.querySelector(`[data-key="${CSS.escape(at)}"]`)?.focus();
  }
  draw();
}

function rowOf(line, { change, toggle, isPriced, left }) {
  const set = (quantity) => change(withQuantity(till.lines, line.key, quantity));
  function typed() {
    const quantity = typedNumber(number.value);
    if (quantity === null) say(word("how_many_strange", { typed: number.value, quantity: line.quantity }));
    set(quantity ?? line.quantity);
  }
  const number = el("input", { type: "text", inputmode: "numeric", value: String(line.quantity), "aria-label": word("how_many", { name: line.name }), "data-key": `n-${line.key}`, focus: () => number.select(), change: typed });
  const less = sign("minus", word("less", { name: line.name }), () => set(line.quantity - 1), { "data-key": `l-${line.key}` });
  const more = sign("plus", word("more", { name: line.name }), () => set(line.quantity + 1), { "data-key": `m-${line.key}` });
  const cheaper = line.price < line.list ? [" ", el("s", {}, rupiah(line.list))] : [];
  const price = el("button", { type: "button", class: "line-price", "aria-expanded": String(isPriced), "aria-label": word("lower_price", { name: line.name, price: rupiah(line.price) }), "data-key": `c-${line.key}`, click: () => toggle(line.key) }, rupiah(line.price), ...cheaper, icon("pencil"));
  const head = el("div", { class: "line-head" }, el("span", { class: "line-name" }, line.name), el("strong", {}, rupiah(lineSum(line))));
  const row = el("li", {}, head, el("div", { class: "line-tools" }, price, el("span", { class: "stepper" }, less, number, more)));
  // More may be sold than the phone knows of: what is sold is a fact. It is said, so that nobody does it unawares.
  if (left !== undefined && line.quantity > left) row.append(el("p", { class: "hint", role: "status" }, icon("info"), word("more_than_left", { count: Math.max(left, 0) })));
  if (isPriced) row.append(priceForm(line, (value) => (toggle(line.key), change(withPrice(till.lines, line.key, value)))));
  return row;
}

function priceForm(line, take) {
  const percent = till.data.limits.discount_percent;
  const lowest = rupiah(lowestPrice(line.list, percent));
  const input = el("input", { type: "text", inputmode: "numeric", value: String(line.price), autocomplete: "off" });
  const whole = field(word("price_each"), input, word("price_hint", { lowest, percent }));
  const faults = { empty: "price_empty", low: "price_low", high: "price_high" };
  const submit = (event) => {
    event.preventDefault();
    const price = typedRupiah(input.value);
    const fault = priceFault(price, line.list, percent);
    if (fault) whole.say(word(faults[fault], { lowest, list: rupiah(line.list) }));
    else take(price);
  };
  const use = el("button", { class: "button" }, word("use_price"));
  const usual = el("button", { type: "button", class: "button plain", click: () => take(line.list) }, word("usual_price"));
  return el("form", { class: "price-form", novalidate: true, submit }, whole, el("div", { class: "two" }, usual, use));
}
