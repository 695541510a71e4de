// A board that hangs on a wall: what changed is put in without loading the page anew. Without a signal the last one stays.

const shown = document.querySelector("[data-live]");

if (shown) setInterval(look, Number(shown.dataset.live) * 1000);

async function look() {
  // Nobody's place is taken away: not in a hidden tab, nor where something is opened or under the keyboard's focus.
  if (document.hidden || shown.contains(document.activeElement)) return;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("[data-live]");
    if (!fresh) return;
    const open = [...shown.querySelectorAll("details")].map((one) => one.open);
    shown.replaceChildren(...fresh.childNodes);
    shown.querySelectorAll("details").forEach((one, place) => (one.open = open[place] ?? false));
  } catch {
    // No signal: it is tried again.
  }
}
