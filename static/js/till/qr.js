// A QR code as a drawing of one path, made on the phone.
import { encode } from "../../vendor/uqr.js";

const SVG = "http://www.w3.org/2000/svg";
const QUIET = 4;

export function qrPicture(text, label) {
  const { data, size } = encode(text, { ecc: "M", border: QUIET });
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("viewBox", `0 0 ${size} ${size}`);
  drawing.setAttribute("class", "qr");
  drawing.setAttribute("role", "img");
  drawing.setAttribute("aria-label", label);
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", data.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ""))).join(""));
  drawing.append(path);
  return drawing;
}
