"""Take a picture of every page of every role: `make gallery`, on the demo that `make run` loaded.

Phone, tablet and desk, light and dark, into screenshots/ with an index to leaf through. Says what is wider than
its screen and what the browser complains of.
"""

import argparse
import re
import shutil
from html import escape
from pathlib import Path

from playwright.sync_api import Browser, Page

from .crawl import Start, kind_of, walk
from .shop import ROOT, browser, served, sign_in

FOLDER = ROOT / "screenshots" / "gallery"
WIDTHS = {360: 780, 768: 1024, 1280: 900}
THEMES = ("light", "dark")
STARTS = (
    Start("visitor", None, ("/", "/produk?page=2", "/cari?q=keripik", "/cari?q=zzz", "/tidak-ada")),
    Start("buyer", "+6281250000300", ("/", "/pesanan", "/keranjang", "/bayar", "/akun")),
    Start("seller", "+6281250000200", ("/penjual",)),
    Start("mentor", "+6281250000100", ("/dinas",)),
    Start("curator", "+6281250000002", ("/dinas",)),
    Start("treasurer", "+6281250000003", ("/dinas",)),
    Start("packer", "+6281250000004", ("/dinas",)),
    Start("verifier", "+6281250000005", ("/dinas",)),
    Start("head", "+6281250000006", ("/dinas",)),
    Start("administrator", "+6281250000001", ("/dinas",)),
)


def main() -> None:
    """Take the pictures asked for on the command line."""
    asked = _arguments()
    shutil.rmtree(FOLDER, ignore_errors=True)
    with served() as base, browser() as chromium:
        for start in STARTS:
            if asked.role in (None, start.role):
                _take_all(chromium, base, start, asked)
    _write_index()
    print(f"{FOLDER.relative_to(ROOT)}/index.html")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.gallery", description=__doc__)
    parser.add_argument("--role", choices=[start.role for start in STARTS], help="only this role's pages")
    parser.add_argument("--width", type=int, choices=WIDTHS, help="only on screens of this width")
    parser.add_argument("--theme", choices=THEMES, help="only light or only dark")
    return parser.parse_args()


def _take_all(chromium: Browser, base: str, start: Start, asked: argparse.Namespace) -> None:
    """Take the pictures of one role's pages."""
    page = chromium.new_context(locale="id-ID").new_page()
    page.on("console", lambda said: print("   the browser says:", said.text) if said.type == "error" else None)
    if start.phone:
        sign_in(page, base, start.phone)
    for number, address in enumerate(walk(page, base, start)):
        print(f"{start.role:14} {address.removeprefix(base)}", flush=True)
        name = f"{number:03}{re.sub('[^a-z0-9]+', '-', kind_of(address))}".rstrip("-")
        _take(page, FOLDER / start.role / name, asked)


def _take(page: Page, path: Path, asked: argparse.Namespace) -> None:
    """Take the open page on every screen in both themes."""
    page.evaluate("document.querySelectorAll('[loading=lazy]').forEach((one) => (one.loading = 'eager'))")
    for width, height in WIDTHS.items():
        for theme in THEMES:
            if asked.width in (None, width) and asked.theme in (None, theme):
                page.set_viewport_size({"width": width, "height": height})
                page.emulate_media(color_scheme=theme)
                page.wait_for_load_state("networkidle")
                path.parent.mkdir(parents=True, exist_ok=True)
                page.screenshot(path=f"{path}-{width}-{theme}.jpg", type="jpeg", quality=70, full_page=True)
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > width == page.viewport_size["width"]:
            print(f"   {wide} wide on a screen of {width}")


def _write_index() -> None:
    """Write the page to leaf through the pictures."""
    parts = ["<!doctype html><title>Gallery</title><style>img{width:18rem;vertical-align:top;margin:.5rem}</style>"]
    for folder in sorted(path for path in FOLDER.iterdir() if path.is_dir()):
        parts.append(f"<h2>{escape(folder.name)}</h2>")
        for picture in sorted(folder.glob("*.jpg")):
            where = escape(str(picture.relative_to(FOLDER)))
            parts.append(f'<a href="{where}"><img loading="lazy" src="{where}" alt="{where}"></a>')
    (FOLDER / "index.html").write_text("".join(parts))


if __name__ == "__main__":
    main()
