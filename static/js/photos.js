// Photos in full size: the dialog shows all of them in a row, begins with the one that was pressed, and gives the focus back.
// A press on one shows it in its file's own pixels; what does not fit is panned by thumb, wheel or arrow keys.
for (const viewer of document.querySelectorAll("[data-viewer]")) {
  const dialog = viewer.querySelector("dialog");
  const row = document.createElement("div");
  row.className = "full-row";
  dialog.append(row);

  viewer.querySelector(".gallery").addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const links = [...viewer.querySelectorAll(".gallery a")];
    if (!row.childElementCount) row.append(...links.map((one) => frame(one, dialog.dataset.enlarge)));
    dialog.showModal();
    const shown = row.children[links.indexOf(link)];
    shown.scrollIntoView({ inline: "center" });
    shown.firstChild.focus({ preventScroll: true });
  });

  dialog.addEventListener("close", () => row.querySelectorAll("[aria-pressed=true]").forEach((button) => press(button)));

  // A small photo brings its large one without moving the page.
  viewer.querySelector(".thumbs")?.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (!link) return;
    event.preventDefault();
    viewer.querySelector(link.hash).scrollIntoView({ inline: "center", block: "nearest" });
  });
}

function frame(link, word) {
  const place = Object.assign(document.createElement("div"), { className: "full-frame" });
  const button = Object.assign(document.createElement("button"), { type: "button" });
  const picture = Object.assign(new Image(), { src: link.href, alt: link.querySelector("img").alt });
  button.setAttribute("aria-pressed", "false");
  button.setAttribute("aria-label", `${word}: ${picture.alt}`);
  button.append(picture);
  place.append(button);
  button.addEventListener("click", (event) => {
    // A key has no place on the picture: it shows the middle.
    const box = button.getBoundingClientRect();
    const at = event.detail ? [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height] : [0.5, 0.5];
    press(button);
    place.scrollTo(at[0] * place.scrollWidth - place.clientWidth / 2, at[1] * place.scrollHeight - place.clientHeight / 2);
  });
  return place;
}

function press(button) {
  button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"));
}
