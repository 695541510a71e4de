// The list of a day. What is ticked is kept at once: a phone that goes off loses nothing.
import { written } from "../phone/page.js";
import { button, choices, el, icon, say } from "../till/dom.js";
import { word } from "../till/words.js";
import { put } from "./store.js";

const MARKS = ["came", "excused", "absent"];

// `sheet` is changed as it is ticked, and holds only what was ticked here; `now` is what the server told last of the day;
// `done` is called when it is saved.
export function formOf(sheet, people, now, done) {
  const markOf = (id) => sheet.marks[id] ?? now[id];
  const count = el("p", { class: "hint", role: "status" });
  const list = el("ul", { class: "list" });
  const fault = el("p", { class: "fault", role: "alert" });

  async function change(marks) {
    Object.assign(sheet, { marks: { ...sheet.marks, ...marks }, state: "begun", written: Date.now() });
    // Counted when it is on the disk.
    await put(sheet).then(tell, () => say(word("too_full")));
  }

  function tell() {
    const filled = people.filter(({ id }) => markOf(id)).length;
    count.textContent = word("people", { filled, count: people.length });
  }

  function rowOf({ id, name, village }) {
    const isElsewhere = sheet.marks[id] && now[id] && now[id] !== sheet.marks[id] && now[id] !== sheet.seen[id];
    const options = MARKS.map((mark) => [mark, word(mark)]);
    return el(
      "li",
      { class: "person" },
      el("p", {}, el("strong", {}, name), el("span", { class: "hint" }, ` · ${village}`)),
      isElsewhere ? el("p", { class: "fault" }, word("elsewhere", { mark: word(now[id]) })) : null,
      choices(`mark-${id}`, name, options, markOf(id), (mark) => change({ [id]: mark })),
    );
  }

  const draw = () => list.replaceChildren(...people.map(rowOf));

  async function fillUp() {
    await change(Object.fromEntries(people.filter(({ id }) => !markOf(id)).map(({ id }) => [id, "came"])));
    draw();
  }

  async function submit(event) {
    event.preventDefault();
    fault.textContent = Object.keys(sheet.marks).length ? "" : word("nobody");
    if (fault.textContent) return;
    try {
      // Whoever saves has seen what stands there now.
      await put({ ...sheet, seen: { ...now }, state: "waits", problem: "", written: Date.now() });
    } catch {
      say(word("too_full"));
      return;
    }
    say(word("kept"));
    done();
  }

  tell();
  draw();
  return el(
    "form",
    { class: "attendance", novalidate: true, submit },
    el("h2", {}, written(sheet.day.held_on)),
    el("p", {}, `${sheet.day.title}, ${sheet.day.name}`),
    count,
    list,
    button(word("all_came"), "check", fillUp, { class: "button wide plain" }),
    fault,
    el("button", { class: "button wide" }, icon("save"), el("span", {}, word("save"))),
  );
}
