// Comfort on top of pages that work without it.

// One press, one order: a second submit of the same form is dropped until the page is shown anew.
const sent = new WeakSet();

addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (sent.has(form)) {
    event.preventDefault();
    return;
  }
  sent.add(form);
  // After this turn, or the pressed button's own name and value would not be sent.
  setTimeout(() => setBusy(form, true));
});

addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.forms) {
    sent.delete(form);
    setBusy(form, false);
  }
});

function setBusy(form, busy) {
  for (const button of form.querySelectorAll("button:not([type=button])")) {
    button.disabled = busy;
    button.toggleAttribute("aria-busy", busy);
  }
}

// What was wrong is not wrong any more once it is changed; whether it is right, the server says. The words keep their
// place: what moves away under a finger that presses already is not pressed.
addEventListener("change", ({ target }) => {
  const field = target.closest("[data-wrong]");
  if (!field || !target.value.trim()) return;
  for (const mark of field.querySelectorAll("[aria-invalid]")) mark.removeAttribute("aria-invalid");
  field.removeAttribute("data-wrong");
  field.querySelector(".wrong")?.classList.add("mended");
  for (const link of document.querySelectorAll(".problems a")) {
    if (field.contains(document.getElementById(link.hash.slice(1)))) link.closest("li").classList.add("mended");
  }
  for (const box of document.querySelectorAll(".problems")) {
    if (!box.querySelector("li:not(.mended)")) box.classList.add("mended");
  }
});

// A checkout that was sent need not wait in this tab any more, once an order is shown; and nothing stays of who signs out.
if (document.querySelector("[data-ordered]")) forget((kept) => kept?.isSent);
document.querySelector("form[action='/keluar']")?.addEventListener("submit", () => forget(() => true));

function forget(isOver) {
  try {
    if (isOver(JSON.parse(sessionStorage.getItem("checkout")))) sessionStorage.removeItem("checkout");
  } catch {
    // Nothing is kept there.
  }
}

// Leaving a half-filled form asks first.
for (const form of document.querySelectorAll("form[data-guard]")) {
  let changed = false;
  form.addEventListener("input", () => (changed = true));
  form.addEventListener("submit", () => (changed = false));
  addEventListener("beforeunload", (event) => changed && event.preventDefault());
}

// A filter that is chosen acts at once; its button is only needed without JavaScript.
for (const form of document.querySelectorAll("form[data-autosubmit]")) {
  form.addEventListener("change", (event) => {
    if (event.target.matches("select, [type=checkbox], [type=radio]")) form.requestSubmit();
  });
}

// Chosen photos are shown before they travel; a canvas needs no exception in the content policy.
for (const input of document.querySelectorAll("input[type=file][accept*=image]")) {
  const shown = document.createElement("div");
  const drop = input.closest(".drop");
  shown.className = "previews";
  shown.setAttribute("aria-hidden", "true");
  (drop ? drop.parentElement.lastElementChild : input).after(shown);
  // The input fills its place unseen, so that what is dropped there is its own.
  for (const [name, over] of [["dragenter", true], ["dragleave", false], ["drop", false]]) {
    input.addEventListener(name, () => drop?.toggleAttribute("data-over", over));
  }
  input.addEventListener("change", async () => {
    const drawn = await Promise.all([...input.files].map(preview));
    shown.replaceChildren(...drawn.filter(Boolean));
  });
}

async function preview(file) {
  const side = 192;
  try {
    const picture = await createImageBitmap(file);
    const cut = Math.min(picture.width, picture.height);
    const canvas = Object.assign(document.createElement("canvas"), { width: side, height: side });
    const [left, top] = [(picture.width - cut) / 2, (picture.height - cut) / 2];
    canvas.getContext("2d").drawImage(picture, left, top, cut, cut, 0, 0, side, side);
    picture.close();
    return canvas;
  } catch {
    return null; // Not a picture: the server says so in words.
  }
}

for (const button of document.querySelectorAll("button[data-copy]")) {
  const word = button.querySelector("span");
  const before = word.textContent;
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    word.textContent = button.dataset.copied;
    setTimeout(() => (word.textContent = before), 2000);
  });
}

for (const input of document.querySelectorAll("input[data-stepper]")) {
  const frame = document.createElement("span");
  frame.className = "stepper";
  input.replaceWith(frame);
  frame.append(stepButton(input, "−", "less", () => input.stepDown()), input);
  frame.append(stepButton(input, "+", "more", () => input.stepUp()));
}

function stepButton(input, sign, word, step) {
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: sign });
  button.setAttribute("aria-label", input.dataset[word]);
  button.addEventListener("click", () => {
    step();
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
  return button;
}

// What folds open without a script is asked in a dialog with one; the browser gives the focus back to its button.
for (const fold of document.querySelectorAll("details[data-dialog]")) {
  const summary = fold.querySelector("summary");
  const button = Object.assign(document.createElement("button"), { type: "button", className: summary.className });
  const close = Object.assign(document.createElement("button"), { type: "button", className: "dialog-close", textContent: "×" });
  const head = Object.assign(document.createElement("h2"), { textContent: fold.dataset.dialog });
  const dialog = document.createElement("dialog");
  button.dataset.tone = summary.dataset.tone;
  button.append(...summary.childNodes);
  close.setAttribute("aria-label", fold.dataset.close);
  dialog.setAttribute("aria-label", fold.dataset.dialog);
  dialog.append(close, head, ...fold.querySelector(".fold-body").childNodes);
  button.addEventListener("click", () => dialog.showModal());
  close.addEventListener("click", () => dialog.close());
  // A press beside the dialog closes it: only there is the dialog itself pressed.
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  for (const out of dialog.querySelectorAll("[data-shut]")) {
    out.hidden = false;
    out.addEventListener("click", () => dialog.close());
  }
  fold.replaceWith(button, dialog);
  if (fold.open) openWrong(dialog, head);
}

// It comes back open because of what was wrong in it: that is said in it, and the first wrong field waits for the hand.
function openWrong(dialog, head) {
  const problems = document.querySelector("[data-focus]");
  if (problems) head.after(problems);
  dialog.showModal();
  (dialog.querySelector("[aria-invalid=true]") ?? problems)?.focus();
}

if (!document.querySelector("dialog[open]")) document.querySelector("[data-focus]")?.focus();

// What is ticked in a list is counted and summed as it changes; without a script the server does it.
for (const form of document.querySelectorAll("form[data-tally]")) {
  const shown = form.querySelector("[data-tally-shown]");
  const figure = new Intl.NumberFormat("id-ID");
  const rupiah = (sum) => `Rp${figure.format(sum)}`;
  const wayOf = (input) => input.dataset.way || form.elements[`way-${input.value}`]?.value;
  const sumOf = (inputs) => inputs.reduce((total, input) => total + Number(input.dataset.amount), 0);
  const count = () => {
    const ticked = [...form.querySelectorAll("input[data-amount]")].filter((input) => input.type === "hidden" || input.checked);
    if (shown) shown.textContent = shown.dataset.text.replace("{count}", figure.format(ticked.length)).replace("{sum}", rupiah(sumOf(ticked)));
    const by = (way) => sumOf(ticked.filter((input) => wayOf(input) === way));
    for (const part of form.querySelectorAll("[data-tally-of]")) part.textContent = rupiah(by(part.dataset.tallyOf));
    for (const part of form.querySelectorAll("[data-tally-above]")) part.hidden = by(part.dataset.tallyMethod) <= Number(part.dataset.tallyAbove);
  };
  form.querySelector("[data-tally-button]")?.remove();
  form.addEventListener("change", count);
  count();
  addEventListener("pageshow", () => setTimeout(count)); // A browser that goes back sets the ticks again, and only then.
}

// Where it may not be kept (no HTTPS, a private window) the browser says itself that there is no connection.
navigator.serviceWorker?.register("/sw.js").catch(() => {});

// A form that could not be sent is as the browser kept it, one step back; loaded anew it would be empty. Without a
// connection the link only shows this page again.
const unsent = location.pathname.endsWith("/belum-terkirim") && document.querySelector("main a.button");
if (unsent) {
  unsent.addEventListener("click", (event) => {
    if (!navigator.onLine) return;
    event.preventDefault();
    history.back();
  });
}
