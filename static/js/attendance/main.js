// The page starts from what the phone keeps, whether there is a signal or not, and sends when there is one. The day that
// is open stands in the address, so that the phone's own way back leads to the list.
import { keepWorker, link, listen, notice, noticesOfSignal, sender, sendLater, today, toTop, written } from "../phone/page.js";
import { button, el, say, sheet as dialogOf } from "../till/dom.js";
import { word } from "../till/words.js";
import { formOf } from "./form.js";
import { sendAll } from "./send.js";
import { keyOf, kept, remove, sheetOf, sheets } from "./store.js";

const FOLDER = "attendance";
const TONES = { begun: "warn", waits: "warn", refused: "bad" };
const { page, home, other, otherName } = document.body.dataset;
const status = el("div", { role: "status" });
const place = el("section", {});
const lead = el("p", { class: "hint" }, word("lead"));
const sendNow = sender(sendAll, drawAll);
let opened;

async function drawStatus() {
  const [result, all] = [await kept("result"), await sheets()];
  const [waiting, refused] = ["waits", "refused"].map((state) => all.filter((one) => one.state === state).length);
  const lines = [];
  if (refused) lines.push(notice("bad", "triangle-alert", word("not_taken", { count: refused })));
  if (waiting) lines.push(notice("warn", "cloud-upload", word("unsent", { count: waiting })));
  if (!all.length) lines.push(notice("good", "check", word("all_sent")));
  lines.push(...noticesOfSignal(result, page));
  if (waiting) lines.push(button(word("send_now"), "send", sendNow, { class: "button wide plain" }));
  status.replaceChildren(...lines);
}

async function drawList() {
  const [me, all] = [await kept("me"), await sheets()];
  if (opened) return null;
  if (!me) return place.replaceChildren(notice("warn", "info", word("days_missing")));
  const mine = new Map(all.filter(({ user }) => user.id === me.user.id).map((one) => [one.day.id, one]));
  const held = me.days.filter((day) => day.held_on <= today());
  const lost = all.filter((one) => one.user.id !== me.user.id || !held.some(({ id }) => id === one.day.id));
  const rows = [...held.map((day) => rowOf(day, mine.get(day.id), me)), ...lost.map((one) => rowOf(one.day, one, me))];
  const shown = rows.length ? el("ul", { class: "list" }, ...rows) : el("p", { class: "none" }, word("no_days"));
  return place.replaceChildren(el("p", { class: "hint" }, word("as", { name: me.user.name })), shown);
}

function rowOf(day, sheet, me) {
  const isOthers = sheet && sheet.user.id !== me.user.id;
  const people = me.people[day.class] ?? [];
  const filled = people.filter(({ id }) => sheet?.marks[id] ?? day.marks?.[id]).length;
  const isFull = filled === people.length;
  const isDone = isFull && !sheet;
  const said = isOthers ? word("of_other", { name: sheet.user.name }) : sheet ? (sheet.state === "refused" ? word("refused", { why: sheet.problem }) : word(sheet.state)) : "";
  const open = el("a", { class: isFull ? "button plain" : "button", href: `#${day.id}` }, word(isFull ? "change" : filled ? "go_on" : "fill"));
  const deeds = isOthers ? [] : [people.length ? open : null, sheet && sheet.state !== "waits" ? button(word("discard"), "trash-2", () => askDiscard(sheet), { class: "button quiet" }) : null];
  return el(
    "li",
    { class: "entry", "data-state": sheet?.state ?? (isDone ? "sent" : "open") },
    el("p", {}, el("strong", {}, written(day.held_on)), ` · ${day.title}, ${day.name}`),
    people.length ? notice(isDone ? "good" : "info", isDone ? "check" : "clipboard-check", word("people", { filled, count: people.length })) : null,
    said ? notice(TONES[sheet.state], "clock", said) : null,
    ...deeds,
  );
}

function askDiscard(sheet) {
  const sure = async () => {
    await remove(sheet.key);
    dialog.close();
    await drawAll();
  };
  const dialog = dialogOf(word("discard"), el("p", {}, word("discard_sure")), button(word("discard"), "trash-2", sure), button(word("cancel"), null, () => dialog.close(), { class: "button quiet" }));
}

// Drawn once when it is opened: nothing is taken from under a thumb.
async function drawDay(dayId) {
  const me = await kept("me");
  const known = me && (await sheetOf(keyOf(me.user, dayId)));
  const day = me?.days.find(({ id }) => id === dayId) ?? known?.day;
  if (!day) return leave();
  const now = day.marks ?? {};
  const { id, held_on, title, name } = day;
  const blank = { key: keyOf(me.user, id), user: me.user, day: { id, class: day.class, held_on, title, name }, marks: {}, seen: { ...now }, state: "begun", problem: "" };
  const form = formOf(known ?? blank, me.people[day.class] ?? [], now, leave);
  const back = link(page, "arrow-left", word("back"));
  back.addEventListener("click", (event) => (event.preventDefault(), leave()));
  place.replaceChildren(known?.problem ? notice("bad", "triangle-alert", word("refused", { why: known.problem })) : "", form, back);
  return toTop();
}

function leave() {
  history.replaceState(null, "", page);
  sendLater(FOLDER);
  return drawAll().then(() => (toTop(), sendNow()));
}

async function drawAll() {
  const dayId = Number(location.hash.slice(1)) || null;
  const isNew = dayId !== opened;
  opened = dayId;
  lead.hidden = status.hidden = Boolean(dayId);
  if (!dayId) await drawList();
  else if (isNew) await drawDay(dayId);
  await drawStatus();
}

async function begin() {
  const main = document.getElementById("main");
  const head = el("h1", {}, word("title"));
  main.replaceChildren(el("div", { class: "narrow" }, head, lead, status, place, link(home, "arrow-left", word("home")), link(other, "languages", otherName)));
  addEventListener("hashchange", drawAll);
  await drawAll();
  keepWorker(page, FOLDER);
  listen(FOLDER, sendNow, drawAll);
  await sendNow();
}

begin().catch(() => say(word("too_full")));
