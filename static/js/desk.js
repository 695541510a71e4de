// Keys for those who work in lists all day. Everything they do is also a link, a field or a button.
// One key alone may be pressed by chance or by a voice: it only moves the focus, and it can be switched off.

const hint = document.querySelector("[data-keys]");
const rows = [...document.querySelectorAll("main .table tbody th[scope=row] a")];
let used = true;

try {
  used = localStorage.getItem("keys") !== "off";
} catch {
  // A browser that keeps nothing asks again on every page.
}

if (hint) {
  const button = hint.querySelector("button");
  const say = () => {
    hint.querySelector("span").hidden = !used;
    button.textContent = used ? hint.dataset.off : hint.dataset.on;
    for (const mark of document.querySelectorAll("kbd")) mark.hidden = !used;
  };
  for (const target of document.querySelectorAll("[data-key]")) {
    const mark = Object.assign(document.createElement("kbd"), { textContent: target.dataset.key.toUpperCase() });
    mark.setAttribute("aria-hidden", "true");
    const place = target.labels?.[0] ?? target;
    place.append(" ", mark);
  }
  button.addEventListener("click", () => {
    used = !used;
    try {
      localStorage.setItem("keys", used ? "on" : "off");
    } catch {
      // Then it holds for this page.
    }
    say();
  });
  hint.hidden = false;
  say();
}

for (const label of document.querySelectorAll("[data-tick-all]")) {
  const all = label.querySelector("input");
  const boxes = [...label.closest("form").querySelectorAll("tbody [type=checkbox]")];
  all.addEventListener("change", () => boxes.forEach((box) => (box.checked = all.checked)));
  label.hidden = boxes.length < 2;
}

// How many are ticked is said beside what is done with them and where it is asked; with none there is nothing to do.
for (const shown of document.querySelectorAll("[data-ticked]")) {
  const form = shown.closest("form");
  const boxes = [...form.querySelectorAll("tbody [type=checkbox]")];
  const count = () => {
    const ticked = boxes.filter((box) => box.checked).length;
    shown.textContent = ticked ? shown.dataset.ticked.replace("{count}", ticked) : shown.dataset.none;
    for (const button of form.querySelectorAll(".ticked > .button")) button.disabled = !ticked;
  };
  shown.hidden = false;
  form.addEventListener("change", count);
  addEventListener("pageshow", count); // A browser that goes back keeps the ticks.
}

addEventListener("keydown", (event) => {
  if (!hint || !used || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input:not([type=checkbox]), select, textarea, dialog, [contenteditable]")) return;
  const target = found(event);
  if (!target) return;
  event.preventDefault();
  target.focus();
  target.scrollIntoView({ block: "nearest" });
});

function found({ key, target }) {
  if (key === "/") return document.querySelector("main [name=q]");
  const here = rows.indexOf(target.closest("tr")?.querySelector("th[scope=row] a"));
  const step = { j: 1, k: -1, ...(here >= 0 && { ArrowDown: 1, ArrowUp: -1 }) }[key];
  if (step) return rows[Math.min(Math.max(here < 0 ? 0 : here + step, 0), rows.length - 1)];
  return document.querySelector(`[data-key="${CSS.escape(key)}"]`);
}

// Of a strip of lists that goes on past the screen, the one that is open is in sight.
document.querySelector(".chips.slide [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
