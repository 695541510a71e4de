"""Textures of the place: sasirangan cloth, woven purun and bamboo, planks, and the palettes."""

import math
from functools import lru_cache
from random import Random
from typing import NamedTuple

from PIL import Image, ImageDraw, ImageFilter

from marketplace.demo.picture_spec import PaletteName
from marketplace.demo.picture_tools import Colour, mix, rgb, tiled


class Palette(NamedTuple):
    """Colours that go together in one photo."""

    wall: Colour
    table: Colour
    pack: Colour
    accent: Colour
    ink: Colour


def _palette(*colours: str) -> Palette:
    return Palette(*(rgb(colour) for colour in colours))


PALETTES: dict[PaletteName, Palette] = {
    "honey": _palette("#f6d79a", "#d9a15c", "#e8a52e", "#8c4a12", "#5a2d0c"),
    "leaf": _palette("#d9e2b4", "#a9b878", "#5f8a3c", "#c9772e", "#2f4a1c"),
    "chili": _palette("#f5c9b0", "#cf8a68", "#c8382a", "#e9a23b", "#6e1812"),
    "coffee": _palette("#e2cdb4", "#a98262", "#6b4226", "#c98b3d", "#3a2212"),
    "cream": _palette("#f8ebd2", "#dcbf95", "#efe0c0", "#b5652f", "#5c3a20"),
    "berry": _palette("#efc9cf", "#c08a8e", "#8e2f4c", "#d9a441", "#4f1429"),
    "river": _palette("#c5dedb", "#8fb3ad", "#2f7d7d", "#e0a03c", "#12403f"),
    "clay": _palette("#efc8a4", "#c1855c", "#b5613a", "#3f6b5c", "#5e2c16"),
    "indigo": _palette("#cdd3e6", "#a7a2b4", "#37457f", "#d99a3a", "#1c2450"),
    "rose": _palette("#f9d9d0", "#dca896", "#d9705f", "#5f7f6a", "#6e2a22"),
    "sun": _palette("#fbe3a0", "#e3b765", "#f0b52c", "#c2452b", "#6b3a08"),
    "sage": _palette("#dfe3d2", "#b9b597", "#7d9075", "#b9653a", "#38452f"),
}

PURUN = rgb("#cfae6a")
BAMBOO = rgb("#d8ac66")


@lru_cache(maxsize=8)
def weave(size: tuple[int, int], light: Colour, dark: Colour, cell: int = 24) -> Image.Image:
    """Return a plain weave of flat strips, over and under, of two colours."""
    tile = Image.new("RGB", (cell * 2, cell * 2), mix(dark, (30, 16, 8), 0.55))
    draw = ImageDraw.Draw(tile)
    for column in range(2):
        for row in range(2):
            _strand(draw, column * cell, row * cell, cell, (light, dark)[(column + row) % 2], column + row)
    return tiled(tile, size)


def _strand(draw: ImageDraw.ImageDraw, left: int, top: int, cell: int, colour: Colour, turn: int) -> None:
    """Draw one visible piece of a strip, lit in its middle as it bows over the other."""
    for step in range(cell):
        bow = abs(step - cell / 2) / (cell / 2)
        tint = mix(colour, (60, 34, 14), 0.5 * bow**2.2)
        tint = mix(tint, (255, 250, 230), 0.22 * (1 - bow))
        if turn % 2:
            draw.line((left + step, top + 1, left + step, top + cell - 2), fill=tint)
        else:
            draw.line((left + 1, top + step, left + cell - 2, top + step), fill=tint)


def weave_bands(size: tuple[int, int], base: Colour, stripes: tuple[Colour, Colour], luck: Random) -> Image.Image:
    """Return woven purun with dyed bands, as mats and bags of the marsh villages have them."""
    plain = weave(size, base, mix(base, (120, 80, 30), 0.18))
    pitch, first = luck.choice((144, 192, 240)), 48 * luck.randint(0, 2)
    for colour, top, height in ((stripes[0], 0, 48), (stripes[1], 72, 24)):
        mask = Image.new("L", size)
        for at in range(first + top, size[1], pitch):
            ImageDraw.Draw(mask).rectangle((0, at, size[0], at + height - 1), fill=225)
        plain = Image.composite(weave(size, colour, mix(base, colour, 0.35)), plain, mask)
    return plain


def sasirangan(size: tuple[int, int], ground: Colour, figure: Colour, luck: Random) -> Image.Image:
    """Return tie-dyed cloth in upright bands of the motifs that the looms of Banjar are known by."""
    cloth = Image.new("RGB", size, ground)
    draw = ImageDraw.Draw(cloth)
    motifs = [_waves, _teeth, _diamonds, _stars]
    left, turn = 0, luck.randint(0, 3)
    while left < size[0]:
        width = luck.choice((96, 120, 150))
        if turn % 2:
            draw.rectangle((left, 0, left + width, size[1]), fill=mix(ground, figure, 0.22))
        motifs[turn % 4](draw, left, width, size[1], mix(figure, (255, 250, 235), 0.35))
        draw.line((left, 0, left, size[1]), fill=mix(ground, figure, 0.7), width=5)
        left, turn = left + width, turn + 1
    return cloth.filter(ImageFilter.GaussianBlur(1.6))


def _waves(draw: ImageDraw.ImageDraw, left: int, width: int, height: int, colour: Colour) -> None:
    for shift in (0.3, 0.5, 0.7):
        points = [(left + width * shift + math.sin(y / 26) * width * 0.13, float(y)) for y in range(0, height + 8, 8)]
        draw.line(points, fill=colour, width=7)


def _teeth(draw: ImageDraw.ImageDraw, left: int, width: int, height: int, colour: Colour) -> None:
    for y in range(0, height, 56):
        draw.line([(left + 14, y), (left + width // 2, y + 34), (left + width - 14, y)], fill=colour, width=11)


def _diamonds(draw: ImageDraw.ImageDraw, left: int, width: int, height: int, colour: Colour) -> None:
    middle, reach = left + width / 2, width * 0.32
    for y in range(36, height + 40, 88):
        points = [(middle, y - 38), (middle + reach, y), (middle, y + 38), (middle - reach, y)]
        draw.line([*points, points[0]], fill=colour, width=9)
        draw.ellipse((middle - 8, y - 8, middle + 8, y + 8), fill=colour)


def _stars(draw: ImageDraw.ImageDraw, left: int, width: int, height: int, colour: Colour) -> None:
    middle = left + width / 2
    for y in range(40, height + 40, 92):
        for petal in range(8):
            angle = petal * math.pi / 4
            x, dy = math.cos(angle) * width * 0.25, math.sin(angle) * width * 0.25
            draw.ellipse((middle + x - 8, y + dy - 8, middle + x + 8, y + dy + 8), fill=colour)
        draw.ellipse((middle - 10, y - 10, middle + 10, y + 10), fill=colour)


@lru_cache(maxsize=8)
def planks(size: tuple[int, int], colour: Colour) -> Image.Image:
    """Return a table top of boards with a quiet grain."""
    luck = Random(7)  # noqa: S311  the same boards on every table, nothing secret
    grain = Image.frombytes("L", (24, 220), luck.randbytes(24 * 220)).resize(size, Image.Resampling.BICUBIC)
    grain = grain.point([round(112 + value * 0.12) for value in range(256)])
    boards = ImageDraw.Draw(grain)
    for top in range(0, size[1], size[1] // 4):
        boards.line((0, top, size[0], top), fill=62, width=5)
    return Image.merge("RGB", [grain.point([min(255, v * c // 128) for v in range(256)]) for c in colour])
