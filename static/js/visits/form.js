// The form of a visit. What is typed is kept as a draft at once, photos too: a phone that goes off loses nothing.
import { button, choices, el, field, icon, say } from "../till/dom.js";
import { word } from "../till/words.js";
import { today } from "../phone/page.js";
import { shrunk } from "../shrink.js";
import { add, draftOf, keep } from "./store.js";

const LINES = 2;
const most = Number(document.body.dataset.most);

export const blank = (me) => ({
  key: crypto.randomUUID(),
  group: null,
  visited_on: me.today,
  kind: "group",
  families: [],
  findings: "",
  todo: Array.from({ length: LINES }, () => ({ what: "", due_on: "" })),
  photos: [],
});

// `visit` is changed as it is typed; `done` is called when it is kept.
export function formOf(me, visit, done) {
  const draft = () => keep(draftOf(me.user), visit).catch(() => say(word("too_full")));
  const set = (name, value) => {
    visit[name] = value;
    draft();
  };
  const option = (group) => el("option", { value: String(group.id), selected: group.id === visit.group?.id }, group.name);
  const group = field(
    word("group"),
    el("select", { name: "group", change: () => pick() }, el("option", { value: "" }, word("choose")), ...me.groups.map(option)),
  );
  const day = field(word("visited_on"), el("input", { type: "date", name: "visited_on", value: visit.visited_on, max: today(), input: () => set("visited_on", day.input.value) }));
  const kinds = [["group", word("where_group")], ["home", word("where_home")]];
  const where = choices("kind", word("where"), kinds, visit.kind, (kind) => set("kind", kind));
  const families = el("fieldset", { class: "list" });
  const familyFault = el("p", { class: "fault", role: "alert" });
  const findings = field(word("findings"), el("textarea", { name: "findings", rows: 5, maxlength: 4000, input: () => set("findings", findings.input.value) }));
  findings.input.value = visit.findings;
  const todoFault = el("p", { class: "fault", role: "alert" });

  function pick() {
    const found = me.groups.find((one) => String(one.id) === group.input.value);
    set("group", found ? { id: found.id, name: found.name } : null);
    set("families", []);
    drawFamilies();
  }

  function drawFamilies() {
    const found = me.groups.find((one) => one.id === visit.group?.id)?.families ?? [];
    const tick = ({ id, name }) =>
      el("label", { class: "tick" }, el("input", { type: "checkbox", name: "families", value: String(id), checked: visit.families.includes(id), change: (event) => mark(id, event.target.checked) }), el("span", {}, name));
    families.replaceChildren(el("legend", {}, word("families")), el("p", { class: "hint" }, word("families_hint")), ...found.map(tick));
    families.hidden = !found.length;
  }

  function mark(id, isTicked) {
    set("families", isTicked ? [...visit.families, id] : visit.families.filter((one) => one !== id));
  }

  function fault() {
    for (const one of [group, day, findings]) one.say("");
    familyFault.textContent = visit.kind === "home" && visit.families.length !== 1 ? word("one_family") : "";
    todoFault.textContent = visit.todo.some(({ what, due_on }) => Boolean(what.trim()) !== Boolean(due_on)) ? word("half") : "";
    if (!visit.findings.trim()) findings.say(word("missing"));
    if (!visit.visited_on) day.say(word("missing"));
    else if (visit.visited_on > today()) day.say(word("not_yet"));
    if (!visit.group) group.say(word("missing"));
    return Boolean(familyFault.textContent || todoFault.textContent || document.querySelector(".fault:not(:empty)"));
  }

  async function submit(event) {
    event.preventDefault();
    if (fault()) return;
    try {
      const todo = visit.todo.filter(({ what }) => what.trim());
      await add({ ...visit, todo, user: me.user, written: Date.now(), id: null, problem: "" });
    } catch {
      say(word("too_full"));
      return;
    }
    say(word("kept"));
    done();
  }

  drawFamilies();
  const lines = visit.todo.map((line) => lineOf(line, draft));
  return el(
    "form",
    { class: "visit", novalidate: true, submit },
    ...[group, day, where, families, familyFault, findings, photosOf(visit, draft)],
    el("fieldset", { class: "list" }, el("legend", {}, word("to_do")), ...lines),
    todoFault,
    el("button", { class: "button wide" }, icon("save"), el("span", {}, word("keep"))),
  );
}

function lineOf(line, draft) {
  const set = (name) => (event) => {
    line[name] = event.target.value;
    draft();
  };
  const what = field(word("what"), el("input", { type: "text", name: "what", maxlength: 300, autocomplete: "off", value: line.what, input: set("what") }));
  const until = field(word("until"), el("input", { type: "date", name: "due_on", value: line.due_on, input: set("due_on") }));
  return el("div", {}, what, until);
}

// Photos are made small when they are taken, and kept as they are.
function photosOf(visit, draft) {
  const row = el("div", { class: "photos" });
  const input = el("input", { type: "file", name: "photos", accept: "image/jpeg,image/png,image/webp", capture: "environment", multiple: true, change: take });
  const drop = (photo) => {
    visit.photos = visit.photos.filter((one) => one !== photo);
    draft();
    draw();
  };

  async function take() {
    const taken = await Promise.all([...input.files].map(shrunk));
    const room = most - visit.photos.length;
    if (taken.length > room) say(word("photos_most", { count: most }));
    visit.photos = [...visit.photos, ...taken.slice(0, room)];
    input.value = "";
    await draft();
    draw();
  }

  function draw() {
    row.replaceChildren(...visit.photos.map((photo) => el("figure", {}, pictureOf(photo), button(word("drop_photo"), "x", () => drop(photo), { class: "button quiet" }))));
  }

  draw();
  return el("div", {}, field(word("photo"), input), row);
}

function pictureOf(photo) {
  const url = URL.createObjectURL(photo);
  return el("img", { src: url, alt: word("photos"), width: 96, height: 96, load: () => URL.revokeObjectURL(url) });
}
