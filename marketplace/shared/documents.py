"""Draw documents as PDF with typst: data in, bytes out. What people typed goes in as data, never as markup."""

import datetime as dt
import json
import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import typst
from fontTools.ttLib import TTFont

from ..config import ROOT
from . import qr

FOLDER = ROOT / "templates" / "documents"
FACES = ROOT / "static" / "vendor" / "paper"
ARABIC = frozenset({*range(0x0621, 0x063B), *range(0x0640, 0x0653)})
"""Letters and vowel signs that the typeface lacks and typst's own DejaVu Sans Mono has."""
MISSING = "\N{WHITE SQUARE}"
"""Stands for a letter that no typeface here can show: PDF/UA allows none without a shape."""
PICTURES = frozenset({"So", "Sk"})
"""Kinds of signs that are left out where no typeface can show them: emojis and their colours say nothing of a name."""
UNSEEN = frozenset({"Cc", "Cf", "Mn", "Me"})
"""Kinds of letters that have no shape of their own: controls, turns of direction, marks on other letters."""
LONG_WORD = re.compile(r"\S{25,}")
BREAKABLE = 12
"""A longer word than any real one may break after so many letters, so that it stays inside its column."""


def draw(template: str, data: Mapping[str, Any], link: str, moment: dt.datetime) -> bytes:
    """Draw a document as tagged PDF (PDF/UA-1); the same data, link and moment give the same bytes.

    `template` is a file of templates/documents without its ending; the link becomes the QR code. Raises
    typst.TypstError when the data does not fit the template.
    """
    second = moment.replace(microsecond=0)  # typst takes no smaller parts
    drawn: bytes = compiled(template, data, link, format="pdf", pdf_standards=["ua-1"], timestamp=second)
    return drawn


def compiled(template: str, data: Mapping[str, Any], link: str, **output: Any) -> Any:
    """Compile a template with its data into what `output` asks of typst; only our own typefaces are used."""
    inputs = {"data": json.dumps(_written(data), sort_keys=True), "link": link, "qr": qr.svg(link).decode()}
    path = FOLDER / f"{template}.typ"
    return typst.compile(path, root=ROOT, font_paths=_fonts(), sys_inputs=inputs, **output)


@lru_cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[FACES])


def _written(value: Any) -> Any:
    """Return data with every text as it can be printed."""
    if isinstance(value, str):
        return writable(value)
    if isinstance(value, Mapping):
        return {name: _written(part) for name, part in value.items()}
    return [_written(part) for part in value] if isinstance(value, list | tuple) else value


def writable(text: str) -> str:
    """Return a text in letters that the typefaces have, with a sign for the rest, and its longest words breakable.

    Signs that nobody sees, such as those that turn the direction of writing, and emojis are left out; a name of nothing
    else keeps a sign, for it must stand somewhere.
    """
    letters = unicodedata.normalize("NFC", text)
    shown = re.sub(f"{MISSING}+", MISSING, "".join(_shown(letter) for letter in letters if not _is_picture(letter)))
    plain = _closed_up(shown) if any(_is_picture(letter) for letter in letters) else shown
    return LONG_WORD.sub(lambda word: "\u200b".join(re.findall(f".{{1,{BREAKABLE}}}", word[0])), plain)


def _closed_up(text: str) -> str:
    """Return a text that something was left out of without the gaps."""
    return re.sub(" {2,}", " ", text).strip(" ") or MISSING


def _is_picture(letter: str) -> bool:
    return unicodedata.category(letter) in PICTURES and ord(letter) not in _letters()


def _shown(letter: str) -> str:
    if letter.isspace():
        return "\n" if letter == "\n" else " "
    kind = unicodedata.category(letter)
    if ord(letter) in ARABIC or (ord(letter) in _letters() and kind != "Cf"):
        return letter
    return "" if kind in UNSEEN else MISSING


@lru_cache
def _letters() -> frozenset[int]:
    """Return the letters of the typeface in which documents are set."""
    faces = [TTFont(str(path)).getBestCmap() for path in sorted(FACES.glob("*.ttf"))]
    return frozenset.intersection(*(frozenset(face) for face in faces))
