// The sums follow the choices: the server counts them anew, as it does for the button that stands here without a script.
const sums = document.getElementById("sums");
const form = sums.closest("form");
const button = form.querySelector(".by-hand");
const KEPT = "checkout";
let asked = new AbortController();

restore();
form.addEventListener("input", () => keep(false));
form.addEventListener("submit", () => keep(true));
form.addEventListener("change", (event) => event.target.closest("[data-recount]") && recount());

async function recount() {
  asked.abort(); // Only the last choice counts.
  const { signal } = (asked = new AbortController());
  const body = new URLSearchParams(new FormData(form));
  body.set("go", "count");
  sums.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(form.action, { method: "POST", body, signal, headers: { "X-Part": "sums" } });
    if (answer.status === 409) return location.assign(form.action); // Ordered elsewhere meanwhile.
    if (!answer.ok) throw new Error(answer.statusText);
    sums.innerHTML = await answer.text();
    button?.removeAttribute("data-needed");
  } catch {
    if (signal.aborted) return;
    button?.setAttribute("data-needed", ""); // No connection, or the form is too old: the button says what is wrong.
  }
  sums.removeAttribute("aria-busy");
}

// What was typed waits in this tab until its order has come back: see app.js.
function keep(isSent) {
  const typed = [...form.elements].filter((field) => field.name && !["hidden", "submit"].includes(field.type));
  const values = typed.map(({ name, type, value, checked }) => [name, value, /radio|checkbox/.test(type) ? checked : null]);
  try {
    sessionStorage.setItem(KEPT, JSON.stringify({ isSent, values }));
  } catch {
    // A browser that keeps nothing asks again.
  }
}

function restore() {
  let kept = null;
  try {
    kept = JSON.parse(sessionStorage.getItem(KEPT));
  } catch {
    // Then the form is as it came.
  }
  const before = chosen();
  for (const [name, value, checked] of kept?.values ?? []) {
    const field = [...form.elements].find((one) => one.name === name && (checked === null || one.value === value));
    if (!field || field.type === "hidden") continue;
    if (checked === null) field.value = value;
    else field.checked = checked;
  }
  if (chosen() !== before) recount();
}

function chosen() {
  const { delivery_method: way, village_code: village } = form.elements;
  return `${way?.value} ${village?.value}`;
}
