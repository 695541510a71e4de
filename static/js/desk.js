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
