"""Small drawing tools: tones, ramps, textures, and lettering."""

import random
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

import fontpkg
from PIL import Image, ImageChops, ImageColor, ImageDraw, ImageFilter, ImageFont, ImageOps

Colour = tuple[int, int, int]
Box = tuple[int, int, int, int]
SHADOW: Colour = (52, 26, 16)
LIGHT: Colour = (255, 251, 240)
PAPER: Colour = (255, 249, 236)
CYLINDER = ((0, 40), (8, 110), (20, 205), (34, 150), (62, 122), (90, 66), (100, 44))
"""Light over a round body from left to right: percent of the width, brightness (128 is the plain colour)."""
FACE = ((0, 118), (12, 172), (30, 145), (75, 125), (100, 84))
FALLING = ((0, 175), (45, 132), (100, 84))


def dice(seed: str) -> random.Random:
    """Return a repeatable source of variety; nothing here is secret."""
    return random.Random(seed)  # noqa: S311


def rgb(text: str) -> Colour:
    """Read `#rrggbb`."""
    red, green, blue = ImageColor.getrgb(text)[:3]
    return red, green, blue


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """Blend two colours; `share` is how much of the second."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue


@lru_cache(maxsize=64)
def _strip(points: tuple[tuple[int, int], ...]) -> bytes:
    values = []
    for step in range(256):
        at = step * 100 / 255
        left, right = next((a, b) for a, b in pairwise(points) if at <= b[0])
        values.append(round(left[1] + (right[1] - left[1]) * (at - left[0]) / (right[0] - left[0])))
    return bytes(values)


def ramp(points: tuple[tuple[int, int], ...], size: tuple[int, int], *, down: bool = False) -> Image.Image:
    """Return a grey ramp through (percent, brightness) points, from left to right or downwards."""
    return _ramp(points, size, down).copy()


@lru_cache(maxsize=48)
def _ramp(points: tuple[tuple[int, int], ...], size: tuple[int, int], down: bool) -> Image.Image:
    thin = (1, size[1]) if down else (size[0], 1)
    line = Image.frombytes("L", (1, 256) if down else (256, 1), _strip(points))
    return line.resize(thin, Image.Resampling.BILINEAR).resize(size, Image.Resampling.NEAREST)


def tone(profile: Image.Image, colour: Colour, depth: float = 0.6) -> Image.Image:
    """Colour a brightness map: dark parts fall into warm shadow, bright ones into light."""
    return ImageOps.colorize(profile, black=mix(colour, SHADOW, depth), mid=colour, white=mix(colour, LIGHT, 0.75))


def solid(mask: Image.Image, profile: Image.Image, colour: Colour, depth: float = 0.6) -> Image.Image:
    """Return a shaded body of the mask's shape."""
    body = tone(profile, colour, depth)
    body.putalpha(mask)
    return body


def shape(size: tuple[int, int], points: Sequence[tuple[float, float]]) -> Image.Image:
    """Return the mask of a polygon."""
    mask = Image.new("L", size)
    ImageDraw.Draw(mask).polygon(list(points), fill=255)
    return mask


def rounded(size: tuple[int, int], box: Box, radius: int) -> Image.Image:
    """Return the mask of a rounded rectangle."""
    mask = Image.new("L", size)
    ImageDraw.Draw(mask).rounded_rectangle(box, radius, fill=255)
    return mask


def oval(size: tuple[int, int], box: Box) -> Image.Image:
    """Return the mask of an ellipse."""
    mask = Image.new("L", size)
    ImageDraw.Draw(mask).ellipse(box, fill=255)
    return mask


def shade_with(texture: Image.Image, profile: Image.Image) -> Image.Image:
    """Lay a brightness map over a texture; above 128 it brightens, below it darkens."""
    grey = profile.convert("RGB")
    return ImageChops.overlay(texture, grey)


def clip(texture: Image.Image, mask: Image.Image) -> Image.Image:
    """Cut a picture to a mask."""
    cut = texture.convert("RGB")
    cut.putalpha(mask)
    return cut


def tiled(tile: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Fill an area with a tile."""
    out = Image.new("RGB", size)
    for top in range(0, size[1], tile.height):
        for left in range(0, size[0], tile.width):
            out.paste(tile, (left, top))
    return out


def soft(mask: Image.Image, radius: float) -> Image.Image:
    """Blur a mask at a quarter of its size, which looks the same and costs a sixteenth."""
    small = mask.resize((max(1, mask.width // 4), max(1, mask.height // 4)), Image.Resampling.BOX)
    return small.filter(ImageFilter.GaussianBlur(radius / 4)).resize(mask.size, Image.Resampling.BICUBIC)


@lru_cache(maxsize=64)
def font(size: int, weight: int) -> ImageFont.FreeTypeFont:
    """Return the shop's own typeface at a size and weight."""
    face = ImageFont.truetype(str(fontpkg.path("Plus Jakarta Sans", nearest=True)), size)
    face.set_variation_by_axes([weight])
    return face


def balanced(text: str) -> list[str]:
    """Break a name into the two lines of the most even length, when it is long."""
    words = text.split()
    if len(words) == 1 or len(text) <= 9:
        return [text]
    cuts = range(1, len(words))
    best = min(cuts, key=lambda cut: abs(len(" ".join(words[:cut])) - len(" ".join(words[cut:]))))
    return [" ".join(words[:best]), " ".join(words[best:])]


def lettering(picture: Image.Image, box: Box, lines: list[str], ink: Colour, weight: int = 800) -> None:
    """Write lines into a box as large as they fit, centred."""
    width, height = box[2] - box[0], box[3] - box[1]
    draw = ImageDraw.Draw(picture)
    widest = max(draw.textlength(line, font=font(100, weight)) for line in lines)
    size = int(min(width * 100 / widest, height / len(lines) / 1.12))
    top = box[1] + (height - size * 1.12 * len(lines)) / 2
    for number, line in enumerate(lines):
        at = (box[0] + width / 2, top + size * 1.12 * (number + 0.5))
        draw.text(at, line, font=font(size, weight), fill=ink, anchor="mm")
