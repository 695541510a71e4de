"""Draw our mark as PNG, for telephones that put the shop among their programs: they take no SVG."""

import io
import re
from functools import lru_cache
from typing import Any

from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.svgLib.path import parse_path
from PIL import Image as Pillow
from PIL import ImageDraw

from ..config import ROOT

SIDE = 64
"""Of the drawing, in its own units."""
SAFE = 0.8
"""Of a mark that is cut into any shape, so much of the side is sure to be seen."""
FINE = 4
"""Drawn so many times larger and scaled down, so that edges are smooth."""
STEPS = 24
"""Straight pieces of a curve."""
COLOURS = 48
"""Enough for a handful of colours and their smooth edges; a third of the bytes."""
Point = tuple[float, float]


@lru_cache(maxsize=8)
def png(size: int, *, full: bool) -> bytes:
    """Draw the mark in a square of so many pixels; a full one fills it to the edge, with the drawing further inside."""
    side = size * FINE
    scale, offset = (side * SAFE / SIDE, side * (1 - SAFE) / 2) if full else (side / SIDE, 0.0)
    picture = Pillow.new("RGBA", (side, side), (0, 0, 0, 0))
    drawing = ImageDraw.Draw(picture)
    text = (ROOT / "static/img/mark.svg").read_text()
    ground, radius = _ground(text)
    drawing.rounded_rectangle((0, 0, side - 1, side - 1), 0 if full else radius * scale, ground)
    for shape, colour in _shapes(text):
        drawing.polygon([(x * scale + offset, y * scale + offset) for x, y in shape], colour)
    out = io.BytesIO()
    small = picture.resize((size, size), Pillow.Resampling.LANCZOS)
    small.quantize(COLOURS, Pillow.Quantize.FASTOCTREE).save(out, "PNG", optimize=True)
    return out.getvalue()


def _ground(text: str) -> tuple[str, float]:
    found = re.search(r'<rect [^>]*rx="([0-9.]+)" fill="(#[0-9a-f]+)"', text)
    assert found is not None, "the mark has no ground"
    return found[2], float(found[1])


def _shapes(text: str) -> list[tuple[list[Point], str]]:
    """Return the filled shapes with their colours; a line of dots is too fine for an icon."""
    paths = re.findall(r'<path d="([^"]+)" fill="(#[0-9a-f]+)"', text)
    return [(_outline(path), colour) for path, colour in paths]


def _outline(path: str) -> list[Point]:
    pen = DecomposingRecordingPen({})
    parse_path(path, pen)
    points: list[Point] = []
    for name, args in pen.value:
        points += _curve(points[-1], *args) if name == "curveTo" else list(args)
    return points


def _curve(start: Point, one: Point, two: Point, end: Point) -> list[Point]:
    return [_at(step / STEPS, start, one, two, end) for step in range(1, STEPS + 1)]


def _at(part: float, *points: Any) -> Point:
    rest = 1 - part
    weights = (rest**3, 3 * rest**2 * part, 3 * rest * part**2, part**3)
    x, y = (sum(weight * point[axis] for weight, point in zip(weights, points, strict=True)) for axis in (0, 1))
    return x, y
