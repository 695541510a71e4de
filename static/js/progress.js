// Long work moves its bar without loading the page anew; when it is through, the page is loaded once. Without a script
// the page itself asks to be loaded again.

const shown = document.querySelector("[data-running]");

if (shown) setTimeout(look, Number(shown.dataset.running));

async function look() {
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (answer.redirected) return location.reload();
    if (answer.ok) {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("[data-running]");
      if (!fresh) return location.reload();
      shown.replaceChildren(...fresh.childNodes);
    }
  } catch {
    // No signal: it is tried again.
  }
  setTimeout(look, Number(shown.dataset.running));
}
