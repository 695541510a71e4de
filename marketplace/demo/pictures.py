"""Product photos of the demo, composed by code from emoji art and drawn packages."""

from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path
from random import Random

from PIL import Image, ImageDraw, ImageFilter, ImageOps

from marketplace.demo import picture_crafts as crafts
from marketplace.demo import picture_vessels as vessels
from marketplace.demo.picture_art import BOW, Art
from marketplace.demo.picture_backdrop import LIGHTS, SIDE, TABLES, backdrop
from marketplace.demo.picture_spec import PictureSpec, Vessel
from marketplace.demo.picture_textures import BAMBOO, PALETTES, sasirangan, weave
from marketplace.demo.picture_tools import (
    FACE,
    LIGHT,
    PAPER,
    SHADOW,
    clip,
    dice,
    mix,
    ramp,
    rounded,
    shade_with,
    shape,
    solid,
)

ART_FOLDER = Path(__file__).resolve().parents[2] / "node_modules/@lobehub/fluent-emoji-3d/assets"
"""Where the set-up puts the emoji art (MIT)."""

Placed = tuple[Image.Image, int, int]
"""A sprite, its middle and its foot in the scene."""

DRAWN: dict[Vessel, tuple[Callable[[PictureSpec, Art, Random], Image.Image], int]] = {
    "pouch": (vessels.pouch, 472),
    "jar": (vessels.jar, 472),
    "bottle": (vessels.bottle, 296),
    "box": (vessels.box, 656),
    "plate": (vessels.plate, 832),
    "basket": (vessels.basket, 720),
    "besek": (vessels.besek, 784),
    "stage": (crafts.stage, 720),
    "service": (crafts.service, 736),
    "cloth": (crafts.cloth, 784),
    "shirt": (crafts.shirt, 664),
    "tote": (crafts.tote, 592),
    "hat": (crafts.hat, 848),
    "mat": (crafts.mat, 848),
    "tray": (crafts.tray, 864),
    "leaf": (crafts.leaf, 800),
    "bamboo": (crafts.bamboo, 816),
    "ketupat": (crafts.ketupat, 688),
    "crate": (crafts.crate, 768),
}
"""How each vessel is drawn and how wide it stands in the scene."""

TALL = {"bottle": 3, "pouch": 2, "jar": 1, "tote": 2, "box": 1}
"""Tall things stand at the back of a gift box."""
CLASHING = dict.fromkeys(("tote", "hat", "mat", "tray", "basket", "besek"), "purun") | dict.fromkeys(
    ("cloth", "shirt"), "runner"
)
"""Table tops on which a thing of the same stuff would get lost."""
PACKED = ("pouch", "jar", "bottle", "box")
"""Vessels that hide their goods, so that some are laid beside them."""
LOWEST = 848
"""Where the foot of a tall thing stands; lower things stand further back, so that they sit in the middle."""


def draw(picture: PictureSpec, seed: int, size: int = SIDE, art_folder: Path = ART_FOLDER) -> bytes:
    """Return the photo of one product as a square JPEG, the same bytes for the same seed."""
    luck = dice(f"{seed}:{picture}")
    art = Art(art_folder)
    painter, width = DRAWN[picture.vessel]
    hero = _fit(painter(picture, art, luck), width)
    things = _packed(picture, art, luck, hero) if picture.vessel in PACKED else [(hero, SIDE // 2, _foot(hero))]
    return _photo(things, picture, luck, size, lettered=bool(picture.label))


def draw_parcel(pictures: Sequence[PictureSpec], seed: int, size: int = SIDE, art_folder: Path = ART_FOLDER) -> bytes:
    """Return the photo of a gift box with its goods looking out, as a square JPEG."""
    luck = dice(f"parcel:{seed}:{pictures}")
    art = Art(art_folder)
    hamper = _hamper(pictures, art, luck)
    things = [(hamper, SIDE // 2, _foot(hamper))]
    return _photo(things, pictures[0], luck, size, lettered=True)


def _photo(things: list[Placed], spec: PictureSpec, luck: Random, size: int, *, lettered: bool) -> bytes:
    """Set the things on a table, give them shadows and take the picture."""
    light = luck.choice(LIGHTS)
    tables = [table for table in TABLES if table != CLASHING.get(spec.vessel)]
    scene = backdrop(spec.palette, luck.choice(tables), light, light == "glow" and luck.random() < 0.7)
    scene.paste(mix(PALETTES[spec.palette].table, SHADOW, 0.82), (0, 0), _shadows(things))
    for sprite, middle, foot in things:
        scene.paste(sprite, (middle - sprite.width // 2, foot - sprite.height), sprite)
    if not lettered and luck.random() < 0.5:
        scene = ImageOps.mirror(scene)
    if size != SIDE:
        scene = scene.resize((size, size), Image.Resampling.LANCZOS)
    return _jpeg(scene)


def _jpeg(scene: Image.Image) -> bytes:
    out = BytesIO()
    scene.save(out, "JPEG", quality=88)
    return out.getvalue()


def _fit(sprite: Image.Image, width: int) -> Image.Image:
    """Cut the empty margin off a sprite and bring it to its width in the scene."""
    bounds = sprite.getbbox()
    cut = sprite.crop(bounds) if bounds else sprite
    return cut.resize((width, round(cut.height * width / cut.width)), Image.Resampling.BICUBIC, reducing_gap=2.0)


def _foot(sprite: Image.Image) -> int:
    return min(LOWEST, 512 + sprite.height // 2)


def _packed(spec: PictureSpec, art: Art, luck: Random, hero: Image.Image) -> list[Placed]:
    """Arrange a package, sometimes with its twin behind it, and loose goods in front."""
    side = luck.choice((-1, 1))
    things: list[Placed] = []
    middle, foot = SIDE // 2, _foot(hero)
    if luck.random() < 0.6 and spec.vessel != "box":
        small = hero.resize((hero.width * 82 // 100, hero.height * 82 // 100), Image.Resampling.LANCZOS)
        things.append((small, middle + side * hero.width * 52 // 100, foot - 48))
        middle -= side * hero.width // 4
    things.append((hero, middle, foot))
    return [*things, *_loose(spec, art, luck, middle - side * hero.width // 2, side)]


def _loose(spec: PictureSpec, art: Art, luck: Random, at: int, side: int) -> list[Placed]:
    """Lay two or three pieces of the goods at the foot of the package."""
    things: list[Placed] = []
    for number in range(luck.choice((2, 3))):
        code = spec.emoji[number % len(spec.emoji)]
        size = luck.choice((152, 168, 190)) - number * 13
        tint = spec.tint if code == spec.emoji[0] else ""
        sprite = art.sprite(code, size, tint).rotate(luck.randint(-14, 14), Image.Resampling.BICUBIC)
        middle = min(SIDE - 112, max(112, at + side * (number * 138 - 32)))
        things.append((sprite, middle, LOWEST + 19 + (number % 2) * 27))
    return things


def _shadows(things: list[Placed]) -> Image.Image:
    """Return where the table lies in shadow: under each thing, and to its right."""
    small = Image.new("L", (SIDE // 4, SIDE // 4))
    pen = ImageDraw.Draw(small)
    for sprite, middle, foot in things:
        _cast(small, sprite, middle // 4, foot // 4)
        reach, at = sprite.width // 9, foot // 4 - 2
        pen.ellipse((middle // 4 - reach, at - 7, middle // 4 + reach + 3, at + 5), fill=205)
    return small.filter(ImageFilter.GaussianBlur(4)).resize((SIDE, SIDE), Image.Resampling.BICUBIC)


def _cast(small: Image.Image, sprite: Image.Image, middle: int, foot: int) -> None:
    """Add the outline of a sprite, flattened and slanted away from the light."""
    width, height = sprite.width // 4, max(1, sprite.height // 13)
    flat = sprite.getchannel("A").resize((width, height), Image.Resampling.BOX)
    lean = 1.5
    slanted = flat.transform(
        (width + round(height * lean), height), Image.Transform.AFFINE, (1, lean, -height * lean, 0, 1, 0)
    )
    faded = slanted.point([round(value * 0.42) for value in range(256)])
    small.paste(118, (middle - width // 2, foot - height), faded)


def _hamper(pictures: Sequence[PictureSpec], art: Art, luck: Random) -> Image.Image:
    """Draw a woven gift box with packages and loose goods looking out, and a bow."""
    size, palette = (1100, 1000), PALETTES[pictures[0].palette]
    picture = Image.new("RGBA", size)
    pen = ImageDraw.Draw(picture)
    pen.polygon([(150, 600), (950, 600), (1040, 720), (60, 720)], fill=mix(BAMBOO, SHADOW, 0.72))
    ordered = sorted(pictures[:6], key=lambda spec: -TALL.get(spec.vessel, 0))
    behind = len(ordered) // 2 + len(ordered) % 2
    _stand_in(picture, ordered[:behind], art, luck, 690, 1.0)
    _stand_in(picture, ordered[behind:], art, luck, 760, 0.78)
    _hamper_front(picture, luck, pictures[0])
    ribbon = solid(shape(size, [(505, 700), (595, 700), (595, 985), (505, 985)]), ramp(FACE, size), palette.accent)
    picture.alpha_composite(ribbon)
    vessels.drop(picture, art.sprite(BOW, 300), 400, 640)
    return _fit(picture, 768)


def _stand_in(
    picture: Image.Image, specs: Sequence[PictureSpec], art: Art, luck: Random, foot: int, scale: float
) -> None:
    """Put a row of goods into the box, their feet hidden by the row and the front before them."""
    for number, spec in enumerate(specs):
        room = 900 // len(specs)
        sprite = _fit(DRAWN[spec.vessel][0](spec, art, luck), min(420, round(room * 1.08)))
        tall = round(600 * scale)
        if sprite.height > tall:
            sprite = sprite.resize((sprite.width * tall // sprite.height, tall), Image.Resampling.LANCZOS)
        middle = 100 + room // 2 + number * room
        vessels.drop(picture, sprite, middle - sprite.width // 2, foot - sprite.height)


def _hamper_front(picture: Image.Image, luck: Random, spec: PictureSpec) -> None:
    size, palette = picture.size, PALETTES[spec.palette]
    front = shape(size, [(60, 720), (1040, 720), (1000, 985), (100, 985)])
    cloth = sasirangan(size, mix(palette.pack, PAPER, 0.1), mix(palette.accent, LIGHT, 0.4), luck)
    texture = luck.choice((cloth, weave(size, BAMBOO, mix(BAMBOO, palette.pack, 0.5), 34)))
    picture.alpha_composite(clip(shade_with(texture, ramp(FACE, size)), front))
    rim = solid(rounded(size, (44, 698, 1056, 744), 18), ramp(FACE, size), mix(BAMBOO, LIGHT, 0.2))
    picture.alpha_composite(rim)
