"""What is sent in place of a photo: each gets its sentence, the rest of the form comes back, and nothing is kept."""

import io
import struct
import zlib

import pytest
from PIL import Image as Pillow

from marketplace.shared.photo_files import MAX_BYTES
from tests.hostile.page import TYPED, read
from tests.hostile.place import Found, Place, multipart
from tests.shared.pictures import moving, picture

pytestmark = pytest.mark.once
"""What is refused is refused before a database hears of it."""


def _png_header(width: int, height: int) -> bytes:
    """Return the start of a PNG file that promises this size."""
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + head + struct.pack(">I", zlib.crc32(head))


def _bomb() -> bytes:
    """Return a small file of very many white pixels."""
    target = io.BytesIO()
    Pillow.new("1", (9_000, 9_000), 1).save(target, "PNG")
    return target.getvalue()


FILES: dict[str, tuple[bytes, str]] = {
    "text": (b"bukan foto", "foto.jpg"),
    "nothing": (b"", "foto.jpg"),
    "HTML": (b"<!doctype html><script>alert(1)</script>", "foto.jpg"),
    "SVG": (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "foto.svg"),
    "a cut photo": (picture((400, 300))[:2_000], "foto.jpg"),
    "only the first bytes": (picture((400, 300))[:10], "foto.jpg"),
    "too heavy": (picture((64, 64)) + b"\0" * (MAX_BYTES + 1), "foto.jpg"),
    "too many pixels": (_bomb(), "foto.png"),
    "a header that lies": (_png_header(60_000, 60_000), "foto.png"),
    "no width": (_png_header(0, 10), "foto.png"),
    "moving": (moving("WEBP"), "foto.webp"),
    "GIF": (moving("GIF"), "foto.gif"),
    "a strange name": (b"bukan foto", "../../\u202e\u00e9" + "a" * 3_000 + ".jpg"),
}

PRIVATE = "visits.create"
"""Its photos are nobody else's to see, and what is kept for a form is kept as public photos are."""


@pytest.fixture
def with_photos(forms: list[Found]) -> list[Found]:
    """Return the forms that take photos."""
    found = [form for form in forms if form.has_files]
    assert len(found) >= 6
    return found


@pytest.mark.parametrize("kind", FILES)
def test_what_is_no_photo_is_refused(place: Place, with_photos: list[Found], kind: str) -> None:
    content, name = FILES[kind]
    wrong = [problem for found in with_photos for problem in _refused(place, found, [(content, name)])]
    assert not wrong, "\n".join(wrong)
    assert place.dump() == place.rows


def test_of_a_bad_photo_among_good_ones_nothing_is_made_and_the_good_ones_wait(
    place: Place, with_photos: list[Found]
) -> None:
    good = picture((64, 64))
    several = [found for found in with_photos if found.form.named("photos")]
    wrong = [p for f in several for p in _refused(place, f, [(good, "a.jpg"), (b"x", "b.jpg"), (good, "c.jpg")])]
    assert not wrong, "\n".join(wrong)
    found = place.dump()
    keeping = [each for each in several if each.endpoint != PRIVATE]
    assert len(found["kept_photo"]) == len(found["image"]) - len(place.rows["image"]) == 2 * len(keeping)
    kept = {"kept_photo", "image"}
    assert {name: rows for name, rows in found.items() if name not in kept} == {
        name: rows for name, rows in place.rows.items() if name not in kept
    }
    place.restore()


def test_too_many_photos_at_once(place: Place, with_photos: list[Found]) -> None:
    several = [found for found in with_photos if found.form.named("photos")]
    photos = [(picture((16, 16)), f"{number}.jpg") for number in range(30)]
    wrong = [problem for found in several for problem in _refused(place, found, photos)]
    assert not wrong, "\n".join(wrong)
    assert place.dump() == place.rows


def test_more_than_a_request_may_hold(place: Place, with_photos: list[Found]) -> None:
    photos = [(b"\xff\xd8\xff" + b"\0" * MAX_BYTES, f"{number}.jpg") for number in range(7)]
    found = with_photos[0]
    field = next(field for field in found.form.fields if field.kind == "file")
    body, kind = multipart(found.filled(place.good(found)), [(field.name, content, name) for content, name in photos])
    answer = place.post(found, body, kind)
    assert answer.status_code == 413
    assert 'href="/"' in answer.text


def _refused(place: Place, found: Found, files: list[tuple[bytes, str]]) -> list[str]:
    """Send files with an else well-filled form; return what is wrong with the answer."""
    field = next(field for field in found.form.fields if field.kind == "file")
    pairs = found.filled(place.good(found))
    answer = place.post(found, *multipart(pairs, [(field.name, content, name) for content, name in files]))
    if answer.status_code != 422:
        return [f"{found}: {answer.status_code}"]
    problems = [] if f'id="{field.name}-error"' in answer.text else ["no sentence beside the photo"]
    shown = {each.name: each for form in read(answer.text, found.page)[0] for each in form.fields}
    lost = [name for name, text in pairs if name in shown and shown[name].kind in TYPED and shown[name].value != text]
    problems += [f"lost: {lost}"] if lost else []
    return [f"{found}: {problem}" for problem in problems]
