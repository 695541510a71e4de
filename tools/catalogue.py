"""Keep the Indonesian catalogue complete.

Without arguments: extract the texts of code and templates and bring them into the catalogue. With `--check`: fail
when a text is missing, untranslated, fuzzy, or names other values than its English source.
"""

import io
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
PO = ROOT / "translations/id/LC_MESSAGES/messages.po"
VALUES = re.compile(r"%\((\w+)\)[a-z]|(%s)|(\{\w+\})")
HEADER = """\
# Indonesian texts of Warung Kesejahteraan.
#
msgid ""
msgstr ""
"Project-Id-Version: Warung Kesejahteraan\\n"
"Language: id\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""
"""Our own, because Babel's carries the time of each run; Indonesian has one form, kept in both slots."""


def extracted() -> Catalog:
    """Return the texts that code and templates hold now."""
    with tempfile.TemporaryDirectory() as folder:
        pot = Path(folder) / "messages.pot"
        command = ["pybabel", "-q", "extract", "-F", "babel.cfg", "-k", "_l", "-k", "_n:1,2", "--no-location"]
        subprocess.run(
            [sys.executable, "-m", "babel.messages.frontend", *command[1:], "-o", str(pot), "."], cwd=ROOT, check=True
        )
        with pot.open("rb") as file:
            return read_po(file)


def stored() -> Catalog:
    """Return the catalogue as it is kept."""
    with PO.open("rb") as file:
        return read_po(file, locale="id")


def save(catalogue: Catalog) -> None:
    """Write the catalogue to its place, the same bytes for the same texts."""
    body = io.BytesIO()
    write_po(body, catalogue, width=110, sort_output=True, omit_header=True, include_lineno=False)
    PO.parent.mkdir(parents=True, exist_ok=True)
    PO.write_bytes(HEADER.encode() + body.getvalue())


def update() -> None:
    """Bring new texts into the kept catalogue and drop those that are gone."""
    catalogue = stored() if PO.exists() else Catalog(locale="id")
    catalogue.update(extracted(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    save(catalogue)
    missing = [message.id for message in catalogue if message.id and not _translated(message)]
    print(f"{len(catalogue)} texts, {len(missing)} wait for their Indonesian words")


def check() -> int:
    """Print what is wrong with the kept catalogue and return how many problems there are."""
    kept, problems = stored(), []
    for message in extracted():
        if not message.id:
            continue
        found = kept.get(message.id if isinstance(message.id, str) else message.id[0])
        if found is None or not _translated(found):
            problems.append(f"no Indonesian: {message.id!r}")
        elif found.fuzzy:
            problems.append(f"fuzzy: {message.id!r}")
        elif _values(message.id) != _values(found.string):
            problems.append(f"other values: {message.id!r} → {found.string!r}")
    print("\n".join(problems) or f"{len(kept)} texts, all in Indonesian")
    return len(problems)


def _translated(message: Message) -> bool:
    text = message.string
    return bool(text) if text is None or isinstance(text, str) else all(text)


def _values(text: str | list[str] | tuple[str, ...] | None) -> set[str]:
    texts = [text] if isinstance(text, str) else text or []
    return {"".join(found) for each in texts for found in VALUES.findall(each)}


if __name__ == "__main__":
    if "--check" in sys.argv:
        sys.exit(1 if check() else 0)
    update()
