// A label's code by the camera where the browser reads codes, by its letters everywhere.
import { el, field, sheet } from "./dom.js";
import { word } from "./words.js";

const OFTEN = 250;

export const canScan = () => "BarcodeDetector" in window && Boolean(navigator.mediaDevices?.getUserMedia);

export function openScan(found) {
  const input = el("input", { type: "text", autocomplete: "off", autocapitalize: "none", spellcheck: "false" });
  const whole = field(word("code"), input, word("code_hint"));
  const submit = (event) => {
    event.preventDefault();
    if (!input.value.trim()) return whole.say(word("code_empty"));
    return done(input.value);
  };
  const form = el("form", { novalidate: true, submit }, whole, el("button", { class: "button wide" }, word("take")));
  const view = el("div", { class: "camera" });
  const dialog = sheet(word("scan"), view, form);
  const done = (text) => {
    dialog.close();
    found(text);
  };
  if (canScan()) watch(view, dialog, done);
  else view.append(el("p", { class: "hint" }, word("no_camera")));
}

async function watch(view, dialog, done) {
  let stream;
  dialog.addEventListener("close", () => stream?.getTracks().forEach((track) => track.stop()));
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    const video = el("video", { playsinline: true, muted: true, "aria-label": word("camera") });
    video.srcObject = stream;
    view.append(video);
    await video.play();
    await look(new BarcodeDetector({ formats: ["qr_code"] }), video, dialog, done);
  } catch {
    if (dialog.open) view.replaceChildren(el("p", { class: "hint" }, word("no_camera")));
  }
  if (!dialog.open) stream?.getTracks().forEach((track) => track.stop());
}

async function look(detector, video, dialog, done) {
  while (dialog.open) {
    const [code] = await detector.detect(video);
    if (code) return done(code.rawValue);
    await new Promise((resume) => setTimeout(resume, OFTEN));
  }
  return null;
}

