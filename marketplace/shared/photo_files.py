"""From what somebody uploads to the files of a photo: pure, slow, and distrustful."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, Any

from PIL import Image as Pillow
from PIL import ImageCms, ImageOps

from .errors import InvalidInput
from .i18n import Text, _l

MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 24_000_000
MAX_RATIO = 12
"""Of the longer side to the shorter: beyond it is no photo, and WebP cannot hold what is 12 times 960 high."""
WIDTHS = (280, 480, 960)
"""The first is what a card of two in a row needs on a cheap phone."""
EXTENSIONS = ("webp", "jpg")
WHITE = (255, 255, 255)
WAYS: dict[str, dict[str, Any]] = {
    # Method 4 would take half as long again for files that are a twentieth smaller.
    "webp": {"format": "WEBP", "method": 2},
    "jpg": {"format": "JPEG", "quality": 80, "progressive": True, "optimize": True},
}
WEBP_QUALITY = {280: 54, 480: 65, 960: 72}
"""The fewer points the eye can tell apart, the less of them has to travel."""
BROKEN = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError, OverflowError, MemoryError)
"""What Pillow raises for files that are cut off or made to hurt."""

TOO_HEAVY = _l("This photo is larger than 10 MB. Take it again in a smaller size.")
TOO_LARGE = _l("This photo has more than 24 megapixels. Take it again in a smaller size.")
NO_PHOTO = _l("This file is not a photo we can read. Use a JPEG, PNG or WebP photo.")
NOT_STILL = _l("This is a moving picture. Use a photo that stands still.")
TOO_NARROW = _l("This photo is too long and narrow.")
DAMAGED = _l("This photo is damaged or incomplete. Send it again.")


@dataclass(frozen=True)
class Prepared:
    """A photo ready to be stored: its upright size in pixels, and its files by width and extension."""

    width: int
    height: int
    files: Mapping[tuple[int, str], bytes]


def prepare(stream: IO[bytes]) -> Prepared:
    """Check, turn upright, clean and scale an uploaded photo.

    JPEG, PNG and WebP up to 10 MB and 24 megapixels; both limits are held before any pixel is decoded. Nothing
    of the original's metadata is kept. Raises InvalidInput with what is wrong.
    """
    data = stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise InvalidInput(TOO_HEAVY)
    kind = _kind_of(data)
    picture = _open(data, kind)
    _check_header(picture)
    try:
        return _prepare(picture)
    except BROKEN:
        raise InvalidInput(DAMAGED) from None


def _kind_of(data: bytes) -> str:
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        _check_webp(data)
        return "WEBP"
    raise InvalidInput(NO_PHOTO)


def _check_webp(data: bytes) -> None:
    """Hold the limits on a WebP file by its own header, for Pillow makes room for the pixels when it opens one."""
    if data[12:16] == b"VP8X" and data[20:21] and data[20] & 2:
        raise InvalidInput(NOT_STILL)
    width, height = _webp_size(data)
    _check_pixels(width, height)


def _webp_size(data: bytes) -> tuple[int, int]:
    head = data[20:30].ljust(10, b"\0")
    if data[12:16] == b"VP8X":
        return int.from_bytes(head[4:7], "little") + 1, int.from_bytes(head[7:10], "little") + 1
    if data[12:16] == b"VP8L":
        bits = int.from_bytes(head[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if data[12:16] == b"VP8 ":
        return int.from_bytes(head[6:8], "little") & 0x3FFF, int.from_bytes(head[8:10], "little") & 0x3FFF
    raise InvalidInput(NO_PHOTO)


def _open(data: bytes, kind: str) -> Pillow.Image:
    try:
        return Pillow.open(io.BytesIO(data), formats=[kind])
    except (Pillow.DecompressionBombError, Pillow.DecompressionBombWarning):
        raise InvalidInput(TOO_LARGE) from None
    except BROKEN:
        raise InvalidInput(NO_PHOTO) from None


def _check_header(picture: Pillow.Image) -> None:
    _check_pixels(*picture.size)
    # Phones put a second, hidden frame into JPEG files (MPO); only what moves is refused.
    if getattr(picture, "is_animated", False) and picture.format != "MPO":
        raise InvalidInput(NOT_STILL)


def _check_pixels(width: int, height: int) -> None:
    problem: Text | None = None
    if width * height > MAX_PIXELS:
        problem = TOO_LARGE
    elif width < 1 or height < 1:
        problem = NO_PHOTO
    elif max(width, height) > MAX_RATIO * min(width, height):
        problem = TOO_NARROW
    if problem is not None:
        raise InvalidInput(problem)


def _prepare(picture: Pillow.Image) -> Prepared:
    width, height = picture.size
    # The JPEG decoder shrinks while it decodes: a fraction of the time and memory for large photos.
    picture.draft(None, (2 * WIDTHS[-1], 2 * WIDTHS[-1]))
    picture.load()
    upright = ImageOps.exif_transpose(picture)
    if (upright.width > upright.height) != (picture.width > picture.height):
        width, height = height, width
    plain = _in_srgb(_shrunk(_on_white(upright), WIDTHS[-1]))
    # A fresh picture from the bare pixels: what else the original carried (place, owner, thumbnail) stays behind.
    clean = Pillow.frombytes("RGB", plain.size, plain.tobytes())
    return Prepared(width, height, {**_files(clean)})


def _on_white(picture: Pillow.Image) -> Pillow.Image:
    if picture.mode.startswith("I;16"):
        return picture.point(lambda value: value / 256).convert("L")
    if not picture.has_transparency_data:
        return picture
    seen = picture.convert("RGBA")
    ground = Pillow.new("RGBA", seen.size, (*WHITE, 255))
    ground.alpha_composite(seen)
    ground.info["icc_profile"] = picture.info.get("icc_profile")
    return ground.convert("RGB")


def _shrunk(picture: Pillow.Image, width: int) -> Pillow.Image:
    if picture.width <= width:
        return picture
    source = picture.convert("RGB") if picture.mode in ("P", "1") else picture
    height = max(1, round(picture.height * width / picture.width))
    return source.resize((width, height), Pillow.Resampling.LANCZOS, reducing_gap=3)


def _in_srgb(picture: Pillow.Image) -> Pillow.Image:
    profile = picture.info.get("icc_profile")
    if profile and picture.mode in ("RGB", "CMYK", "L"):
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            changed = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
        except (ImageCms.PyCMSError, *BROKEN):
            return picture.convert("RGB")
        return changed or picture
    return picture.convert("RGB")


def _files(picture: Pillow.Image) -> dict[tuple[int, str], bytes]:
    files, scaled = {}, picture
    for width in reversed(WIDTHS):
        scaled = _shrunk(scaled, width)
        for extension in EXTENSIONS:
            target = io.BytesIO()
            scaled.save(target, **(WAYS[extension] | ({"quality": WEBP_QUALITY[width]} if extension == "webp" else {})))
            files[width, extension] = target.getvalue()
    return files
