"""Serve photos from the store: public ones to everybody, private ones to whom the caller has let in."""

import re

from flask import Blueprint, Response, request

from . import photo_store
from .errors import NotFound
from .images import WIDTHS, Image
from .photo_files import EXTENSIONS
from .policy import PUBLIC, access

bp = Blueprint("photos", __name__)

NAME = re.compile(rf"([\w-]{{16,43}})-({'|'.join(map(str, WIDTHS))})\.({'|'.join(EXTENSIONS)})", re.ASCII)
TYPES = {"jpg": "image/jpeg", "webp": "image/webp"}
FOR_EVER = "public, max-age=31536000, immutable"


@bp.route("/foto/<name>")
@access(PUBLIC)
def show(name: str) -> Response:
    """Serve one public file; its content never changes, so browsers keep it for good."""
    found = NAME.fullmatch(name)
    if found is None:
        raise NotFound
    token, width, extension = found.groups()
    if request.if_none_match.contains(name):
        return _kept_for_ever(Response(status=304), name)
    return _kept_for_ever(_served(token, int(width), extension, private=False), name)


def open_private(image: Image, width: int = 960) -> Response:
    """Serve a private picture; the caller has checked that the one who asks may see it."""
    response = _served(image.token, width, "jpg", private=True)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _served(token: str, width: int, extension: str, *, private: bool) -> Response:
    length, content = photo_store.read(photo_store.name_of(token, width, extension, private=private))
    response = Response(content, mimetype=TYPES[extension])
    response.content_length = length
    return response


def _kept_for_ever(response: Response, name: str) -> Response:
    response.headers["Cache-Control"] = FOR_EVER
    response.set_etag(name)
    return response
