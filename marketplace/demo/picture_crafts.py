"""Goods that are drawn as themselves: cloth, plaited and leaf-wrapped work, and the stands for the rest."""

import math
from random import Random

from PIL import Image, ImageDraw, ImageFilter

from marketplace.demo.picture_art import Art
from marketplace.demo.picture_spec import PictureSpec
from marketplace.demo.picture_textures import BAMBOO, PALETTES, PURUN, sasirangan, weave, weave_bands
from marketplace.demo.picture_tools import (
    CYLINDER,
    FACE,
    FALLING,
    LIGHT,
    PAPER,
    SHADOW,
    Colour,
    clip,
    mix,
    oval,
    ramp,
    rgb,
    rounded,
    shade_with,
    shape,
    solid,
)
from marketplace.demo.picture_vessels import drop, fill_of, heap

LEAF = rgb("#6d9440")


def _cloth_colours(spec: PictureSpec) -> tuple[Colour, Colour]:
    ground = fill_of(spec)
    return ground, mix(PALETTES[spec.palette].accent, PAPER, 0.5)


def cloth(spec: PictureSpec, art: Art, luck: Random) -> Image.Image:
    """Draw folded lengths of sasirangan, one on the other, tied with a band."""
    size = (1080, 760)
    picture = Image.new("RGBA", size)
    ground, figure = _cloth_colours(spec)
    shades = [ground, mix(ground, PALETTES[spec.palette].accent, 0.55), mix(ground, PAPER, 0.5)]
    for number in range(3):
        top = 500 - number * 170
        inset = 40 + number * 26
        pattern = sasirangan(size, shades[2 - number], figure, luck)
        fold = rounded(size, (inset, top, 1080 - inset, top + 220), 88)
        light = ramp(((0, 190), (40, 140), (80, 96), (100, 52)), (1080, 220), down=True)
        lit = Image.new("L", size, 128)
        lit.paste(light, (0, top))
        picture.alpha_composite(clip(shade_with(pattern, lit), fold))
        _fold_lines(picture, inset, top)
    _draped(picture, sasirangan(size, ground, figure, luck))
    return picture


def _fold_lines(picture: Image.Image, inset: int, top: int) -> None:
    draw = ImageDraw.Draw(picture)
    for line in (88, 130):
        draw.line((inset + 60, top + line, 1020 - inset, top + line + 6), fill=(*SHADOW, 90), width=4)


def _draped(picture: Image.Image, pattern: Image.Image) -> None:
    """Let one corner of the top cloth hang down over the stack."""
    hang = [(620, 160), (900, 170), (925, 520), (790, 690), (640, 540)]
    light = ramp(((0, 96), (20, 170), (45, 110), (65, 165), (100, 84)), (320, picture.height))
    lit = Image.new("L", picture.size, 128)
    lit.paste(light, (610, 0))
    corner = clip(shade_with(pattern, lit), shape(picture.size, hang).filter(ImageFilter.GaussianBlur(2)))
    drop(picture, corner, 0, 0, 0.35)


def shirt(spec: PictureSpec, art: Art, luck: Random) -> Image.Image:
    """Draw a sewn shirt of sasirangan on a hanger."""
    size = (1040, 1080)
    picture = Image.new("RGBA", size)
    draw = ImageDraw.Draw(picture)
    draw.arc((480, 10, 560, 96), 150, 420, fill=(120, 84, 52), width=12)
    draw.line([(520, 92), (300, 190)], fill=(150, 104, 62), width=18)
    draw.line([(520, 92), (740, 190)], fill=(150, 104, 62), width=18)
    left = [(520, 250), (430, 138), (330, 165), (110, 270), (30, 520), (190, 570), (262, 452), (250, 1040)]
    outline = [*left, *((1040 - x, y) for x, y in reversed(left))]
    light = ramp(((0, 84), (14, 150), (28, 112), (40, 158), (50, 92), (60, 148), (86, 118), (100, 70)), size)
    body = clip(shade_with(sasirangan(size, *_cloth_colours(spec), luck), light), shape(size, outline))
    drop(picture, body, 0, 0, 0.3)
    _placket(picture, fill_of(spec))
    return picture


def _placket(picture: Image.Image, ground: Colour) -> None:
    draw = ImageDraw.Draw(picture)
    dark = mix(ground, SHADOW, 0.45)
    draw.polygon([(430, 138), (520, 262), (470, 318), (380, 152)], fill=dark)
    draw.polygon([(610, 138), (520, 262), (570, 318), (660, 152)], fill=dark)
    draw.line((520, 262, 520, 1038), fill=dark, width=6)
    for top in range(360, 1000, 130):
        draw.ellipse((532, top, 556, top + 24), fill=PAPER, outline=dark, width=3)


def tote(spec: PictureSpec, art: Art, luck: Random) -> Image.Image:
    """Draw a plaited purun bag with dyed bands and two handles."""
    size, palette = (900, 1060), PALETTES[spec.palette]
    picture = Image.new("RGBA", size)
    draw = ImageDraw.Draw(picture)
    strap = luck.choice((rgb("#6b4226"), palette.accent, mix(PURUN, SHADOW, 0.4)))
    for inset, tint in ((0, mix(strap, SHADOW, 0.4)), (22, strap)):
        draw.arc((230 + inset, 60 + inset, 670 - inset, 800), 180, 360, fill=tint, width=34)
    outline = luck.choice(
        ([(90, 380), (810, 380), (850, 1030), (50, 1030)], [(60, 400), (840, 400), (760, 1030), (140, 1030)])
    )
    woven = weave_bands(size, fill_of(spec) if spec.fill else PURUN, (palette.accent, palette.pack), luck)
    mask = shape(size, outline).filter(ImageFilter.GaussianBlur(6)).point([min(255, v * 2) for v in range(256)])
    picture.alpha_composite(clip(shade_with(woven, ramp(FACE, size)), mask))
    draw.rounded_rectangle((outline[0][0] - 8, 366, outline[1][0] + 8, 412), 18, fill=strap)
    for left in (250, 610):
        draw.rounded_rectangle((left, 380, left + 40, 520), 14, fill=strap)
        draw.ellipse((left + 10, 480, left + 30, 500), fill=BAMBOO)
    return picture


def hat(spec: PictureSpec, art: Art, luck: Random) -> Image.Image:
    """Draw a wide plaited hat: a cone for the rice field or a round crown with a ribbon."""
    size, palette = (1180, 700), PALETTES[spec.palette]
    picture = Image.new("RGBA", size)
    straw = fill_of(spec) if spec.fill else PURUN
    woven = weave(size, straw, mix(straw, palette.accent, 0.35), 22)
    light = ramp(((0, 70), (25, 165), (45, 190), (65, 128), (100, 56)), size)
    brim = clip(shade_with(woven, light), oval(size, (20, 400, 1160, 680)))
    picture.alpha_composite(brim)
    if luck.random() < 0.5:
        crown = shape(size, [(60, 520), (560, 60), (600, 50), (640, 60), (1120, 520), (600, 640)])
        picture.alpha_composite(clip(shade_with(woven, light), crown))
        return picture
    crown = rounded(size, (350, 120, 830, 560), 170)
    drop(picture, clip(shade_with(woven, light), crown), 0, 0, 0.3)
    band = solid(rounded(size, (340, 430, 840, 530), 30), ramp(CYLINDER, size), palette.accent)
    picture.alpha_composite(band)
    return picture


def mat(spec: PictureSpec, art: Art, luck: Random) -> Image.Image:
    """Draw a purun mat, half unrolled."""
    size, palette = (1160, 760), PALETTES[spec.palette]
    picture = Image.new("RGBA", size)
    base = fill_of(spec) if spec.fill else PURUN
    flat = weave_bands(size, base, (palette.accent, palette.pack), luck).rotate(90, expand=True).resize(size)
    sheet = shape(size, [(250, 330), (1130, 330), (1010, 720), (60, 720)])
    picture.alpha_composite(clip(shade_with(flat, ramp(FACE, size)), sheet))
    roll = rounded(size, (180, 120, 1150, 400), 130)
    lit = ramp(((0, 110), (16, 110), (30, 205), (44, 128), (54, 40), (100, 40)), size, down=True)
    drop(picture, clip(shade_with(flat, lit), roll), 0, 0, 0.4)
    for ring in range(4):
        reach = 92 - ring * 24
        box = (236 - reach * 0.62, 260 - reach * 1.4, 236 + reach * 0.62, 260 + reach * 1.4)
        ImageDraw.Draw(picture).ellipse(
            box, fill=mix(base, SHADOW, 0.15 + ring * 0.15), outline=mix(base, SHADOW, 0.55), width=5
        )
    return picture


def tray(spec: PictureSpec, art: Art, luck: Random) -> Image.Image:
    """Draw a round bamboo tray, empty as goods itself or with things on it."""
    size, palette = (1160, 760), PALETTES[spec.palette]
    picture = Image.new("RGBA", size)
    straw = fill_of(spec) if spec.fill else BAMBOO
    picture.alpha_composite(solid(oval(size, (20, 250, 1140, 750)), ramp(FACE, size), mix(straw, SHADOW, 0.35)))
    picture.alpha_composite(solid(oval(size, (20, 220, 1140, 715)), ramp(FACE, size), mix(straw, LIGHT, 0.15)))
    woven = weave(size, straw, mix(straw, palette.accent, 0.3), 28)
    picture.alpha_composite(clip(shade_with(woven, ramp(FALLING, size)), oval(size, (70, 252, 1090, 680))))
    if spec.emoji:
        picture.alpha_composite(heap(spec, art, luck, (800, 520), luck.choice(((4, 4), (3, 4), (4, 3)))), (180, 100))
    return picture


def leaf(spec: PictureSpec, art: Art, luck: Random) -> Image.Image:
    """Draw parcels of banana leaf, tied, heaped on each other, with one opened by its goods."""
    size = (1100, 760)
    picture = Image.new("RGBA", size)
    for left, top in ((60, 390), (520, 400), (290, 205)):
        wrap = _leaf_parcel(luck).rotate(luck.randint(-9, 9), Image.Resampling.BICUBIC, expand=True)
        drop(picture, wrap, left, top)
    if spec.emoji:
        drop(picture, art.sprite(spec.emoji[0], 330, spec.tint), 740, 420)
    return picture


def _leaf_parcel(luck: Random) -> Image.Image:
    size = (430, 270)
    green = luck.choice((LEAF, rgb("#5c8238"), rgb("#7ba14b")))
    light = ramp(((0, 90), (20, 190), (50, 138), (80, 110), (100, 50)), size, down=True)
    draw = ImageDraw.Draw(light)
    for left in range(-40, 430, 15):
        draw.line((left, 0, left + 46, 270), fill=104, width=2)
    parcel = solid(rounded(size, (14, 40, 416, 240), 60), light, green)
    pen = ImageDraw.Draw(parcel)
    for left in (120, 300):
        pen.line((left, 40, left - 8, 240), fill=mix(BAMBOO, LIGHT, 0.2), width=12)
        pen.ellipse((left - 18, 122, left + 12, 152), fill=BAMBOO)
    return parcel


def bamboo(spec: PictureSpec, art: Art, luck: Random) -> Image.Image:
    """Draw lengths of bamboo with leaf-lined glutinous rice inside, one cut open."""
    size = (1120, 760)
    picture = Image.new("RGBA", size)
    for top, tint in ((90, 0.0), (270, 0.16), (450, 0.06)):
        tube = _tube(mix(rgb("#8aa04a"), rgb("#7a4a22"), tint + luck.random() * 0.2), fill_of(spec))
        drop(picture, tube.rotate(luck.randint(-5, 5), Image.Resampling.BICUBIC, expand=True), 60, top - 30)
    if spec.emoji:
        drop(picture, art.sprite(spec.emoji[0], 300, spec.tint), 760, 420)
    return picture


def _tube(green: Colour, rice: Colour) -> Image.Image:
    size = (960, 250)
    light = ramp(((0, 60), (16, 150), (30, 215), (46, 140), (80, 84), (100, 40)), size, down=True)
    tube = solid(rounded(size, (30, 20, 900, 230), 40), light, green)
    pen = ImageDraw.Draw(tube)
    for left in (300, 610):
        pen.rounded_rectangle((left, 16, left + 22, 234), 10, fill=mix(green, SHADOW, 0.3))
        pen.line((left + 4, 30, left + 4, 220), fill=mix(green, LIGHT, 0.35), width=5)
    pen.ellipse((850, 20, 940, 230), fill=mix(BAMBOO, LIGHT, 0.2))
    pen.ellipse((862, 42, 930, 208), fill=LEAF)
    pen.ellipse((868, 56, 926, 194), fill=mix(rice, LIGHT, 0.15))
    return tube


def ketupat(spec: PictureSpec, art: Art, luck: Random) -> Image.Image:
    """Draw a bunch of rice cakes in plaited young coconut leaf."""
    size = (1000, 900)
    picture = Image.new("RGBA", size)
    for left, top in ((150, 60), (450, 50), (10, 330), (590, 320), (300, 350)):
        drop(picture, _plaited(luck), left, top)
    return picture


def _plaited(luck: Random) -> Image.Image:
    side = 300
    light, dark = luck.choice(((rgb("#d9cf6a"), rgb("#a9b548")), (rgb("#c9cf62"), rgb("#8fa83f"))))
    woven = shade_with(weave((side, side), light, dark, 50), ramp(FALLING, (side, side)))
    turned = clip(woven, rounded((side, side), (0, 0, side, side), 34)).rotate(
        45 + luck.randint(-8, 8), Image.Resampling.BICUBIC, expand=True
    )
    out = Image.new("RGBA", (turned.width, turned.height))
    pen = ImageDraw.Draw(out)
    middle = turned.width // 2
    for lean in (-40, 30):
        pen.line([(middle, 60), (middle + lean, 0)], fill=dark, width=16)
    out.alpha_composite(turned)
    return out.resize((400, 400), Image.Resampling.LANCZOS)


def crate(spec: PictureSpec, art: Art, luck: Random) -> Image.Image:
    """Draw a slatted wooden crate heaped with fresh goods."""
    size, palette = (1060, 900), PALETTES[spec.palette]
    picture = Image.new("RGBA", size)
    wood = luck.choice((rgb("#c08a52"), rgb("#a8743f"), mix(palette.accent, rgb("#c08a52"), 0.6)))
    pen = ImageDraw.Draw(picture)
    pen.polygon([(120, 470), (940, 470), (1000, 560), (60, 560)], fill=mix(wood, SHADOW, 0.7))
    picture.alpha_composite(heap(spec, art, luck, (860, 560), luck.choice(((4, 4), (3, 4), (3, 4, 4)))), (100, 60))
    for top in (560, 668, 776):
        slat = rounded(size, (46, top, 1014, top + 94), 12)
        picture.alpha_composite(solid(slat, ramp(FACE, size), mix(wood, LIGHT, luck.random() * 0.18)))
    for left in (60, 940):
        post = solid(rounded(size, (left, 540, left + 60, 884), 10), ramp(FACE, size), mix(wood, SHADOW, 0.2))
        picture.alpha_composite(post)
    return picture


def stage(spec: PictureSpec, art: Art, luck: Random) -> Image.Image:
    """Draw the goods on a round stand."""
    size, palette = (1000, 1000), PALETTES[spec.palette]
    picture = Image.new("RGBA", size)
    colour = mix(palette.wall, palette.accent, luck.choice((0.12, 0.3, 0.5)))
    _stand(picture, colour)
    hero = art.sprite(spec.emoji[0], 620, spec.tint)
    drop(picture, hero, 190, 120)
    for place, code in enumerate(spec.emoji[1:3]):
        drop(picture, art.sprite(code, 300), (60, 650)[place], 500)
    return picture


def _stand(picture: Image.Image, colour: Colour) -> None:
    size = picture.size
    body = shape(size, [(60, 740), (940, 740), (940, 880), (60, 880)])
    ImageDraw.Draw(body).ellipse((60, 780, 940, 980), fill=255)
    picture.alpha_composite(solid(body, ramp(CYLINDER, size), colour))
    picture.alpha_composite(solid(oval(size, (60, 640, 940, 840)), ramp(FACE, size), mix(colour, LIGHT, 0.3)))


def service(spec: PictureSpec, art: Art, luck: Random) -> Image.Image:
    """Draw the tools of a trade before a ring, as a sign for work done by hand."""
    size, palette = (1040, 1040), PALETTES[spec.palette]
    picture = Image.new("RGBA", size)
    disc = oval(size, (90, 20, 950, 880))
    picture.alpha_composite(solid(disc, ramp(FALLING, size), mix(palette.pack, palette.wall, 0.25)))
    pen = ImageDraw.Draw(picture)
    pen.ellipse((122, 52, 918, 848), outline=mix(palette.wall, LIGHT, 0.6), width=8)
    for step in range(24):
        angle = step * math.pi / 12
        x, y = 520 + math.cos(angle) * 372, 450 + math.sin(angle) * 372
        pen.ellipse((x - 7, y - 7, x + 7, y + 7), fill=mix(palette.wall, LIGHT, 0.6))
    drop(picture, art.sprite(spec.emoji[0], 600, spec.tint), 220, 130)
    for place, code in enumerate(spec.emoji[1:3]):
        drop(picture, art.sprite(code, 330), (20, 690)[place], 650)
    return picture
