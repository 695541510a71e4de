// Elements in one line each. Attributes that are functions become what listens; false and null are left out.
const SVG = "http://www.w3.org/2000/svg";

export function el(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) put(made, name, value);
  made.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

function put(made, name, value) {
  if (typeof value === "function") made.addEventListener(name, value);
  else if (name === "value") made.value = value;
  else if (value === true) made.setAttribute(name, "");
  else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value);
}

export function icon(name) {
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("class", "icon");
  drawing.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${document.body.dataset.icons}#${name}`);
  drawing.append(use);
  return drawing;
}

export const button = (text, sign, press, attributes = {}) =>
  el("button", { type: "button", class: "button", click: press, ...attributes }, sign ? icon(sign) : null, el("span", {}, text));

// A button of a drawing alone says its word to who does not see it.
export const sign = (name, label, press, attributes = {}) =>
  el("button", { type: "button", class: "sign", "aria-label": label, title: label, click: press, ...attributes }, icon(name));

// A labelled field; `fault` is said beside it and by it.
let fields = 0;
export function field(label, input, hint = "") {
  const id = `field-${(fields += 1)}`;
  input.id = id;
  const fault = el("p", { class: "fault", id: `${id}-fault`, role: "alert" });
  input.setAttribute("aria-describedby", `${id}-fault`);
  const whole = el("div", { class: "field" }, el("label", { for: id }, label), hint ? el("p", { class: "hint" }, hint) : null, input, fault);
  whole.input = input;
  whole.say = (text) => {
    fault.textContent = text;
    input.toggleAttribute("aria-invalid", false);
    if (text) input.setAttribute("aria-invalid", "true");
    if (text) input.focus();
  };
  return whole;
}

// Choices of which one is taken, as wide buttons; what is taken is also said.
export function choices(name, legend, options, chosen, pick) {
  const made = options.map(([value, text]) => {
    const input = el("input", { type: "radio", name, value, checked: value === chosen, change: () => pick(value) });
    return el("label", { class: "choice" }, input, el("span", {}, text));
  });
  return el("fieldset", { class: "choices" }, el("legend", { class: "sr" }, legend), ...made);
}

// A sheet over the page. It closes by its button, by Escape, and by a press beside it; the focus goes back by itself.
export function sheet(title, ...children) {
  const close = el("button", { type: "button", class: "sign close", "aria-label": document.body.dataset.close, click: () => dialog.close() }, icon("x"));
  const head = el("div", { class: "sheet-head" }, el("h2", {}, title), close);
  const dialog = el("dialog", { class: "sheet", "aria-label": title }, head, ...children);
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

// Above a sheet that is open.
function raise(place) {
  if (!place.showPopover) return place.removeAttribute("popover");
  if (place.matches(":popover-open")) place.hidePopover();
  return place.showPopover();
}

let fading;
export function say(text) {
  const place = document.getElementById("said");
  clearTimeout(fading);
  place.replaceChildren(el("p", {}, text));
  raise(place);
  fading = setTimeout(() => place.replaceChildren(), 5000);
}
