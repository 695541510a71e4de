"""Small pictures for tests, as bytes."""

import io
from typing import Any

from PIL import Image as Pillow

WEBP_ANIMATION = {"save_all": True, "duration": 100}


def picture(size: tuple[int, int] = (1200, 900), kind: str = "JPEG", mode: str = "RGB", **options: Any) -> bytes:
    """Draw a picture whose left half is red and right half blue."""
    image = Pillow.new("RGB", size, (200, 30, 30))
    image.paste((30, 30, 200), (size[0] // 2, 0, *size))
    target = io.BytesIO()
    image.convert(mode).save(target, format=kind, **options)
    return target.getvalue()


def moving(kind: str) -> bytes:
    """Draw a picture of two frames."""
    frames = [Pillow.new("RGB", (64, 64), colour) for colour in ("red", "blue")]
    target = io.BytesIO()
    frames[0].save(target, format=kind, save_all=True, append_images=frames[1:], duration=100)
    return target.getvalue()
