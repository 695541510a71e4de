"""The studio: wall, table, window light and the shadows of leaves."""

import math
from functools import lru_cache

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageOps

from marketplace.demo.picture_spec import PaletteName
from marketplace.demo.picture_textures import PALETTES, PURUN, Palette, planks, sasirangan, weave_bands
from marketplace.demo.picture_tools import LIGHT, SHADOW, dice, mix, ramp, soft

SIDE = 960
"""The widest that a page shows."""
HORIZON = 520
TABLES = ("sweep", "planks", "purun", "runner", "plaster")
LIGHTS = ("window", "palm", "glow")


def backdrop(name: PaletteName, table: str, light: str, arch: bool) -> Image.Image:
    """Return the empty studio in a palette."""
    scene = _lit_wall(name, light, arch).copy()
    _paint_table(scene, PALETTES[name], table, name)
    return ImageChops.multiply(scene, _vignette())


@lru_cache(maxsize=4)
def _lit_wall(name: PaletteName, light: str, arch: bool) -> Image.Image:
    wall = _wall(PALETTES[name])
    if arch:
        _paint_arch(wall, PALETTES[name])
    _paint_light(wall, light)
    return wall


def _wall(palette: Palette) -> Image.Image:
    """Return the wall, brightest at the upper left where the light comes from."""
    glow = ImageOps.invert(Image.radial_gradient("L")).resize((SIDE, SIDE), box=(75, 85, 203, 213))
    return ImageOps.colorize(
        glow,
        black=mix(palette.wall, palette.table, 0.75),
        mid=palette.wall,
        white=mix(palette.wall, LIGHT, 0.65),
    )


def _paint_arch(scene: Image.Image, palette: Palette) -> None:
    mask = Image.new("L", (SIDE, SIDE))
    draw = ImageDraw.Draw(mask)
    draw.ellipse((168, 72, 792, 696), fill=255)
    draw.rectangle((168, 384, 792, HORIZON), fill=255)
    depth = ramp(((0, 90), (50, 135), (100, 165)), (SIDE, SIDE))
    inner = mix(palette.wall, palette.accent, 0.38)
    niche = ImageOps.colorize(depth, black=mix(inner, SHADOW, 0.3), mid=inner, white=mix(inner, LIGHT, 0.25))
    scene.paste(niche, (0, 0), mask)


def _paint_light(scene: Image.Image, light: str) -> None:
    mask = Image.new("L", (SIDE // 4, SIDE // 4))
    draw = ImageDraw.Draw(mask)
    if light == "window":
        for column in (0, 1):
            for row in (0, 1):
                left, top = 32 + column * 53, 11 + row * 67 + column * 14
                draw.polygon([(left, top), (left + 46, top + 13), (left + 46, top + 74), (left, top + 61)], 92)
        scene.paste(LIGHT, (0, 0), _grown(mask, 2.4))
    if light == "palm":
        _fronds(draw)
        scene.paste(mix(_deep_tone(scene), SHADOW, 0.3), (0, 0), _grown(mask, 2.7))


def _deep_tone(scene: Image.Image) -> tuple[int, int, int]:
    """Return a deep tone of the wall, so that a shadow on it keeps its colour."""
    pixel = scene.getpixel((SIDE - 16, 48))
    if not isinstance(pixel, tuple):
        raise TypeError("the studio is drawn in colour")
    return mix((int(pixel[0]), int(pixel[1]), int(pixel[2])), SHADOW, 0.45)


def _grown(mask: Image.Image, blur: float) -> Image.Image:
    return mask.filter(ImageFilter.GaussianBlur(blur)).resize((SIDE, SIDE), Image.Resampling.BICUBIC)


def _fronds(draw: ImageDraw.ImageDraw) -> None:
    """Draw two palm fronds that hang into the light from the upper right."""
    for root, turn in (((250, -5), 2.35), ((254, 56), 2.75)):
        for step in range(2, 20):
            reach = step * 8.4
            x, y = root[0] + math.cos(turn) * reach, root[1] + math.sin(turn) * reach
            for side in (-1, 1):
                angle = turn + side * (1.05 - step * 0.03)
                length = 50 - abs(step - 8) * 2.6
                tip = (x + math.cos(angle) * length, y + math.sin(angle) * length + 8)
                draw.polygon([(x - 2, y - 2), (x + 3, y + 3), tip], fill=74)


def _paint_table(scene: Image.Image, palette: Palette, table: str, name: PaletteName) -> None:
    depth = SIDE - HORIZON
    if table == "sweep":
        floor = Image.new("RGB", (SIDE, SIDE), mix(palette.table, palette.wall, 0.35))
        scene.paste(floor, (0, 0), ramp(((0, 0), (46, 0), (68, 215), (100, 255)), (SIDE, SIDE), down=True))
        return
    lit = _table_top(name, table)
    edge = Image.new("L", (SIDE, depth), 255)
    ImageDraw.Draw(edge).rectangle((0, 0, SIDE, 2), fill=110)
    scene.paste(lit, (0, HORIZON), edge)


@lru_cache(maxsize=8)
def _table_top(name: PaletteName, table: str) -> Image.Image:
    top = _bare_top(name, table)
    return ImageChops.overlay(top, ramp(((0, 168), (50, 138), (100, 104)), top.size, down=True).convert("RGB"))


def _bare_top(name: PaletteName, table: str) -> Image.Image:
    palette, depth = PALETTES[name], SIDE - HORIZON
    if table == "planks":
        return _laid_back(planks((SIDE, 720), mix(palette.table, (150, 96, 52), 0.45)))
    if table == "purun":
        return _laid_back(
            weave_bands(
                (SIDE, 720), PURUN, (mix(PURUN, palette.accent, 0.7), mix(PURUN, palette.pack, 0.6)), dice(name)
            )
        )
    plain = Image.new("RGB", (SIDE, depth), mix(palette.table, LIGHT, 0.22))
    if table == "runner":
        cloth = sasirangan((720, 720), palette.accent, mix(palette.pack, LIGHT, 0.45), dice(name))
        mask = Image.new("L", (SIDE, depth))
        ImageDraw.Draw(mask).polygon([(264, 0), (696, 0), (904, depth), (56, depth)], fill=255)
        laid = _laid_back(cloth.resize((SIDE, 720)))
        plain = ImageChops.multiply(plain, ImageOps.invert(soft(mask, 24)).point(_LIFT).convert("RGB"))
        plain.paste(laid, (0, 0), mask)
    return plain


_LIFT = [200 + value * 55 // 255 for value in range(256)]
"""Keeps a soft shadow around the cloth from getting darker than a fifth."""


def _laid_back(flat: Image.Image) -> Image.Image:
    """Tip an upright texture back into the plane of the table."""
    depth = SIDE - HORIZON
    nearer = 0.0016
    coefficients = (
        1.0, SIDE / 2 * nearer, 0.0,
        0.0, flat.height * (1 + depth * nearer) / depth, 0.0,
        0.0, nearer,
    )  # fmt: skip
    return flat.transform((SIDE, depth), Image.Transform.PERSPECTIVE, coefficients, Image.Resampling.BICUBIC)


@lru_cache(maxsize=1)
def _vignette() -> Image.Image:
    ring = ImageOps.invert(Image.radial_gradient("L")).resize((SIDE, SIDE))
    return ring.point([min(255, 214 + value * 60 // 255) for value in range(256)]).convert("RGB")
