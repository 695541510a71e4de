"""The shop and a browser for the tools that look at it: on the data that `make run` loaded."""

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from marketplace.demo.load import DEMO_PASSWORD

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"


@contextmanager
def served() -> Iterator[str]:
    """Serve the shop on a free port and return its address."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = probe.getsockname()[1]
    command = ["granian", "--interface", "wsgi", "--host", HOST, "--port", str(port), "--log-level", "error"]
    server = subprocess.Popen([sys.executable, "-m", *command, "wsgi:application"], cwd=ROOT)
    try:
        _wait_for(port, server)
        yield f"http://{HOST}:{port}"
    finally:
        server.terminate()
        server.wait()


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    while server.poll() is None:
        try:
            socket.create_connection((HOST, port)).close()
        except ConnectionRefusedError:
            time.sleep(0.1)
        else:
            return
    sys.exit("the shop did not start: `make run` makes its database")


def chromium() -> str:
    """Return the path of the machine's Chromium, or end with a line that says there is none."""
    return shutil.which("chromium") or shutil.which("google-chrome") or sys.exit("Chromium is missing")


@contextmanager
def browser() -> Iterator[Browser]:
    """Start the machine's Chromium."""
    options = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=chromium(), args=options)


def sign_in(page: Page, base: str, phone: str) -> None:
    """Sign somebody of the demo in."""
    page.goto(f"{base}/masuk")
    page.fill("[name=identifier]", phone)
    page.fill("[name=password]", DEMO_PASSWORD)
    page.click("main form [type=submit]")
