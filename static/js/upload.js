// Photos travel with a bar that shows how far they are; without a script the form is sent as it is.
// Before that they are made as small as the shop needs them: a phone's photo is ten times as heavy, and data costs money.
import { shrunk } from "./shrink.js";

for (const form of document.querySelectorAll("form[data-upload]")) {
  form.addEventListener("change", (event) => event.target.type === "file" && shrinkAll(event.target));
  form.addEventListener("submit", (event) => {
    const heavy = [...form.querySelectorAll("input[type=file]")].some((input) => input.files.length);
    if (event.defaultPrevented || !heavy) return;
    event.preventDefault();
    if (!form.querySelector("progress")) send(form, event.submitter);
  });
  // Who comes back to the page as he left it may send again.
  addEventListener("pageshow", (event) => event.persisted && form.querySelector(".sending")?.remove());
}

async function shrinkAll(input) {
  const carried = new DataTransfer();
  for (const file of await Promise.all([...input.files].map(shrunk))) carried.items.add(file);
  input.files = carried.files;
}

function send(form, button) {
  const data = new FormData(form);
  if (button?.name) data.append(button.name, button.value);
  const request = new XMLHttpRequest();
  const show = bar(form);
  request.open("POST", form.action);
  request.setRequestHeader("X-Progress", "1");
  request.upload.addEventListener("progress", (event) => event.lengthComputable && show(event.loaded / event.total));
  // What is wrong, and a session that is over, are pages: the browser asks for them itself, with what was typed.
  request.addEventListener("load", () => {
    const next = request.getResponseHeader("X-Next");
    if (next) return location.assign(next);
    keepPhotos(form, request.getResponseHeader("X-Kept"));
    sendPlainly(form, button);
  });
  request.addEventListener("error", () => sendPlainly(form, button));
  request.send(data);
}

// Photos that arrived and are kept need not travel again: their references go along instead.
function keepPhotos(form, references) {
  if (!references) return;
  for (const input of form.querySelectorAll("input[type=file]")) input.value = "";
  for (const value of references.split(" ")) {
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "kept_photos", value }));
  }
}

function sendPlainly(form, button) {
  if (button?.name) form.append(Object.assign(document.createElement("input"), { type: "hidden", name: button.name, value: button.value }));
  form.submit();
}

function bar(form) {
  const frame = Object.assign(document.createElement("div"), { className: "sending" });
  const progress = Object.assign(document.createElement("progress"), { max: 1, value: 0 });
  const words = document.createElement("p");
  words.setAttribute("role", "status");
  progress.setAttribute("aria-hidden", "true");
  frame.append(words, progress);
  form.append(frame);
  const show = (part) => {
    progress.value = part;
    words.textContent = form.dataset.upload.replace("{percent}", `${Math.round(part * 100)} %`);
  };
  show(0);
  return show;
}
