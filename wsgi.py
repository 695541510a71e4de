"""The application behind WhiteNoise: what the server loads."""

import gc

from whitenoise import WhiteNoise

from marketplace import create_app
from marketplace.config import ROOT

app = create_app()
STATIC = ROOT / "static"


def _forever(_path: str, url: str) -> bool:
    """Files are asked for by the hash of their content, so they never change under an address."""
    return url.startswith("/static/")


def _forget_stale() -> None:
    """Drop packed files whose source was changed since: they would be sent in its place."""
    for packed in (*STATIC.rglob("*.br"), *STATIC.rglob("*.gz")):
        source = packed.with_suffix("")
        if not source.exists() or source.stat().st_mtime != packed.stat().st_mtime:
            packed.unlink(missing_ok=True)


_forget_stale()
application = WhiteNoise(app, root=str(STATIC), prefix="static/", immutable_file_test=_forever, max_age=31_536_000)

# What is loaded by now stays for good, so the collector need not look at it again; and a request that makes an order
# leaves thousands of objects behind, most of them gone at once, for which its usual steps are too short.
gc.freeze()
gc.set_threshold(50_000, 20, 50)
