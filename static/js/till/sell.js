// The screen on which is sold: tiles, the search over them, and the bar with the running total.
import { openCart } from "./cart.js";
import { byCode, filtered, groupsOf, lineOf, recipesOf } from "./catalog.js";
import { button, el, icon, say, sign } from "./dom.js";
import { rupiah } from "./money.js";
import { openPay } from "./pay.js";
import { canScan, openScan } from "./scan.js";
import { items, setLines, till } from "./state.js";
import { notices } from "./status.js";
import { added, demandOf, parcelsLeft, piecesOf, totalOf } from "./sums.js";
import { word } from "./words.js";

export function sellScreen() {
  const tiles = el("ul", { class: "tiles" });
  const chips = el("div", { class: "chips", role: "group", "aria-label": word("groups") });
  const bar = barOf(() => paint());
  const warnings = el("div", { class: "notices" });
  const find = el("input", { type: "search", value: till.query, autocomplete: "off", enterkeyhint: "search", "aria-label": word("find"), placeholder: word("find"), input: () => search(find.value), keydown: (event) => event.key === "Enter" && typed() });
  let [shown, drawn] = [[], ""];

  function search(query) {
    till.query = query;
    fill();
  }

  // What was typed may be a label's code: Enter takes it.
  function typed() {
    const found = byCode(items(), find.value) ?? (shown.length === 1 ? shown[0].item : null);
    if (!found) return say(word("no_such_code", { code: find.value }));
    find.value = "";
    search("");
    return add(found);
  }

  // Shown at once: a hurried thumb does not wait until it is written down.
  function add(item) {
    const isKept = setLines(added(till.lines, lineOf(item)));
    paint();
    return isKept;
  }

  function scanned(text) {
    const found = byCode(items(), text);
    if (found) add(found);
    say(found ? word("added", { name: found.name }) : word("no_such_code", { code: text }));
  }

  function fill() {
    const all = items();
    const groups = groupsOf(all);
    if (!groups.includes(till.group)) till.group = "";
    chips.hidden = groups.length < 2;
    chips.replaceChildren(...["", ...groups].map((group) => chip(group, () => search(find.value))));
    shown = filtered(all, till.query, till.group).map((item) => tileOf(item, add));
    tiles.replaceChildren(...shown.map((tile) => tile.node));
    if (!shown.length) tiles.append(el("li", { class: "none" }, word(all.length ? "nothing_found" : "no_goods")));
    paint();
  }

  // In place: what is pressed keeps its place and its focus.
  function paint() {
    const left = leftWith(till.lines);
    for (const tile of shown) tile.paint(left);
    bar.paint();
  }

  // After something came or went underneath: tiles are only made anew when others are offered, or a finger would miss.
  function redraw() {
    warnings.replaceChildren(...notices());
    const offered = JSON.stringify(items().map(({ left, ...item }) => item));
    if (offered === drawn) return paint();
    drawn = offered;
    return fill();
  }

  const scan = sign(canScan() ? "scan-line" : "qr-code", word("scan"), () => openScan(scanned));
  const whole = el("div", { class: "sell" }, el("h1", { class: "sr" }, word("sell")), warnings, el("div", { class: "find" }, find, scan), chips, tiles, bar.node);
  whole.redraw = redraw;
  redraw();
  return whole;
}

function chip(group, after) {
  const press = () => {
    till.group = group;
    after();
  };
  return el("button", { type: "button", class: "chip", "aria-pressed": String(till.group === group), "data-key": `chip-${group}`, click: press }, group || word("all"));
}

// What is left of each thing once this basket is gone.
function leftWith(lines) {
  const recipes = recipesOf(till.data);
  const demand = demandOf(lines, recipes);
  const single = new Map();
  const all = items();
  for (const item of all) if (item.product) single.set(item.product, item.left - (demand.get(item.product) ?? 0));
  return (item) => (item.product ? single.get(item.product) : parcelsLeft(item.items, single));
}

function tileOf(item, add) {
  const [count, left] = [el("span", { class: "tile-count" }), el("span", { class: "tile-left" })];
  const picture = item.photo ? el("img", { src: item.photo, alt: "", width: 160, height: 120, decoding: "async" }) : el("span", { class: "no-photo" }, icon(item.parcel ? "gift" : "package"));
  const texts = [el("span", { class: "tile-name" }, item.name), el("span", { class: "tile-price" }, rupiah(item.list)), left];
  const press = el("button", { type: "button", class: "tile", "data-key": item.key, click: () => add(item) }, el("span", { class: "tile-photo" }, picture, count), ...texts);

  function paint(leftOf) {
    const quantity = till.lines.find((line) => line.key === item.key)?.quantity ?? 0;
    count.textContent = quantity || "";
    count.hidden = !quantity;
    const rest = leftOf(item);
    left.textContent = rest > 0 ? word("left", { count: rest }) : word("none_left");
    press.toggleAttribute("data-gone", rest <= 0);
  }
  return { item, node: el("li", {}, press), paint };
}

function barOf(after) {
  const [pieces, sum] = [el("span", { class: "bar-pieces" }), el("strong", { class: "bar-sum" })];
  const basket = el("button", { type: "button", class: "bar-cart", click: () => openCart(after) }, icon("shopping-basket"), el("span", {}, pieces, sum));
  const pay = button(word("pay"), "banknote", () => openPay(after), { class: "button bar-pay" });
  const spoken = el("p", { class: "sr", "aria-live": "polite" });

  function paint() {
    const [total, count] = [totalOf(till.lines), piecesOf(till.lines)];
    pieces.textContent = count ? word("pieces", { count }) : word("empty_cart");
    sum.textContent = rupiah(total);
    spoken.textContent = count ? word("spoken_total", { count, total: rupiah(total) }) : "";
    pay.disabled = basket.disabled = !count;
  }
  return { node: el("div", { class: "bar" }, basket, pay, spoken), paint };
}
