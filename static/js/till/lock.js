// The PIN after a while: asked here, without a network; wrong ones make it wait, and longer each time.
import { button, el, field } from "./dom.js";
import { fits, isPin, waitAfter } from "./pin.js";
import { show } from "./screen.js";
import { till } from "./state.js";
import { keep, kept } from "./store.js";
import { word } from "./words.js";

const NOTED = 15_000;
let noted = 0;

// Somebody is using the phone. `touched` in the store lets a phone that was switched off ask as well.
export function touch() {
  if (Date.now() - noted < NOTED && noted <= Date.now()) return;
  noted = Date.now();
  keep("touched", noted);
}

export async function isIdle() {
  const touched = await kept("touched");
  const idle = Date.now() - (touched ?? 0);
  return idle > till.data.limits.idle_minutes * 60_000 || idle < 0;
}

export function lockScreen() {
  const input = el("input", { type: "password", inputmode: "numeric", autocomplete: "off", maxlength: 6, autofocus: true });
  const whole = field(word("pin"), input);
  const open = el("button", { class: "button wide" }, word("unlock"));
  const form = el("form", { novalidate: true, submit }, whole, open);
  let counting;

  async function submit(event) {
    event.preventDefault();
    const pin = await kept("pin");
    if (await isWaiting(pin)) return;
    open.disabled = true;
    const isRight = isPin(input.value) && (await fits(input.value, pin));
    open.disabled = false;
    input.value = "";
    if (isRight) return opened(pin);
    await keep("pin", missed(pin));
    if (!(await isWaiting(await kept("pin")))) whole.say(word("pin_wrong"));
  }

  // A clock that is set back does not shorten the wait, and cannot make it longer than it was.
  async function isWaiting(pin) {
    const whole_wait = waitAfter(pin.wrong ?? 0);
    const rest = Math.min(Math.ceil(((pin.since ?? 0) + whole_wait * 1000 - Date.now()) / 1000), whole_wait);
    clearTimeout(counting);
    open.disabled = rest > 0;
    if (rest <= 0) return false;
    whole.say(word("pin_wait", { count: rest }));
    counting = setTimeout(async () => ((await isWaiting(pin)) ? null : whole.say("")), 1000);
    return true;
  }

  async function opened(pin) {
    await keep("pin", { ...pin, wrong: 0, since: 0 });
    noted = 0;
    touch();
    show("sell");
  }

  kept("pin").then(isWaiting);
  const head = [el("h1", {}, word("locked")), el("p", { class: "hint" }, word("locked_hint", { name: till.device.name }))];
  const forgot = button(word("pin_forgot"), "", () => show("open"), { class: "button quiet" });
  return el("div", { class: "narrow" }, ...head, form, forgot);
}

const missed = (pin) => ({ ...pin, wrong: (pin.wrong ?? 0) + 1, since: Date.now() });
