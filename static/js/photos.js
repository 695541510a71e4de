// Photos in full size: the dialog shows all of them in a row, begins with the one that was pressed, and gives the focus back.
for (const viewer of document.querySelectorAll("[data-viewer]")) {
  const dialog = viewer.querySelector("dialog");
  const row = document.createElement("div");
  row.className = "full-row";
  row.tabIndex = 0;
  dialog.append(row);

  viewer.querySelector(".gallery").addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (!row.childElementCount) row.append(...[...viewer.querySelectorAll(".gallery a")].map(large));
    dialog.showModal();
    row.children[[...viewer.querySelectorAll(".gallery a")].indexOf(link)].scrollIntoView({ inline: "center" });
  });

  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());

  // A small photo brings its large one without moving the page.
  viewer.querySelector(".thumbs")?.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (!link) return;
    event.preventDefault();
    viewer.querySelector(link.hash).scrollIntoView({ inline: "center", block: "nearest" });
  });
}

function large(link) {
  const picture = new Image();
  picture.src = link.href;
  picture.alt = link.querySelector("img").alt;
  return picture;
}
