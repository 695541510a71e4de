"""The paper that labels and price cards are printed on: pure measures, in millimetres."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Paper:
    """A sheet of so many columns and rows; what is left over of its width and height is shared out on both sides."""

    name: str
    width: float
    height: float
    columns: int
    rows: int
    label_width: float
    label_height: float
    gap: float = 0
    """Between columns; rows of label paper stand close."""
    is_card: bool = False
    """A card for the shelf: a large price instead of a small label."""

    @property
    def each(self) -> int:
        """Return how many fit on a sheet."""
        return self.columns * self.rows

    @property
    def left(self) -> float:
        """Return the free space at the left, as much as at the right."""
        return (self.width - self.columns * self.label_width - (self.columns - 1) * self.gap) / 2

    @property
    def top(self) -> float:
        """Return the free space at the top, as much as at the bottom."""
        return (self.height - self.rows * self.label_height) / 2


A4 = (210.0, 297.0)
PAPERS: dict[str, Paper] = {
    "a4-21": Paper("A4, 3 × 7 (63,5 × 38,1 mm)", *A4, 3, 7, 63.5, 38.1, 2.5),
    "a4-24": Paper("A4, 3 × 8 (70 × 37 mm)", *A4, 3, 8, 70, 37),
    "roll-58": Paper("Rol 58 mm (58 × 40 mm)", 58, 40, 1, 1, 58, 40),
    "card-a6": Paper("Kartu harga A6, 4 di A4", *A4, 2, 2, 105, 148.5, is_card=True),
}
"""What is sold as A4 label paper under these measures everywhere, what receipt printers take, and cut A4."""


def placed(things: Sequence[T], paper: Paper, first: int) -> list[list[T | None]]:
    """Return sheets of things, each with its free places before and after; `first` is the first free label, from 1."""
    places: list[T | None] = [None] * (first - 1) + list(things)
    places += [None] * (-len(places) % paper.each)
    return [places[start : start + paper.each] for start in range(0, len(places), paper.each)]
