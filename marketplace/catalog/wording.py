"""Which words of a text changed, so that a curator sees them at once. Pure."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

WORD = re.compile(r"\s+|[^\s]+")


@dataclass(frozen=True)
class Piece:
    """A run of words of one version, and whether the other version lacks it."""

    text: str
    changed: bool


def marked(old: str, new: str) -> tuple[list[Piece], list[Piece]]:
    """Return both versions in pieces; joined again they are what they were."""
    before, after = WORD.findall(old), WORD.findall(new)
    pieces: tuple[list[Piece], list[Piece]] = ([], [])
    for tag, start, end, new_start, new_end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        for side, words in zip(pieces, (before[start:end], after[new_start:new_end]), strict=True):
            if words:
                side.append(Piece("".join(words), tag != "equal"))
    return pieces
