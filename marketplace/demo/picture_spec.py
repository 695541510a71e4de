"""What a demo picture shows: data only, so that the catalogue needs no drawing library."""

from dataclasses import dataclass
from typing import Literal

Vessel = Literal[
    "pouch", "jar", "bottle", "box", "plate", "basket", "besek", "stage", "service",
    "cloth", "shirt", "tote", "hat", "mat", "tray", "leaf", "bamboo", "ketupat", "crate",
]  # fmt: skip
"""What the goods are packed in or shown on; woven and sewn goods are drawn as themselves."""

PaletteName = Literal[
    "honey", "leaf", "chili", "coffee", "cream", "berry", "river", "clay", "indigo", "rose", "sun", "sage"
]


@dataclass(frozen=True)
class PictureSpec:
    """One product photo: vessel, colours and the art that stands for the goods."""

    vessel: Vessel
    palette: PaletteName
    emoji: tuple[str, ...] = ()
    """Code names of the emoji art, or of a motif of ours (`own-fish`), the hero first."""
    label: str = ""
    """Words on the package; empty where nothing is packed."""
    fill: str = ""
    """Colour of what is seen through glass, or of the cloth (`#rrggbb`); empty takes the palette's."""
    tint: str = ""
    """Colour that the first emoji is dyed in, where the art has another one than the goods."""
