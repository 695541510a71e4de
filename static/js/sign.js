// A signature by finger, pen or mouse: strokes become the path of an SVG, in its own units, and travel in a hidden field.
// Who has none of these writes his name; without a script the place to sign is not shown.
const LONGEST = 7900;

for (const pad of document.querySelectorAll("[data-sign]")) {
  const field = document.getElementById(pad.dataset.sign);
  const picture = pad.querySelector("svg");
  const path = picture.querySelector("path");
  let last = null;

  const show = () => path.setAttribute("d", field.value);
  const place = (event) => {
    const box = picture.getBoundingClientRect();
    const view = picture.viewBox.baseVal;
    const across = Math.min(Math.max((event.clientX - box.left) / box.width, 0), 1) * view.width;
    const down = Math.min(Math.max((event.clientY - box.top) / box.height, 0), 1) * view.height;
    return [Math.round(across), Math.round(down)];
  };
  const draw = (letter, [x, y]) => {
    if (field.value.length > LONGEST || (letter === "L" && last && last[0] === x && last[1] === y)) return;
    field.value += `${letter}${x} ${y}`;
    last = [x, y];
    show();
  };

  picture.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    picture.setPointerCapture(event.pointerId);
    draw("M", place(event));
    draw("L", [Math.min(last[0] + 1, 320), last[1]]); // A dot is a stroke too.
  });
  picture.addEventListener("pointermove", (event) => picture.hasPointerCapture(event.pointerId) && draw("L", place(event)));
  pad.querySelector("button").addEventListener("click", () => {
    field.value = "";
    last = null;
    show();
  });
  show();
  pad.hidden = false;
}
