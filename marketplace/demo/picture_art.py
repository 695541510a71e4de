"""The emoji art of a folder, and motifs of our own for what it lacks."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter, ImageOps, ImageStat

from marketplace.demo.picture_tools import (
    FACE,
    FALLING,
    LIGHT,
    SHADOW,
    Colour,
    dice,
    mix,
    oval,
    ramp,
    rgb,
    rounded,
    shape,
    solid,
)

SIZE = (512, 512)
BOW = "1f380"


@dataclass(frozen=True)
class Art:
    """The emoji art in a folder; where a picture is missing there, a motif of our own stands in."""

    folder: Path

    def sprite(self, code: str, size: int, tint: str = "") -> Image.Image:
        """Return the art of a code as a square of `size` pixels."""
        return _sprite(self.folder, code, size, tint)


@lru_cache(maxsize=32)
def _sprite(folder: Path, code: str, size: int, tint: str) -> Image.Image:
    source = _source(folder, code, tint)
    grown = source.resize((size, size), Image.Resampling.LANCZOS)
    return grown.filter(ImageFilter.UnsharpMask(2, 60, 2)) if size > source.width else grown


@lru_cache(maxsize=64)
def _source(folder: Path, code: str, tint: str) -> Image.Image:
    if code in OWN:
        painter, usual = OWN[code]
        return painter(rgb(tint or usual))
    path = folder / f"{code}.webp"
    if not path.is_file():
        return _stand_in(code, tint)
    with Image.open(path) as file:
        art = _daylight(file.convert("RGBA"))
    return _dyed(art, rgb(tint)) if tint else art


def _daylight(art: Image.Image) -> Image.Image:
    """Calm the screen colours of the art, so that it sits in the same light as the rest."""
    calm = ImageEnhance.Color(art).enhance(0.86)
    warm = Image.new("RGB", art.size, (255, 246, 230))
    lit = ImageChops.multiply(calm.convert("RGB"), warm)
    lit.putalpha(art.getchannel("A"))
    return lit


def _dyed(art: Image.Image, colour: Colour) -> Image.Image:
    """Give the art another colour and keep its light."""
    grey = art.convert("L")
    usual = max(40.0, ImageStat.Stat(grey, art.getchannel("A")).mean[0])
    grey = grey.point([min(255, round(value * 120 / usual)) for value in range(256)])
    dyed = ImageOps.colorize(grey, black=mix(colour, SHADOW, 0.8), mid=colour, white=mix(colour, LIGHT, 0.7))
    dyed.putalpha(art.getchannel("A"))
    return dyed


def _fish(colour: Colour) -> Image.Image:
    """Draw a long fish of the marsh, seen from its side."""
    back = [(30 + step * 19.0, 262 - 92 * math.sin(math.pi * (0.08 + step * 0.046)) ** 0.8) for step in range(20)]
    belly = [(x, 262 + (262 - y) * 0.86) for x, y in reversed(back)]
    dark = mix(colour, SHADOW, 0.35)
    fish = Image.new("RGBA", SIZE)
    fins = ImageDraw.Draw(fish)
    fins.polygon([(372, 262), (496, 168), (462, 262), (496, 352), (372, 270)], fill=dark)
    fins.polygon([(150, 190), (210, 128), (352, 176), (372, 226)], fill=dark)
    fins.polygon([(190, 326), (250, 374), (330, 338), (350, 300)], fill=dark)
    light = ramp(((0, 60), (34, 60), (46, 112), (56, 168), (66, 205), (70, 190), (100, 150)), SIZE, down=True)
    fish.alpha_composite(solid(shape(SIZE, [*back, *belly]), light, colour))
    _fish_marks(ImageDraw.Draw(fish), colour)
    return fish.rotate(8, Image.Resampling.BICUBIC)


def _fish_marks(pen: ImageDraw.ImageDraw, colour: Colour) -> None:
    for column in range(9):
        for row in range(3):
            left, top = 164 + column * 25, 206 + row * 34 + (column % 2) * 16
            pen.arc((left, top, left + 28, top + 32), 110, 250, fill=mix(colour, SHADOW, 0.32), width=4)
    pen.arc((90, 196, 160, 330), 285, 75, fill=mix(colour, SHADOW, 0.5), width=7)
    pen.ellipse((72, 214, 106, 248), fill=LIGHT)
    pen.ellipse((80, 221, 100, 242), fill=(30, 22, 20))
    pen.ellipse((84, 224, 91, 231), fill=LIGHT)
    pen.line([(34, 272), (62, 280)], fill=mix(colour, SHADOW, 0.6), width=6)


def _chip(colour: Colour) -> Image.Image:
    """Draw a thin fried slice with a browned rim."""
    luck = dice(str(colour))
    chip = Image.new("RGBA", SIZE)
    rim = mix(colour, (120, 60, 16), 0.45)
    chip.alpha_composite(solid(oval(SIZE, (40, 112, 472, 436)), ramp(FACE, SIZE), mix(rim, SHADOW, 0.25)))
    chip.alpha_composite(solid(oval(SIZE, (40, 92, 472, 412)), ramp(FACE, SIZE), rim))
    chip.alpha_composite(solid(oval(SIZE, (60, 106, 452, 396)), ramp(FALLING, SIZE), colour))
    pen = ImageDraw.Draw(chip)
    for _ in range(26):
        x, y = luck.randint(120, 390), luck.randint(150, 350)
        reach = luck.randint(4, 10)
        pen.ellipse((x, y, x + reach, y + reach), fill=mix(colour, rim, 0.6))
    pen.arc((100, 130, 412, 372), 190, 280, fill=mix(colour, LIGHT, 0.6), width=12)
    return chip


def _soap(colour: Colour) -> Image.Image:
    """Draw a bar of soap with a pressed flower."""
    bar = Image.new("RGBA", SIZE)
    bar.alpha_composite(solid(rounded(SIZE, (30, 150, 482, 424), 90), ramp(FACE, SIZE), mix(colour, SHADOW, 0.3)))
    bar.alpha_composite(solid(rounded(SIZE, (30, 110, 482, 374), 90), ramp(FACE, SIZE), colour))
    bar.alpha_composite(solid(rounded(SIZE, (70, 140, 442, 344), 70), ramp(FALLING, SIZE), mix(colour, LIGHT, 0.2)))
    pen = ImageDraw.Draw(bar)
    for petal in range(6):
        x, y = 256 + math.cos(petal * math.pi / 3) * 46, 242 + math.sin(petal * math.pi / 3) * 42
        pen.ellipse((x - 26, y - 24, x + 26, y + 24), fill=mix(colour, SHADOW, 0.16))
    pen.ellipse((232, 220, 280, 264), fill=mix(colour, LIGHT, 0.45))
    return bar


def _pumpkin(colour: Colour) -> Image.Image:
    """Draw a ribbed pumpkin."""
    fruit = Image.new("RGBA", SIZE)
    stem = [(232, 150), (246, 70), (290, 52), (296, 80), (276, 150)]
    fruit.alpha_composite(solid(shape(SIZE, stem), ramp(FACE, SIZE), rgb("#6f7a3a")))
    for left, right, top in ((30, 230, 160), (282, 482, 160), (90, 300, 138), (212, 422, 138), (166, 346, 126)):
        light = Image.new("L", SIZE, 100)
        light.paste(ramp(((0, 78), (30, 176), (60, 128), (100, 62)), (right - left, 512)), (left, 0))
        fruit.alpha_composite(solid(oval(SIZE, (left, top, right, 446)), light, colour))
    return fruit


def _bow(colour: Colour) -> Image.Image:
    """Draw a tied ribbon."""
    bow = Image.new("RGBA", SIZE)
    tails = shape(SIZE, [(256, 220), (330, 470), (262, 430), (256, 300), (250, 430), (182, 470)])
    bow.alpha_composite(solid(tails, ramp(FACE, SIZE), mix(colour, SHADOW, 0.2)))
    for points in (
        [(256, 220), (90, 80), (24, 130), (24, 300), (90, 350)],
        [(256, 220), (422, 80), (488, 130), (488, 300), (422, 350)],
    ):
        bow.alpha_composite(solid(shape(SIZE, points), ramp(FALLING, SIZE, down=True), colour))
    bow.alpha_composite(solid(rounded(SIZE, (206, 166, 306, 280), 34), ramp(FACE, SIZE), mix(colour, LIGHT, 0.15)))
    return bow


OWN: dict[str, tuple[Callable[[Colour], Image.Image], str]] = {
    "own-fish": (_fish, "#8d9488"),
    "own-chip": (_chip, "#e9b84a"),
    "own-soap": (_soap, "#dd9f2e"),
    "own-pumpkin": (_pumpkin, "#df8526"),
}
"""Goods that the emoji art has only in another shape, with their usual colour."""

STAND_IN_COLOURS = ("#d98e32", "#7d9a3c", "#b5452c", "#8a5a34", "#e0b04a", "#5d8a7a", "#a8506a", "#c77a4a")


def _stand_in(code: str, tint: str) -> Image.Image:
    """Draw a glossy fruit, pebble, cake or drop whose form and colour hang on the code."""
    if code == BOW:
        return _bow(rgb("#c8323f"))
    luck = dice(code)
    colour = rgb(luck.choice(STAND_IN_COLOURS))
    masks = (
        oval(SIZE, (68, 68, 444, 444)),
        oval(SIZE, (40, 132, 472, 380)),
        rounded(SIZE, (72, 120, 440, 400), 120),
        oval(SIZE, (124, 50, 388, 462)),
    )
    glow = ImageOps.invert(Image.radial_gradient("L")).resize(SIZE)
    light = ImageChops.offset(glow, -60, -70).filter(ImageFilter.GaussianBlur(14))
    body = solid(luck.choice(masks), light, rgb(tint) if tint else colour)
    body.alpha_composite(solid(oval(SIZE, (240, 36, 380, 116)), ramp(FACE, SIZE), rgb("#6f9a3e")))
    return body
