// The page starts from what the phone keeps, whether there is a signal or not, and sends when there is one.
import { button, el, icon, say, sheet } from "../till/dom.js";
import { word } from "../till/words.js";
import { blank, formOf } from "./form.js";
import { sendAll } from "./send.js";
import { add, draftOf, keep, kept, remove, visits } from "./store.js";

const { page, home, other, otherName } = document.body.dataset;
const SOON = 2000;
const OFTEN = 60_000;
const status = el("div", { role: "status" });
const writing = el("section", {});
const list = el("section", {});
let shownFor;
let waiting;
let pause = SOON;

async function drawStatus() {
  const [result, all] = [await kept("result"), await visits()];
  const waiting = all.filter((visit) => !visit.id && !visit.problem).length;
  const refused = all.filter((visit) => !visit.id && visit.problem).length;
  const lines = [];
  if (refused) lines.push(notice("bad", "triangle-alert", word("not_taken", { count: refused })));
  if (waiting) lines.push(notice("warn", "cloud-upload", word("unsent", { count: waiting })));
  if (!waiting && !refused) lines.push(notice("good", "check", word("all_sent")));
  if (!navigator.onLine || result === "offline") lines.push(notice("warn", "cloud-off", word("no_signal")));
  else if (result === "stranger") lines.push(notice("bad", "log-in", word("sign_in_first")), link(`/masuk?next=${encodeURIComponent(page)}`, "log-in", word("sign_in")));
  if (waiting) lines.push(button(word("send_now"), "send", sendNow, { class: "button wide plain" }));
  status.replaceChildren(...lines);
}

const written = (day) => new Date(`${day}T12:00`).toLocaleDateString(document.documentElement.lang, { day: "numeric", month: "short", year: "numeric" });
const notice = (tone, drawing, text) => el("p", { class: "notice", "data-tone": tone }, icon(drawing), el("span", {}, text));
const link = (address, drawing, text) => el("a", { class: "button plain", href: address }, icon(drawing), el("span", {}, text));

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
  scrollTo(0, 0);
  navigator.serviceWorker?.ready.then((worker) => worker.sync?.register("visits")).catch(() => {});
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
  return el("li", { class: "visit-row", "data-state": state }, head, notice(tone, visit.id ? "check" : "clock", said), ...deeds);
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
    return scrollTo(0, 0);
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

async function sendNow() {
  let result;
  try {
    result = await sendAll();
  } finally {
    clearTimeout(waiting);
    waiting = setTimeout(sendNow, pauseAfter(result));
  }
  await drawAll();
}

// A far tower gives one answer in three: what did not come through is tried again soon, then less and less often.
function pauseAfter(result) {
  pause = result === "offline" ? Math.min(pause * 2, OFTEN) : SOON;
  return result === "offline" ? pause : OFTEN;
}

async function keepWorker() {
  try {
    await navigator.serviceWorker.register(`${page}/sw.js`, { scope: page, type: "module" });
    await (await caches.open("visit-choice")).put("/lang", new Response(document.documentElement.lang));
  } catch {
    if (navigator.onLine) say(word("no_worker"));
  }
}

async function begin() {
  const main = document.getElementById("main");
  const head = el("h1", {}, word("title"));
  main.replaceChildren(el("div", { class: "narrow" }, head, el("p", { class: "hint" }, word("lead")), status, writing, list, link(home, "arrow-left", word("home")), link(other, "languages", otherName)));
  await drawAll();
  keepWorker();
  addEventListener("online", sendNow);
  addEventListener("offline", drawAll);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && sendNow());
  new BroadcastChannel("visits").addEventListener("message", drawAll);
  await sendNow();
}

begin().catch(() => say(word("too_full")));
