// The day on this phone: its money, what is not sent yet, and each sale with the way back.
import { takeBack, undo } from "./actions.js";
import { button, el, field, icon, say, sheet, sign } from "./dom.js";
import { leftOf, totalsOf } from "./events.js";
import { rupiah } from "./money.js";
import { receiptOf } from "./receipt_sheet.js";
import { whenOf } from "./receipt.js";
import { redraw, show } from "./screen.js";
import { send } from "./sending.js";
import { odd, reread, till } from "./state.js";
import * as store from "./store.js";
import { lineSum, totalOf } from "./sums.js";
import { refresh } from "./sync.js";
import { hasWord, word } from "./words.js";

const STATES = { new: ["clock", "state_new"], wait: ["clock", "state_new"], booked: ["check", "state_booked"], rescue: ["eye", "state_rescue"], conflict: ["circle-alert", "state_conflict"], invalid: ["circle-alert", "state_invalid"] };

export function todayScreen() {
  const whole = el("div", { class: "today" });
  whole.redraw = () => whole.replaceChildren(...parts());
  whole.redraw();
  return whole;
}

function parts() {
  const { cash, qris, count } = totalsOf(till.events);
  const figures = [[word("cash"), rupiah(cash)], ["QRIS", rupiah(qris)], [word("sales"), String(count)]];
  const sums = el("dl", { class: "figures" }, ...figures.map(([label, figure]) => el("div", {}, el("dt", {}, label), el("dd", {}, figure))));
  return [el("h1", {}, word("today")), sums, sentOf(), ...oddOf(), listOf(), moreOf()];
}

function sentOf() {
  const { unsent, sending } = till;
  const text = unsent ? word("unsent_calm", { count: unsent }) : word("all_sent_calm");
  const why = unsent && hasWord(`sending_${sending}`) ? el("span", { class: "hint" }, word(`sending_${sending}`)) : null;
  const now = button(word("send_now"), "send", () => send(), { class: "button plain", disabled: sending === "busy", "data-key": "send" });
  return el("div", { class: "sent", "data-tone": unsent ? "info" : "good" }, el("p", {}, icon(unsent ? "cloud-upload" : "check"), el("span", {}, text, why ? el("br") : null, why)), now);
}

function oddOf() {
  const refused = odd().filter((event) => event.state !== "rescue").map((event) => event.id);
  if (!refused.length) return [];
  const again = async () => {
    await store.retry(refused);
    await send();
  };
  return [el("div", { class: "sent", "data-tone": "warn" }, el("p", {}, icon("circle-alert"), el("span", {}, word("refused", { count: refused.length }))), button(word("try_again"), "rotate-ccw", again, { class: "button plain" }))];
}

function listOf() {
  const events = [...till.events].reverse();
  if (!events.length) return el("p", { class: "none" }, word("no_sales"));
  return el("ul", { class: "sales" }, ...events.map((event) => el("li", {}, rowOf(event))));
}

function rowOf(event) {
  const { body, lines } = event;
  const isSale = body.kind === "sale";
  const isUndone = till.events.some((one) => one.body.kind === "void" && one.body.of === event.id);
  const amount = isSale ? body.total : -(body.amount ?? totalOf(lines));
  const goods = lines.map((line) => `${line.quantity} ${line.name}`).join(", ");
  const what = el("span", { class: "sale-what" }, el("strong", {}, isSale ? (body.paid === "qris" ? "QRIS" : word("cash")) : word(body.kind)), ` · ${body.at.slice(11, 16)} · ${event.number}`);
  const sum = el("strong", { class: isUndone ? "sale-sum undone" : "sale-sum" }, rupiah(amount));
  const [drawing, text] = STATES[event.state] ?? STATES.invalid;
  const state = el("span", { class: "sale-state", "data-state": event.state }, icon(drawing), isUndone ? word("undone") : word(text));
  const inside = [what, sum, el("span", { class: "sale-goods" }, goods), state];
  if (!isSale) return el("div", { class: "sale" }, ...inside);
  return el("button", { type: "button", class: "sale", "data-key": event.id, click: () => openSale(event) }, ...inside);
}

function openSale(event) {
  const goods = el("ul", { class: "plain" }, ...event.lines.map((line) => el("li", {}, el("span", {}, `${line.quantity} × ${line.name}`), el("span", {}, rupiah(lineSum(line))))));
  const left = leftOf(event, till.events);
  const isWhole = totalOf(left) === totalOf(event.lines);
  const problem = event.problem ? [el("p", { class: "notice", "data-tone": "warn" }, icon("info"), el("span", {}, problemText(event.problem)))] : [];
  const close = (next) => () => (dialog.close(), next(event, left));
  const ways = [
    isWhole && button(word("void"), "undo-2", close(openVoid), { class: "button plain" }),
    left.length > 0 && button(word("refund"), "package-open", close(openRefund), { class: "button plain" }),
  ];
  const sum = el("p", { class: "sum" }, el("span", {}, word("total")), el("strong", {}, rupiah(event.body.total)));
  const dialog = sheet(`${event.number} · ${whenOf(event.body.at)}`, ...problem, goods, sum, el("div", { class: "two" }, ...ways), ...receiptOf(event));
}

const problemText = (problem) => (hasWord(`problem_${problem}`) ? word(`problem_${problem}`) : problem);

function openVoid(event) {
  const reason = reasonOf(["why_typo", "why_no_money", "why_changed_mind"]);
  const text = event.body.paid === "cash" ? word("void_cash", { total: rupiah(event.body.total) }) : word("void_qris", { total: rupiah(event.body.total) });
  const submit = confirmed(reason, (why) => undo(event, why), () => dialog.close());
  const dialog = sheet(word("void_title", { number: event.number }), el("form", { novalidate: true, submit }, el("p", {}, text), reason.node, el("button", { class: "button danger wide" }, word("void_do"))));
}

function openRefund(event, left) {
  const chosen = new Map(left.map((line) => [line.key, { ...line, quantity: 0, spoiled: 0 }]));
  const sum = el("strong", { "aria-live": "polite" });
  const fault = el("p", { class: "fault", role: "alert" });
  const some = () => [...chosen.values()].filter((line) => line.quantity > 0);
  const paint = () => {
    sum.textContent = rupiah(totalOf(some()));
    fault.textContent = "";
  };
  const rows = left.map((line) => refundRow(line, chosen.get(line.key), paint));
  const reason = reasonOf(["why_broken", "why_wrong_goods", "why_changed_mind"]);
  const send = confirmed(reason, (why) => takeBack(event, some(), why), () => dialog.close());
  const submit = (pressed) => {
    pressed.preventDefault();
    if (some().length) return send(pressed);
    fault.textContent = word("refund_none");
    return rows[0].querySelector("button").focus();
  };
  paint();
  const total = el("p", { class: "sum" }, el("span", {}, word("give_back_cash")), sum);
  const dialog = sheet(word("refund_title", { number: event.number }), el("form", { novalidate: true, submit }, el("ul", { class: "lines" }, ...rows), fault, reason.node, total, el("button", { class: "button danger wide" }, word("refund_do"))));
}

function refundRow(line, chosen, paint) {
  const count = counter(line.name, line.quantity, (number) => {
    chosen.quantity = number;
    spoiled.limit(number);
    paint();
  });
  const spoiled = counter(word("spoiled_of", { name: line.name }), 0, (number) => (chosen.spoiled = number));
  const bad = el("div", { class: "line-tools" }, el("span", {}, word("spoiled")), spoiled.node);
  return el("li", {}, el("div", { class: "line-head" }, el("span", { class: "line-name" }, line.name), el("span", {}, word("of", { count: line.quantity }))), el("div", { class: "line-tools" }, el("span", {}, word("comes_back")), count.node), bad);
}

function counter(name, most, told) {
  let [number, limit] = [0, most];
  const shown = el("output", { "aria-live": "polite" }, "0");
  const set = (wanted) => {
    number = Math.min(Math.max(wanted, 0), limit);
    shown.textContent = String(number);
    told(number);
  };
  const node = el("span", { class: "stepper" }, sign("minus", word("less", { name }), () => set(number - 1)), shown, sign("plus", word("more", { name }), () => set(number + 1)));
  return { node, limit: (wanted) => ((limit = wanted), set(number)) };
}

// A reason by one press, or in own words.
function reasonOf(names) {
  const input = el("input", { type: "text", maxlength: 200, autocomplete: "off" });
  const whole = field(word("reason"), input);
  const quick = names.map((name) => el("button", { type: "button", class: "chip", click: () => ((input.value = word(name)), whole.say("")) }, word(name)));
  return { node: el("div", {}, whole, el("div", { class: "chips wrap" }, ...quick)), take: () => (input.value.trim() ? input.value.trim() : (whole.say(word("reason_empty")), "")) };
}

function confirmed(reason, act, close) {
  let isBusy = false;
  return async (event) => {
    event.preventDefault();
    const why = reason.take();
    if (!why || isBusy) return;
    isBusy = true;
    try {
      const done = await act(why);
      close();
      redraw();
      say(word(done ? "noted" : "gone_already"));
    } catch {
      isBusy = false;
      say(word("not_kept"));
    }
  };
}

function moreOf() {
  const fresh = async () => {
    await send();
    const data = await refresh(till.device.id);
    if (data) await reread();
    say(word(data ? "goods_fresh" : "goods_stale"));
    redraw();
  };
  const languages = el("a", { class: "button quiet", href: document.body.dataset.other, hreflang: document.body.dataset.otherLanguage }, icon("languages"), document.body.dataset.otherName);
  return el("div", { class: "more" }, el("h2", {}, word("more_title")), button(word("goods_refresh"), "rotate-ccw", fresh, { class: "button plain" }), button(word("lock"), "lock", () => show("lock"), { class: "button plain" }), button(word("open_anew"), "plus", () => show("open"), { class: "button plain" }), languages, el("p", { class: "hint" }, word("about_phone", { name: till.device.name, cashier: till.data.device.cashier })));
}
