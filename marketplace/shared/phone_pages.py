"""Pages that a phone keeps whole, with their parts and words, and that work there without a signal.

Each is the same for everybody, with nothing of anybody in it; what it shows lies on the phone, and what it asks the
server has routes of its own.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from flask import Response, jsonify, render_template, url_for
from flask_babel import force_locale

from ..config import ROOT
from .i18n import DEFAULT, LANGUAGES, Text
from .site_files import GREEN, PAPER
from .web import asset_version

STATIC = ROOT / "static"
STYLES = ("css/tokens.css", "css/till.css")
PARTS = (*STYLES, "img/mark.svg", "vendor/icons.svg", "vendor/idb.js", "vendor/plus-jakarta-sans.woff2")
"""What each of them needs."""
LAYOUT = "layouts/phone.html"
SHARED_WORKER = "js/phone/worker.js"
ICONS = ("192", "512", "penuh-512")


@dataclass(frozen=True)
class PhonePage:
    """One such page: where it is, what it is drawn with, and what is kept with it."""

    path: str
    name: Text
    short_name: Text
    template: str
    words: Mapping[str, Text]
    """By the name under which its modules ask for them."""
    folder: str
    """Where its modules lie in static/js, and what its stores on the phone are called by."""
    parts: tuple[str, ...] = ()
    """Static files it needs beside those of its folder and those that all need."""
    worker: str = SHARED_WORKER

    def shown(self, **context: object) -> str:
        """Draw the page with its words in the reader's language."""
        words = {name: str(text) for name, text in self.words.items()}
        return render_template(self.template, page=self, words=words, part=part, styles=STYLES, **context)

    def worker_code(self) -> Response:
        """Return the service worker with what it keeps: another version of a file or text makes it another worker."""
        others = (language for language in LANGUAGES if language != DEFAULT)
        told = {
            "SHELLS": [f"{self.path}?bahasa={language}" for language in (DEFAULT, *others)],
            "KEPT": [*map(part, self.files), f"{self.path}/manifest.webmanifest"],
            "FOLDER": self.folder,
            "NAME": f"{self.folder}-parts-{self.version}",
        }
        head = "".join(f"const {name} = {json.dumps(value)};\n" for name, value in told.items())
        sender = "" if self.worker != SHARED_WORKER else f'import {{ sendAll }} from "{part(self._sender)}";\n'
        code = (STATIC / self.worker).read_text()
        return Response(sender + head + code, mimetype="text/javascript", headers={"Service-Worker-Allowed": self.path})

    def manifest(self) -> Response:
        """Tell telephones how the page looks among their programs."""
        answer = jsonify(
            id=self.path,
            name=str(self.name),
            short_name=str(self.short_name),
            lang=DEFAULT,
            start_url=self.path,
            scope=self.path,
            display="standalone",
            orientation="portrait",
            theme_color=GREEN,
            background_color=PAPER,
            icons=[_icon(name) for name in ICONS],
        )
        answer.mimetype = "application/manifest+json"
        return answer

    @property
    def _sender(self) -> str:
        return f"js/{self.folder}/send.js"

    @cached_property
    def files(self) -> tuple[str, ...]:
        """All static files that are kept, each once."""
        shared = _modules("phone") if self.worker == SHARED_WORKER else ()
        return tuple(dict.fromkeys((*PARTS, *self.parts, *shared, *_modules(self.folder))))

    @cached_property
    def version(self) -> str:
        """The fingerprint of all that is kept, in both languages."""
        contents = [asset_version(name) for name in (*self.files, self.worker)]
        drawn = [(ROOT / "templates" / name).read_text() for name in (LAYOUT, self.template)]
        everything = json.dumps([contents, drawn, *(self._words_in(language) for language in LANGUAGES)])
        return hashlib.sha256(everything.encode()).hexdigest()[:10]

    def _words_in(self, language: str) -> list[str]:
        with force_locale(language):
            return [str(text) for text in self.words.values()]


def part(name: str) -> str:
    """Return the address of a file without its version, as modules name each other: a worker keeps all under one."""
    return url_for("static", filename=name)


def _modules(folder: str) -> Iterable[str]:
    names = (path.name for path in Path(STATIC / "js" / folder).glob("*.js") if path.name != "worker.js")
    return tuple(f"js/{folder}/{name}" for name in sorted(names))


def _icon(name: str) -> dict[str, str]:
    side, purpose = name.rpartition("-")[2], "maskable" if "-" in name else "any"
    return {"src": f"/ikon/{name}.png", "sizes": f"{side}x{side}", "type": "image/png", "purpose": purpose}
