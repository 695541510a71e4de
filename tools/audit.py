"""Measure the pages as a cheap phone meets them: `make audit`, on the demo that `make run` loaded.

Lighthouse (mobile) for every page below, each three times, the median of each figure; and what travels on a first
visit, packed, by kind. Nothing fails here; it tells figures.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import Browser, Page

from .shop import ROOT, browser, chromium, served, sign_in

FOLDER = ROOT / "tools" / "lighthouse"
RUNS = 3
KINDS = ("performance", "accessibility", "best-practices", "seo")
FLAGS = "--headless=new --no-sandbox --disable-dev-shm-usage --disable-gpu"
KB = 1000


@dataclass(frozen=True)
class Visit:
    """A page, who opens it, and how heavy it may be on a first visit."""

    name: str
    path: str
    phone: str | None = None
    most_kb: int | None = None
    """In all, kilobytes over the wire; None where nothing is promised."""


VISITS = (
    Visit("home", "/", most_kb=150),
    Visit("list", "/produk", most_kb=150),
    Visit("parcel", "/parsel/paket-dapur-banua", most_kb=150),
    Visit("checkout", "/bayar", most_kb=60),
    Visit("seller home", "/penjual", "+6281250000200"),
    Visit("officer home", "/dinas", "+6281250000002"),
)


def main() -> None:
    """Measure all pages and print a line for each."""
    _install()
    print(f"{'page':14}{'perf':>6}{'a11y':>6}{'best':>6}{'seo':>6}{'LCP ms':>8}{'CLS':>7}{'KB':>7}{'JS KB':>7}")
    with served() as base, browser() as program:
        for visit in VISITS:
            cookies = _cookies(program, base, visit)
            runs = [_measured(base + visit.path, cookies) for _ in range(RUNS)]
            print(_line(visit, runs), flush=True)


def _install() -> None:
    """Fetch Lighthouse, pinned in its own folder, so that only who measures has to."""
    if not (FOLDER / "node_modules").is_dir():
        subprocess.run(["npm", "install", "--ignore-scripts", "--silent"], cwd=FOLDER, check=True)


def _cookies(program: Browser, base: str, visit: Visit) -> str:
    """Return what a visitor brings: his session, or a basket for the checkout."""
    context = program.new_context(locale="id-ID", viewport={"width": 360, "height": 780})
    page = context.new_page()
    if visit.phone:
        sign_in(page, base, visit.phone)
    elif visit.path == "/bayar":
        _fill_basket(page, base)
    cookies = "; ".join(f"{cookie['name']}={cookie['value']}" for cookie in context.cookies())
    context.close()
    return cookies


def _fill_basket(page: Page, base: str) -> None:
    page.goto(f"{base}/produk")
    page.click(".good h3 a >> nth=0")
    page.click("form.buy [type=submit]")


def _measured(address: str, cookies: str) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "report.json"
        command = ["node", str(FOLDER / "node_modules/lighthouse/cli/index.js"), address, "--quiet", "--output=json"]
        command += [f"--output-path={out}", f"--chrome-flags={FLAGS}"]
        command += [f"--extra-headers={json.dumps({'Cookie': cookies})}"] if cookies else []
        subprocess.run(command, check=True, env={**os.environ, "CHROME_PATH": chromium()})
        report: dict[str, Any] = json.loads(out.read_text())
        return report


def _line(visit: Visit, runs: list[dict[str, Any]]) -> str:
    scores = [round(100 * median(run["categories"][kind]["score"] or 0 for run in runs)) for kind in KINDS]
    paint = median(run["audits"]["largest-contentful-paint"]["numericValue"] for run in runs)
    shift = median(run["audits"]["cumulative-layout-shift"]["numericValue"] for run in runs)
    weights = [_weights(run) for run in runs]
    whole = median(sum(weight.values()) for weight in weights) / KB
    script = median(weight["Script"] for weight in weights) / KB
    figures = "".join(f"{score:6}" for score in scores)
    told = f"  over {visit.most_kb}" if visit.most_kb and whole > visit.most_kb else ""
    return f"{visit.name:14}{figures}{paint:8.0f}{shift:7.3f}{whole:7.0f}{script:7.1f}{told}"


def _weights(run: dict[str, Any]) -> dict[str, int]:
    """Return the bytes that travelled by kind of file."""
    found: dict[str, int] = defaultdict(int)
    for request in run["audits"]["network-requests"]["details"]["items"]:
        found[request.get("resourceType", "")] += request.get("transferSize", 0)
    return found


if __name__ == "__main__":
    sys.exit(main())
