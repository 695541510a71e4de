// Each number is saved as it is changed, and what follows from it is put in its place; without a script a button does it.
const form = document.querySelector("[data-basket]");
const save = form?.querySelector(".by-hand");
let isSending = false;
let isWaiting = false;

form?.addEventListener("change", send);

// One after the other: the last number must be the last to arrive.
async function send() {
  isWaiting = true;
  if (isSending) return;
  isSending = true;
  form.setAttribute("aria-busy", "true");
  while (isWaiting) {
    isWaiting = false;
    await saveNumbers().catch(() => save.setAttribute("data-needed", ""));
  }
  isSending = false;
  form.removeAttribute("aria-busy");
}

async function saveNumbers() {
  const body = new URLSearchParams(new FormData(form));
  const answer = await fetch(form.action, { method: "POST", body, keepalive: true, headers: { "X-Part": "basket" } });
  if (answer.status === 205) return location.assign(form.action); // Something was taken out, here or elsewhere.
  if (answer.status === 422) return save.querySelector("button").click(); // The page says what is wrong.
  if (!answer.ok) throw new Error(answer.statusText);
  const parts = new DOMParser().parseFromString(await answer.text(), "text/html").querySelectorAll("[data-part]");
  for (const part of parts) document.querySelector(`[data-part="${part.dataset.part}"]`).replaceWith(part);
  save.removeAttribute("data-needed");
}
