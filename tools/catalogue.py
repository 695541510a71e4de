"""Keep the Indonesian catalogue complete.

Without arguments: extract the texts of code and templates and bring them into the catalogue. With `--check`: fail
when a text is missing, untranslated, fuzzy, or names other values than its English source.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
PO = ROOT / "translations/id/LC_MESSAGES/messages.po"
VALUES = re.compile(r"%\((\w+)\)[a-z]")


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


def update() -> None:
    """Bring new texts into the kept catalogue and drop those that are gone."""
    catalogue = stored() if PO.exists() else Catalog(locale="id")
    catalogue.update(extracted(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    PO.parent.mkdir(parents=True, exist_ok=True)
    with PO.open("wb") as file:
        write_po(file, catalogue, width=110, sort_output=True, omit_header=False, include_lineno=False)
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
    texts = [message.string] if isinstance(message.string, str) else list(message.string)
    return all(texts)


def _values(text: str | list[str] | tuple[str, ...]) -> set[str]:
    texts = [text] if isinstance(text, str) else text
    return {name for each in texts for name in VALUES.findall(each)}


if __name__ == "__main__":
    if "--check" in sys.argv:
        sys.exit(1 if check() else 0)
    update()
