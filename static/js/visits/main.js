// The page starts from what the phone keeps, whether there is a signal or not, and sends when there is one.
import { keepWorker, link, listen, notice, noticesOfSignal, sender, sendLater, toTop, written } from "../phone/page.js";
import { button, el, say, sheet } from "../till/dom.js";
import { word } from "../till/words.js";
import { blank, formOf } from "./form.js";
import { sendAll } from "./send.js";
import { add, draftOf, keep, kept, remove, visits } from "./store.js";

const { page, home, other, otherName } = document.body.dataset;
const status = el("div", { role: "status" });
const writing = el("section", {});
const list = el("section", {});
const sendNow = sender(sendAll, drawAll);
let shownFor;

async function drawStatus() {
  const [result, all] = [await kept("result"), await visits()];
  const waiting = all.filter((visit) => !visit.id && !visit.problem).length;
  const refused = all.filter((visit) => !visit.id && visit.problem).length;
  const lines = [];
  if (refused) lines.push(notice("bad", "triangle-alert", word("not_taken", { count: refused })));
  if (waiting) lines.push(notice("warn", "cloud-upload", word("unsent", { count: waiting })));
  if (!waiting && !refused) lines.push(notice("good", "check", word("all_sent")));
  lines.push(...noticesOfSignal(result, page));
  if (waiting) lines.push(button(word("send_now"), "send", sendNow, { class: "button wide plain" }));
  status.replaceChildren(...lines);
}

// The form is drawn once for each mentor, and anew after a visit was kept: nothing is taken from under a thumb.
async function drawForm(isNew = false) {
  const me = await kept("me");
  if (!me) {
    writing.replaceChildren(notice("warn", "info", word("groups_missing")));
    return;
  }
  const known = JSON.stringify(me);
  const isBusy = writing.contains(document.activeElement) && document.activeElement !== document.body;
  if (!isNew && (shownFor === known || (shownFor && isBusy))) return;
  shownFor = known;
  const draft = (await kept(draftOf(me.user))) ?? blank(me);
  writing.replaceChildren(el("p", { class: "hint" }, word("as", { name: me.user.name })), formOf(me, draft, afterKept));
}

async function afterKept() {
  await drawForm(true);
  await drawAll();
  toTop();
  sendLater("visits");
  await sendNow();
}

async function drawList() {
  const [me, all] = [await kept("me"), await visits()];
  list.hidden = !all.length;
  list.replaceChildren(el("h2", {}, word("written")), el("ul", { class: "list" }, ...all.map((visit) => rowOf(visit, me))));
}

function rowOf(visit, me) {
  const isOthers = !visit.id && me && visit.user.id !== me.user.id;
  const said = visit.id ? word("sent") : visit.problem ? word("refused", { why: visit.problem }) : isOthers ? word("of_other", { name: visit.user.name }) : word("waits");
  const state = visit.id ? "sent" : visit.problem ? "refused" : "waits";
  const tone = { sent: "good", refused: "bad", waits: "warn" }[state];
  const deeds = visit.id ? [link(`${home}/kunjungan/${visit.id}`, "eye", word("open"))] : isOthers ? [] : deedsOf(visit);
  const head = el("p", {}, el("strong", {}, visit.group.name), ` · ${written(visit.visited_on)}`);
  return el("li", { class: "entry visit-row", "data-state": state }, head, notice(tone, visit.id ? "check" : "clock", said), ...deeds);
}

function deedsOf(visit) {
  const anew = async () => {
    await add({ ...visit, key: crypto.randomUUID(), written: Date.now(), problem: "" });
    await remove(visit.key);
    await sendNow();
  };
  const edit = async () => {
    const begun = await kept(draftOf(visit.user));
    if (begun?.findings || begun?.photos.length) return say(word("draft_first"));
    await keep(draftOf(visit.user), { ...visit, todo: [...visit.todo, { what: "", due_on: "" }] });
    await remove(visit.key);
    await drawForm(true);
    await drawAll();
    return toTop();
  };
  return [
    visit.isUsed && visit.problem ? button(word("as_new"), "send", anew) : null,
    button(word("edit"), "pencil", edit, { class: "button plain" }),
    button(word("delete"), "trash-2", () => askDelete(visit), { class: "button quiet" }),
  ].filter(Boolean);
}

function askDelete(visit) {
  const sure = async () => {
    await remove(visit.key);
    dialog.close();
    await drawAll();
  };
  const dialog = sheet(word("delete"), el("p", {}, word("delete_sure")), button(word("delete"), "trash-2", sure), button(word("cancel"), null, () => dialog.close(), { class: "button quiet" }));
}

async function drawAll() {
  await drawForm();
  await drawStatus();
  await drawList();
}

async function begin() {
  const main = document.getElementById("main");
  const head = el("h1", {}, word("title"));
  main.replaceChildren(el("div", { class: "narrow" }, head, el("p", { class: "hint" }, word("lead")), status, writing, list, link(home, "arrow-left", word("home")), link(other, "languages", otherName)));
  await drawAll();
  keepWorker(page, "visits");
  listen("visits", sendNow, drawAll);
  await sendNow();
}

begin().catch(() => say(word("too_full")));
