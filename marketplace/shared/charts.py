"""Where the parts of a chart stand. Pure: figures in, places out; the macro draws them and the sheet colours them.

Across, places are percent of the drawing's width, so that words keep their size on every screen and on paper; down,
they are pixels from the top.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

TOP = 8
BOTTOM = 168
HEIGHT = 196
"""The highest value stands at TOP, the lowest at BOTTOM; what is below names the columns."""
TICKS = 4
NAMES = 6
"""So many names of columns fit beside each other on a narrow desk, and half of them on a screen of 360 px."""
GAP = 0.24
"""The part of a column's place that is left free."""

Write = Callable[[int], str]


@dataclass(frozen=True)
class Point:
    """One figure: its name, its value (None: unknown, not nothing), and the line that it is held against."""

    label: str
    value: int | None
    reference: int | None = None


@dataclass(frozen=True)
class Bar:
    """One upright bar, and what it says when it is pointed at."""

    x: float
    width: float
    y: float
    height: float
    title: str
    is_under: bool
    """Its value does not reach its reference."""


@dataclass(frozen=True)
class Mark:
    """The reference of one column: a level line from x to x."""

    x: float
    until: float
    y: float


@dataclass(frozen=True)
class Tick:
    """A level line with its value in short."""

    y: float
    text: str


@dataclass(frozen=True)
class Name:
    """The name of a column, in the middle under it."""

    x: float
    text: str
    is_spare: bool
    """Left out where the screen is narrow."""


@dataclass(frozen=True)
class Columns:
    """A chart of upright bars, and the rows of its table."""

    bars: Sequence[Bar]
    marks: Sequence[Mark]
    ticks: Sequence[Tick]
    names: Sequence[Name]
    zero: float
    rows: Sequence[Sequence[str]]
    height: int = HEIGHT


@dataclass(frozen=True)
class Length:
    """One lying bar: its name, how long it is in percent of the longest, and its value as it is read."""

    label: str
    percent: float | None
    """None for a sum of many, which would make all others look like nothing."""
    text: str


@dataclass(frozen=True)
class Lengths:
    """A chart of lying bars, one under the other, and the rows of its table."""

    bars: Sequence[Length]
    rows: Sequence[Sequence[str]]


def round_step(span: int, most: int = TICKS) -> int:
    """Return the smallest of 1, 2, 5, 10, 20, 50 … that cuts a span into at most so many pieces."""
    power = 1
    while 5 * power * most < span:
        power *= 10
    return next(step for step in (power, 2 * power, 5 * power) if step * most >= span)


def ticks(low: int, high: int) -> list[int]:
    """Return round values, evenly apart, that hold 0 and all from `low` to `high`; nothing but 0 needs one only."""
    low, high = min(low, 0), max(high, 0)
    step = round_step(high - low)
    return list(range(low // step * step, -(-high // step) * step + 1, step))


def level(value: int, low: int, high: int) -> float:
    """Return how far down a value stands between the lowest and the highest."""
    return round(BOTTOM - (BOTTOM - TOP) * (value - low) / (high - low), 2)


def columns(points: Sequence[Point], *, full: Write, short: Write) -> Columns:
    """Place upright bars in the order of the points; `full` writes what is read, `short` what stands at the side."""
    known = [figure for point in points for figure in (point.value, point.reference) if figure is not None]
    values = ticks(min(known, default=0), max(known, default=0))
    low, high = values[0], max(values[-1], values[0] + 1)
    return Columns(
        bars=list(_bars(points, low, high, full)),
        marks=list(_marks(points, low, high)),
        ticks=[Tick(level(value, low, high), short(value)) for value in values],
        names=_names(points),
        zero=level(0, low, high),
        rows=_rows(points, full),
    )


def _place(points: Sequence[Point]) -> float:
    return 100 / len(points)


def _bars(points: Sequence[Point], low: int, high: int, full: Write) -> Iterator[Bar]:
    zero = level(0, low, high)
    for index, point in enumerate(points):
        if point.value is None:
            continue
        y = level(point.value, low, high)
        yield Bar(
            x=round((index + GAP / 2) * _place(points), 2),
            width=round((1 - GAP) * _place(points), 2),
            y=min(y, zero),
            height=round(abs(zero - y), 2),
            title=f"{point.label}: {full(point.value)}",
            is_under=point.reference is not None and point.value < point.reference,
        )


def _marks(points: Sequence[Point], low: int, high: int) -> Iterator[Mark]:
    for index, point in enumerate(points):
        if point.reference is not None:
            x, until = (round(edge * _place(points), 2) for edge in (index, index + 1))
            yield Mark(x, until, level(point.reference, low, high))


def _names(points: Sequence[Point]) -> list[Name]:
    """Name the last column and every so many before it, so that no two names overlap."""
    every = -(-len(points) // NAMES)
    last = len(points) - 1
    return [
        Name(round((index + 0.5) * _place(points), 2), point.label, (last - index) // every % 2 == 1)
        for index, point in enumerate(points)
        if (last - index) % every == 0
    ]


def _rows(points: Sequence[Point], write: Write) -> list[list[str]]:
    held = any(point.reference is not None for point in points)
    rows = []
    for point in points:
        figures = (point.value, point.reference) if held else (point.value,)
        rows.append([point.label, *("–" if figure is None else write(figure) for figure in figures)])
    return rows


def lengths(points: Sequence[Point], write: Write, others: Point | None = None) -> Lengths:
    """Place lying bars, one under the other; what is below zero or unknown has none, nor have the others' sum."""
    most = max([1, *(point.value or 0 for point in points)])
    parts: list[float | None] = [round(100 * max(point.value or 0, 0) / most, 2) for point in points]
    rows = _rows([*points, *([others] if others else [])], write)
    bars = [Length(row[0], part, row[1]) for row, part in zip_longest(rows, parts)]
    return Lengths(bars, _rows(points, write))


def best_lengths(points: Sequence[Point], write: Write, most: int, name: Write) -> Lengths:
    """Place the first `most` as bars, and the sum of all others under a name, which is told how many they are.

    The table names them all.
    """
    rest = points[most:]
    others = Point(name(len(rest)), sum(point.value or 0 for point in rest)) if rest else None
    return Lengths(lengths(points[:most], write, others).bars, _rows(points, write))


RADIUS = 40
"""Of the largest symbol, pixels."""
LEAST_RADIUS = 3
"""So that the smallest is still seen."""


@dataclass(frozen=True)
class Symbol:
    """A circle whose area is its figure; radius 0 for nothing, None for what is hidden. Its words stand under it."""

    radius: float | None
    text: str


@dataclass(frozen=True)
class Symbols:
    """One symbol for each figure, in their order, and a few round ones that say what a size means."""

    parts: Sequence[Symbol]
    scale: Sequence[Symbol]


def symbols(values: Sequence[int | None], write: Write, hidden: str) -> Symbols:
    """Size circles so that twice the figure is twice the area; what is below zero has none."""
    most = max([1, *(value or 0 for value in values)])
    parts = [Symbol(None, hidden) if value is None else Symbol(_radius(value, most), write(value)) for value in values]
    levels = [tick for tick in ticks(0, most) if 0 < tick <= most]
    return Symbols(parts, [Symbol(_radius(tick, most), write(tick)) for tick in sorted({levels[0], levels[-1]})])


def _radius(value: int, most: int) -> float:
    return max(LEAST_RADIUS, round(RADIUS * math.sqrt(value / most), 2)) if value > 0 else 0


@dataclass(frozen=True)
class Spots:
    """Where the five figures of a spread stand, percent from the left."""

    smallest: float
    lower: float
    middle: float
    upper: float
    largest: float


@dataclass(frozen=True)
class Box:
    """How many figures lie: a line from the smallest to the largest, a box around the middle half, a mark in it."""

    label: str
    text: str
    spots: Spots | None
    """None where they are too few to be shown."""


@dataclass(frozen=True)
class Boxes:
    """Spreads one under the other, over one scale."""

    bars: Sequence[Box]
    ticks: Sequence[Name]


Five = tuple[int, int, int, int, int]


def boxes(rows: Sequence[tuple[str, str, Five | None]], short: Write) -> Boxes:
    """Place spreads, each with its name and words, over one scale that holds 0."""
    known = [figure for _label, _text, five in rows if five is not None for figure in five]
    values = ticks(min(known, default=0), max(known, default=0))
    low, span = values[0], max(values[-1] - values[0], 1)

    def across(value: int) -> float:
        return round(100 * (value - low) / span, 2)

    bars = [Box(label, text, None if five is None else Spots(*map(across, five))) for label, text, five in rows]
    return Boxes(bars, [Name(across(value), short(value), index % 2 == 1) for index, value in enumerate(values)])
