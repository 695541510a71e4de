// Which screen is shown. Each is a function that returns its parts; `main.js` names them.
const screens = new Map();
let drawn = "";

export const name = (all) => Object.entries(all).forEach(([key, draw]) => screens.set(key, draw));
export const shownScreen = () => drawn;

export function show(key, ...values) {
  drawn = key;
  for (const open of document.querySelectorAll("dialog[open]")) open.close();
  const main = document.getElementById("main");
  document.body.dataset.screen = key;
  main.replaceChildren(...[screens.get(key)(...values)].flat());
  main.scrollTop = 0;
  (main.querySelector("[autofocus]") ?? main).focus({ preventScroll: true });
}

// Another look at what is there, after something changed underneath.
export function redraw() {
  const at = document.activeElement?.dataset.key;
  const draw = document.getElementById("main").firstElementChild?.redraw;
  draw?.();
  if (at) document.querySelector(`#main [data-key="${CSS.escape(at)}"]`)?.focus({ preventScroll: true });
}
