// Opening a till: the only time that a signal is needed. Who sells, in which tents, on which phone, under which PIN.
import { button, el, field, icon, say } from "./dom.js";
import { hashed, isPin } from "./pin.js";
import { show } from "./screen.js";
import { load, till } from "./state.js";
import { addDevice, keep } from "./store.js";
import { fetchData, keepPhotos } from "./sync.js";
import { touch } from "./lock.js";
import { word } from "./words.js";

export function openScreen() {
  const place = el("div", { class: "narrow" });
  const back = till.device ? button(word("cancel"), "arrow-left", () => show("lock"), { class: "button quiet" }) : null;
  const put = (...parts) => place.replaceChildren(el("h1", {}, word("open_title")), ...parts.filter(Boolean), ...(back ? [back] : []));
  const ask = async () => {
    put(el("p", { role: "status" }, word("asking")));
    const found = await choicesOf();
    if (found === "offline") put(el("p", { class: "notice", "data-tone": "warn" }, icon("cloud-off"), el("span", {}, word("open_offline"))), again);
    else if (found === "stranger") put(el("p", {}, word("open_sign_in")), el("a", { class: "button wide", href: "/masuk?next=/kasir%3Fbuka=1" }, icon("log-in"), el("span", {}, word("sign_in"))));
    else if (!found.stalls.length) put(el("p", { class: "notice" }, icon("info"), el("span", {}, word("open_no_tents", { cashier: found.cashier }))), again);
    else put(formOf(found));
  };
  const again = button(word("try_again"), "rotate-ccw", ask, { class: "button wide" });
  ask();
  return place;
}

async function choicesOf() {
  try {
    const answer = await fetch("/kasir/pilihan", { headers: { Accept: "application/json" }, cache: "no-store", redirect: "error" });
    if (answer.ok) return await answer.json();
    return [401, 403].includes(answer.status) ? "stranger" : "offline";
  } catch {
    return "offline";
  }
}

function formOf({ csrf, cashier, stalls }) {
  const days = [...new Set(stalls.map((stall) => stall.day))];
  const tents = el("fieldset", { class: "list" }, el("legend", {}, word("which_tents")));
  const fault = el("p", { class: "fault", role: "alert" });
  const day = el("select", { change: () => fill() }, ...days.map((one) => el("option", { value: one }, dayName(one))));
  const name = field(word("phone_name"), el("input", { type: "text", maxlength: 60, autocomplete: "off", value: word("phone_of", { cashier: cashier.split(" ")[0] }) }));
  const pin = field(word("pin_new"), el("input", { type: "password", inputmode: "numeric", maxlength: 6, autocomplete: "off" }), word("pin_hint"));
  const twice = field(word("pin_again"), el("input", { type: "password", inputmode: "numeric", maxlength: 6, autocomplete: "off" }));
  const done = el("button", { class: "button wide" }, word("open_do"));
  const chosen = () => [...tents.querySelectorAll("input:checked")].map((input) => Number(input.value));

  function fill() {
    const here = stalls.filter((stall) => stall.day === day.value);
    const rows = here.map((stall) => el("label", { class: "tick" }, el("input", { type: "checkbox", value: String(stall.id), checked: here.length === 1 }), el("span", {}, el("strong", {}, word("tent", { tent: stall.tent })), ` · ${stall.site}`)));
    tents.replaceChildren(tents.firstElementChild, ...rows);
  }

  function isFilled() {
    for (const one of [name, pin, twice]) one.say("");
    fault.textContent = chosen().length ? "" : word("tents_none");
    if (!name.input.value.trim()) name.say(word("phone_name_empty"));
    if (pin.input.value !== twice.input.value) twice.say(word("pin_differs"));
    if (!isPin(pin.input.value)) pin.say(word("pin_bad"));
    if (!chosen().length) tents.querySelector("input").focus();
    return chosen().length && name.input.value.trim() && isPin(pin.input.value) && pin.input.value === twice.input.value;
  }

  async function submit(event) {
    event.preventDefault();
    if (!isFilled() || done.disabled) return;
    done.disabled = true;
    done.textContent = word("opening");
    const problem = await opened({ csrf, name: name.input.value.trim(), stalls: chosen(), pin: pin.input.value });
    done.disabled = false;
    done.textContent = word("open_do");
    fault.textContent = problem;
  }
  fill();
  const choice = days.length > 1 ? field(word("which_day"), day) : el("p", {}, icon("calendar-days"), ` ${dayName(days[0])}`);
  return el("form", { class: "open", novalidate: true, submit }, el("p", { class: "hint" }, word("hello", { cashier })), choice, tents, name, pin, twice, fault, done);
}

const dayName = (day) => new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "full" }).format(new Date(`${day}T00:00`));

// What the server opened while the goods did not come: pressing again asks for those only. It signed this phone out by then.
let half = null;

// Returns what went wrong in words, or "" and shows the till.
async function opened({ csrf, name, stalls, pin }) {
  const wanted = JSON.stringify([name, stalls]);
  if (half?.wanted !== wanted) {
    const asked = await askToOpen({ csrf, name, stalls });
    if (typeof asked === "string") return asked;
    half = { wanted, told: asked };
  }
  const { told } = half;
  const data = await fetchData(told);
  if (!data) return word("open_no_goods");
  const { id, held_on } = data.day;
  await addDevice({ id: told.device, token: told.token, name, stalls, day: { id, held_on }, opened: Date.now() }, data, { ...(await hashed(pin)), wrong: 0 });
  half = null;
  history.replaceState(null, "", "/kasir");
  await ready(data);
  return "";
}

// Returns the phone's id and key, or what went wrong in words.
async function askToOpen({ csrf, name, stalls }) {
  let answer;
  try {
    answer = await fetch("/kasir/perangkat", { method: "POST", headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": csrf }, body: JSON.stringify({ name, stalls }) });
  } catch {
    return word("open_offline");
  }
  if (answer.status === 401) return word("open_sign_in");
  const told = await answer.json().catch(() => null);
  return answer.ok && told ? told : faultOf(told);
}

function faultOf(told) {
  const errors = Object.values(told?.errors ?? {}).flat().join(" ");
  return errors || told?.detail || told?.title || word("open_half");
}

// The tent may sell at once; photos come behind it. What is kept is asked to stay kept.
async function ready(data) {
  touch();
  await keep("stall", data.stalls[0].id);
  await load();
  show("sell");
  await navigator.storage?.persist?.();
  await keepPhotos(data);
  await navigator.serviceWorker?.ready;
  say(word("ready_offline"));
}
