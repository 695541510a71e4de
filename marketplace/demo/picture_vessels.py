"""Packages and dishes: each function draws one filled vessel, larger than it is shown."""

from functools import lru_cache
from random import Random

from PIL import Image, ImageDraw, ImageFilter, ImageOps

from marketplace.demo.picture_art import Art
from marketplace.demo.picture_spec import PictureSpec
from marketplace.demo.picture_textures import BAMBOO, PALETTES, Palette, sasirangan, weave
from marketplace.demo.picture_tools import (
    CYLINDER,
    FACE,
    FALLING,
    LIGHT,
    PAPER,
    SHADOW,
    Box,
    Colour,
    balanced,
    clip,
    lettering,
    mix,
    oval,
    ramp,
    rgb,
    rounded,
    shade_with,
    shape,
    soft,
    solid,
)

KRAFT: Colour = (200, 154, 100)
WINDOW = (150, 566, 650, 946)
PLACE = "HULU SUNGAI SELATAN"


def fill_of(spec: PictureSpec) -> Colour:
    """Return the colour of the goods themselves."""
    return rgb(spec.fill) if spec.fill else PALETTES[spec.palette].pack


def drop(picture: Image.Image, sprite: Image.Image, left: int, top: int, dark: float = 0.4) -> None:
    """Lay a sprite down with a soft shadow under it; what lies outside the picture is cut off."""
    bounds = sprite.getbbox() or (0, 0, 1, 1)
    cut = sprite.crop(bounds)
    reach = max(6, min(22, cut.width // 14))
    mask = Image.new("L", (cut.width + 6 * reach, cut.height + 6 * reach))
    mask.paste(cut.getchannel("A").point([round(value * dark) for value in range(256)]), (3 * reach, 3 * reach))
    at = (left + bounds[0], top + bounds[1])
    veil = Image.new("RGBA", mask.size, SHADOW)
    veil.putalpha(soft(mask, reach))
    _over(picture, veil, at[0] - 2 * reach, at[1] - 2 * reach)
    _over(picture, cut, *at)


def _over(picture: Image.Image, sprite: Image.Image, left: int, top: int) -> None:
    inside = sprite.crop((max(0, -left), max(0, -top), sprite.width, sprite.height))
    picture.alpha_composite(inside, (max(0, left), max(0, top)))


def heap(spec: PictureSpec, art: Art, luck: Random, size: tuple[int, int], rows: tuple[int, ...]) -> Image.Image:
    """Return a heap of the goods, back row first, filling the size from its lower edge."""
    pile = Image.new("RGBA", size)
    each = round(min(size[0] / max(rows) * 1.3, size[1] / (1 + 0.55 * (len(rows) - 1))))
    for number, count in enumerate(rows):
        top = size[1] - each - round((len(rows) - 1 - number) * each * 0.5)
        gap = (size[0] - each) / max(1, max(rows) - 1)
        start = (size[0] - each - gap * (count - 1)) / 2
        for place in range(count):
            sprite = _piece(spec, art, luck, each, number + place)
            drop(pile, sprite, round(start + place * gap), max(0, top + luck.randint(-8, 0)))
    return pile


def _piece(spec: PictureSpec, art: Art, luck: Random, size: int, turn: int) -> Image.Image:
    code = spec.emoji[turn % len(spec.emoji)]
    tint = spec.tint if code == spec.emoji[0] else ""
    sprite = _turned(art, code, size, tint, luck.choice((-15, -9, -4, 4, 9, 15)))
    return ImageOps.mirror(sprite) if luck.random() < 0.4 else sprite


@lru_cache(maxsize=32)
def _turned(art: Art, code: str, size: int, tint: str, angle: int) -> Image.Image:
    return art.sprite(code, size, tint).rotate(angle, Image.Resampling.BICUBIC)


def badge(picture: Image.Image, box: Box, spec: PictureSpec, art: Art, palette: Palette, hero: bool) -> None:
    """Stick a paper label on a package: art (if any), name, place."""
    width, height = box[2] - box[0], box[3] - box[1]
    draw = ImageDraw.Draw(picture)
    draw.rounded_rectangle(box, width // 12, fill=PAPER)
    inner = (box[0] + 12, box[1] + 12, box[2] - 12, box[3] - 12)
    draw.rounded_rectangle(inner, width // 14, outline=palette.accent, width=4)
    top = box[1] + 26
    if hero:
        side = round(height * 0.42)
        tint = spec.tint
        picture.alpha_composite(art.sprite(spec.emoji[0], side, tint), (box[0] + (width - side) // 2, top))
        top += side
    foot = box[3] - 60
    lettering(picture, (box[0] + 34, top + 4, box[2] - 34, foot - 6), balanced(spec.label), palette.ink)
    lettering(picture, (box[0] + 30, foot, box[2] - 30, foot + 36), [PLACE], palette.accent, 600)


def pouch(spec: PictureSpec, art: Art, luck: Random) -> Image.Image:
    """Draw a standing pouch with a window onto the goods."""
    size, palette = (800, 1080), PALETTES[spec.palette]
    mask = shape(size, _pouch_outline())
    colour = luck.choice((KRAFT, palette.pack, palette.pack, mix(palette.pack, PAPER, 0.78)))
    bag = solid(mask, _pouch_light(size), colour, 0.45)
    _pouch_band(bag, mask, palette, luck)
    corner = luck.choice((40, 90, 185))
    window = rounded(size, WINDOW, corner)
    inside = Image.new("RGBA", size, mix(fill_of(spec), SHADOW, 0.72))
    inside.alpha_composite(heap(spec, art, luck, (560, 440), (3, 4, 3)), (120, 540))
    bag.paste(inside, (0, 0), window)
    _gloss(bag, window, corner)
    badge(bag, (130, 170, 670, 530), spec, art, palette, hero=False)
    return bag


def _pouch_outline() -> list[tuple[float, float]]:
    left = [(78 + 26 * step / 10 - 44 * (step / 10) ** 2, 40 + step * 98.0) for step in range(11)]
    foot = [(60 + 68 * step, 1020 + 34 * (1 - ((step - 5) / 5) ** 2)) for step in range(11)]
    right = [(800 - x, y) for x, y in reversed(left)]
    return [*left, *foot, *right]


def _pouch_light(size: tuple[int, int]) -> Image.Image:
    light = ramp(((0, 70), (5, 150), (14, 196), (26, 140), (72, 124), (92, 92), (100, 50)), size)
    draw = ImageDraw.Draw(light)
    for top in range(52, 116, 12):
        draw.line((0, top, size[0], top), fill=84, width=3)
        draw.line((0, top + 4, size[0], top + 4), fill=190, width=3)
    draw.polygon([(60, 1020), (740, 1020), (690, 960), (110, 960)], fill=112)
    return light.filter(ImageFilter.GaussianBlur(3))


def _pouch_band(bag: Image.Image, mask: Image.Image, palette: Palette, luck: Random) -> None:
    size, top = (bag.width, 40), 972
    cloth = sasirangan(size, palette.accent, mix(palette.accent, PAPER, 0.7), luck)
    cut = mask.crop((0, top, bag.width, top + size[1])).point([round(v * 0.85) for v in range(256)])
    bag.alpha_composite(clip(shade_with(cloth, ramp(CYLINDER, size)), cut), (0, top))


def _gloss(picture: Image.Image, window: Image.Image, corner: int) -> None:
    """Lay a slanting shine over a clear window and give it a rim."""
    shine = shape(picture.size, [(150, 560), (330, 560), (200, 960), (100, 960)])
    both = Image.composite(shine, Image.new("L", picture.size), window)
    picture.paste(LIGHT, (0, 0), both.point([round(value * 0.3) for value in range(256)]))
    ImageDraw.Draw(picture).rounded_rectangle(WINDOW, corner, outline=mix(PAPER, SHADOW, 0.15), width=6)


def jar(spec: PictureSpec, art: Art, luck: Random) -> Image.Image:
    """Draw a glass jar with a lid or a cloth cap and a label."""
    size, palette = (760, 960), PALETTES[spec.palette]
    picture = Image.new("RGBA", size)
    glass = rounded(size, (60, 190, 700, 940), 110)
    picture.alpha_composite(clip(Image.new("RGB", size, LIGHT), glass.point([v * 120 // 255 for v in range(256)])))
    goods = rounded(size, (82, 270, 678, 918), 92)
    picture.alpha_composite(solid(goods, _speckled(size, luck), fill_of(spec)))
    picture.alpha_composite(solid(oval(size, (84, 246, 676, 316)), ramp(FACE, size), mix(fill_of(spec), LIGHT, 0.2)))
    badge(picture, (150, 400, 610, 830), spec, art, palette, hero=True)
    _glints(picture, (96, 250, 690, 900))
    luck.choice((_lid, _lid, _cloth_cap))(picture, palette, luck)
    return picture


def _speckled(size: tuple[int, int], luck: Random) -> Image.Image:
    """Return cylinder light with the small unevenness of food behind glass."""
    grain = Image.frombytes("L", (60, 76), luck.randbytes(60 * 76)).resize(size, Image.Resampling.BICUBIC)
    return Image.blend(ramp(CYLINDER, size), grain, 0.16)


def _glints(picture: Image.Image, box: Box) -> None:
    left, top, right, bottom = box
    mask = Image.new("L", picture.size)
    draw = ImageDraw.Draw(mask)
    draw.rounded_rectangle((left + 14, top + 50, left + 40, bottom - 70), 13, fill=190)
    draw.rounded_rectangle((right - 40, top + 90, right - 26, bottom - 120), 7, fill=120)
    picture.paste(LIGHT, (0, 0), mask.filter(ImageFilter.GaussianBlur(4)))


def _lid(picture: Image.Image, palette: Palette, luck: Random) -> None:
    colour = luck.choice((palette.accent, (206, 164, 84), (60, 52, 48)))
    light = ramp(CYLINDER, picture.size)
    draw = ImageDraw.Draw(light)
    for left in range(100, 670, 22):
        draw.line((left, 120, left, 206), fill=84, width=4)
    picture.alpha_composite(solid(rounded(picture.size, (92, 84, 668, 216), 26), light, colour))
    top = solid(oval(picture.size, (96, 58, 664, 132)), ramp(FACE, picture.size), mix(colour, LIGHT, 0.2))
    picture.alpha_composite(top)


def _cloth_cap(picture: Image.Image, palette: Palette, luck: Random) -> None:
    """Tie a piece of sasirangan over the lid, as home kitchens do for gifts."""
    cloth = sasirangan(picture.size, palette.pack, mix(palette.accent, PAPER, 0.6), luck)
    hem = [(x, 262 + (18 if (x // 40) % 2 else -14)) for x in range(40, 721, 40)]
    outline = [(104, 96), (190, 56), (570, 56), (656, 96), (664, 196), *reversed(hem), (96, 196)]
    lit = shade_with(cloth, ramp(CYLINDER, picture.size))
    picture.alpha_composite(clip(lit, shape(picture.size, outline)))
    draw = ImageDraw.Draw(picture)
    draw.line((94, 196, 666, 196), fill=BAMBOO, width=14)
    draw.ellipse((350, 176, 410, 220), outline=BAMBOO, width=10)
    draw.line([(380, 206), (348, 280)], fill=BAMBOO, width=9)
    draw.line([(380, 206), (416, 272)], fill=BAMBOO, width=9)


def bottle(spec: PictureSpec, art: Art, luck: Random) -> Image.Image:
    """Draw a bottle, its goods seen through the glass."""
    size, palette = (520, 1160), PALETTES[spec.palette]
    picture = Image.new("RGBA", size)
    glass = shape(size, _bottle_outline(0, luck.choice((60, 110))))
    picture.alpha_composite(solid(glass, ramp(CYLINDER, size), mix(fill_of(spec), LIGHT, 0.45), 0.4))
    level = Image.new("L", size)
    ImageDraw.Draw(level).rectangle((0, 250, 520, 1160), fill=255)
    goods = Image.composite(shape(size, _bottle_outline(16, 80)), Image.new("L", size), level)
    picture.alpha_composite(solid(goods, ramp(CYLINDER, size), fill_of(spec)))
    badge(picture, (66, 560, 454, 980), spec, art, palette, hero=True)
    _glints(picture, (50, 420, 476, 1120))
    cap = luck.choice((palette.accent, (48, 42, 40), (206, 164, 84)))
    picture.alpha_composite(solid(rounded(size, (176, 24, 344, 142), 22), ramp(CYLINDER, size), cap))
    return picture


def _bottle_outline(inset: int, shoulder: int) -> list[tuple[float, float]]:
    side = [
        (196, 120), (196, 220), (188, 262), (150, 318 + shoulder / 3), (84, 372 + shoulder / 2),
        (50, 430 + shoulder / 2), (44, 500), (44, 1080), (58, 1122), (90, 1140),
    ]  # fmt: skip
    left = [(x + inset, y - (inset if y > 1000 else 0)) for x, y in side]
    return [*left, *((520 - x, y) for x, y in reversed(left))]


def box(spec: PictureSpec, art: Art, luck: Random) -> Image.Image:
    """Draw a printed carton seen a little from above and from the side."""
    size, palette = (1000, 900), PALETTES[spec.palette]
    picture = Image.new("RGBA", size)
    colour = luck.choice((KRAFT, palette.pack, mix(palette.pack, PAPER, 0.8)))
    front = shape(size, [(60, 240), (780, 240), (780, 880), (60, 880)])
    side = shape(size, [(780, 240), (940, 140), (940, 750), (780, 880)])
    lid = shape(size, [(60, 240), (230, 140), (940, 140), (780, 240)])
    picture.alpha_composite(solid(front, ramp(FACE, size), colour))
    picture.alpha_composite(solid(side, ramp(((0, 60), (100, 44)), size, down=True), colour))
    picture.alpha_composite(solid(lid, ramp(((0, 170), (100, 206)), size), colour))
    _carton_cloth(picture, palette, luck)
    badge(picture, (280, 330, 720, 800), spec, art, palette, hero=True)
    return picture


def _carton_cloth(picture: Image.Image, palette: Palette, luck: Random) -> None:
    """Print a band of sasirangan around the carton."""
    cloth = sasirangan(picture.size, palette.accent, mix(palette.accent, PAPER, 0.75), luck)
    front = shape(picture.size, [(100, 240), (240, 240), (240, 880), (100, 880)])
    over = shape(picture.size, [(100, 240), (266, 140), (400, 140), (240, 240)])
    picture.alpha_composite(clip(shade_with(cloth, ramp(((0, 150), (100, 120)), picture.size)), front))
    picture.alpha_composite(clip(shade_with(cloth, ramp(((0, 180), (100, 180)), picture.size)), over))


def plate(spec: PictureSpec, art: Art, luck: Random) -> Image.Image:
    """Draw a plate laid with banana leaf and heaped with the goods."""
    size, palette = (1100, 860), PALETTES[spec.palette]
    picture = Image.new("RGBA", size)
    glaze = luck.choice(((250, 244, 232), mix(palette.accent, PAPER, 0.55), (96, 74, 60)))
    picture.alpha_composite(
        solid(oval(size, (30, 480, 1070, 850)), ramp(FALLING, size, down=True), mix(glaze, SHADOW, 0.3))
    )
    picture.alpha_composite(solid(oval(size, (30, 462, 1070, 822)), ramp(FACE, size), glaze))
    picture.alpha_composite(solid(oval(size, (130, 505, 970, 780)), ramp(FALLING, size), mix(glaze, SHADOW, 0.12)))
    _leaf_mat(picture, luck)
    rows = luck.choice(((2, 3, 4), (1, 3, 4), (3, 4)))
    picture.alpha_composite(heap(spec, art, luck, (760, 620), rows), (170, 110))
    return picture


def _leaf_mat(picture: Image.Image, luck: Random) -> None:
    green = luck.choice((rgb("#5f8f3a"), rgb("#77a044"), rgb("#4f7f3f")))
    mask = shape(picture.size, [(90, 640), (330, 500), (800, 490), (1010, 610), (800, 770), (300, 780)])
    light = ramp(((0, 90), (48, 170), (50, 90), (52, 160), (100, 80)), picture.size, down=False).copy()
    draw = ImageDraw.Draw(light)
    for left in range(0, 1100, 26):
        draw.line((left, 480, left + 70, 800), fill=108, width=3)
    picture.alpha_composite(solid(mask, light, green))


def basket(spec: PictureSpec, art: Art, luck: Random) -> Image.Image:
    """Draw a woven bamboo basket full of the goods."""
    size, palette = (1000, 1000), PALETTES[spec.palette]
    picture = Image.new("RGBA", size)
    straw = luck.choice((BAMBOO, rgb("#b98a4c"), mix(BAMBOO, palette.accent, 0.3)))
    inner = mix(straw, SHADOW, 0.6)
    picture.alpha_composite(solid(oval(size, (70, 480, 930, 680)), ramp(FALLING, size, down=True), inner))
    picture.alpha_composite(heap(spec, art, luck, (800, 560), luck.choice(((3, 4), (2, 4), (3, 4, 3)))), (100, 120))
    front = [(70, 580), (200, 640), (500, 676), (800, 640), (930, 580), (850, 950), (500, 985), (150, 950)]
    woven = weave(size, straw, mix(straw, palette.accent, 0.4), 30)
    picture.alpha_composite(clip(shade_with(woven, ramp(CYLINDER, size)), shape(size, front)))
    draw = ImageDraw.Draw(picture)
    draw.arc((70, 480, 930, 680), 0, 180, fill=mix(straw, LIGHT, 0.25), width=30)
    draw.arc((70, 502, 930, 702), 8, 172, fill=mix(straw, SHADOW, 0.45), width=8)
    return picture


def besek(spec: PictureSpec, art: Art, luck: Random) -> Image.Image:
    """Draw an open square box of woven bamboo, lined with leaf."""
    size, palette = (1060, 860), PALETTES[spec.palette]
    picture = Image.new("RGBA", size)
    back = shape(size, [(170, 330), (890, 330), (1000, 560), (60, 560)])
    picture.alpha_composite(solid(back, ramp(FALLING, size, down=True), rgb("#4f7a34")))
    picture.alpha_composite(heap(spec, art, luck, (800, 560), luck.choice(((4, 4), (3, 4), (4, 4, 3)))), (130, 60))
    woven = weave(size, BAMBOO, mix(BAMBOO, palette.accent, 0.55), 34)
    front = shape(size, [(60, 560), (1000, 560), (960, 840), (100, 840)])
    picture.alpha_composite(clip(shade_with(woven, ramp(FACE, size)), front))
    draw = ImageDraw.Draw(picture)
    draw.rounded_rectangle((48, 540, 1012, 582), 16, fill=mix(BAMBOO, LIGHT, 0.3))
    draw.line((56, 580, 1004, 580), fill=mix(BAMBOO, SHADOW, 0.5), width=6)
    return picture
