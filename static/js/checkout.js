// The sums follow the choices: the server counts them anew, as it does for the button that stands here without a script.
const sums = document.getElementById("sums");
const form = sums.closest("form");
const button = form.querySelector(".by-hand");
let asked = new AbortController();

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
