// What the top of the page says: which tent, and calmly whether the server has everything.
import { el, icon } from "./dom.js";
import { odd, setStall, stallOf, till } from "./state.js";
import { show, shownScreen } from "./screen.js";
import { button, sheet } from "./dom.js";
import { word } from "./words.js";

export function drawTop() {
  const top = document.getElementById("top");
  if (!till.device || ["open", "lock"].includes(shownScreen())) return top.replaceChildren(title());
  const isToday = shownScreen() === "today";
  const back = isToday ? way("arrow-left", word("back_to_selling"), () => show("sell")) : way("receipt-text", word("today"), () => show("today"));
  return top.replaceChildren(...(isToday ? [back, tentButton(), state()] : [tentButton(), state(), back]));
}

const title = () => el("p", { class: "top-name" }, icon("store"), word("till"));

const way = (name, label, press) => el("button", { type: "button", class: "top-sign", "aria-label": label, title: label, "data-key": name, click: press }, icon(name));

function tentButton() {
  const { data, stall } = till;
  const name = [el("strong", {}, word("tent", { tent: stallOf(stall)?.tent ?? "" })), el("span", {}, data.day.site)];
  if (data.stalls.length < 2) return el("p", { class: "top-tent" }, ...name);
  return el("button", { type: "button", class: "top-tent", "data-key": "tent", click: chooseTent }, ...name, icon("chevron-down"));
}

function chooseTent() {
  const pick = async (id) => {
    await setStall(id);
    dialog.close();
    show("sell");
  };
  const tents = till.data.stalls.map((stall) => button(`${word("tent", { tent: stall.tent })} · ${stall.groups.join(", ")}`, stall.id === till.stall ? "check" : "tent", () => pick(stall.id), { class: "button plain wide" }));
  const warning = till.lines.length ? [el("p", { class: "hint" }, word("tent_clears"))] : [];
  const dialog = sheet(word("choose_tent"), ...warning, el("div", { class: "list" }, ...tents));
}

function state() {
  const { unsent, sending } = till;
  const isAway = !navigator.onLine || ["offline", "later"].includes(sending);
  const label = unsent ? word("unsent", { count: unsent }) : word(isAway ? "no_signal" : "all_sent");
  const drawing = unsent ? "cloud-upload" : isAway ? "cloud-off" : "check";
  return el("button", { type: "button", class: "top-state", "aria-label": label, title: label, "data-key": "state", click: () => show("today") }, icon(drawing), el("span", {}, unsent ? String(unsent) : ""));
}

// What a cashier must know before he goes on selling.
export function notices() {
  const made = [];
  const notice = (tone, drawing, text, ...more) => made.push(el("p", { class: "notice", "data-tone": tone, role: "note" }, icon(drawing), el("span", {}, text), ...more));
  if (till.device.revoked) notice("bad", "triangle-alert", word("revoked"));
  if (till.device.unknown) notice("bad", "triangle-alert", word("unknown_phone"));
  if (isOver(till.device.day.held_on)) notice("warn", "calendar-days", word("day_over", { day: till.device.day.held_on }), button(word("open_anew"), "plus", () => show("open")));
  if (till.data.unset?.length) notice("warn", "settings", [...till.data.unset.map((name) => word(`unset_${name}`)), word("unset_tell")].join(" "));
  if (odd().length) notice("warn", "circle-alert", word("odd", { count: odd().length }), button(word("look"), "arrow-right", () => show("today")));
  return made;
}

function isOver(day) {
  const now = new Date();
  return new Date(now.getFullYear(), now.getMonth(), now.getDate()) > new Date(`${day}T00:00`);
}
