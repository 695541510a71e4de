"""Short links, their QR codes, and labels with both: what leads from paper and messages to a page of the shop."""

from flask import Blueprint, Response, redirect, render_template
from flask.typing import ResponseReturnValue

from ..catalog.models import Product
from ..parcels.models import Parcel
from ..shared.errors import NotFound
from ..shared.policy import MAKERS, OFFICERS, PUBLIC, access, roles
from ..shared.qr import PICTURES
from . import boxes, cards, found, messages, short

bp = Blueprint("short", __name__)

LABELS = 12
"""On a sheet of A4."""
A_DAY = 86_400


@bp.app_template_global()
def product_short_name(product_id: int) -> str:
    """Return the short name of a product: its label is at `/label/…`, its link at `/s/…`."""
    return short.name_of(Product, product_id)


@bp.app_template_global()
def parcel_short_name(parcel_id: int) -> str:
    """Return the short name of a parcel: its label is at `/label/…`, its link at `/s/…`."""
    return short.name_of(Parcel, parcel_id)


@bp.app_template_global()
def product_message(product: Product) -> str:
    """Return what its makers send on of a product that is shown, whose group is loaded."""
    return messages.of_product(product, cards.of_ids([product.id])[product.id])


@bp.route("/s/<short_name>")
@access(PUBLIC)
def follow(short_name: str) -> ResponseReturnValue:
    """Lead to the page of a product or parcel."""
    return redirect(found.path_of(short.read(short_name)))


@bp.route("/s/<short_name>.<kind>")
@access(PUBLIC)
def code(short_name: str, kind: str) -> Response:
    """Give the QR code of a short link as `svg` or `png`."""
    if kind not in PICTURES:
        raise NotFound
    found.path_of(short.read(short_name))
    mimetype, draw = PICTURES[kind]
    response = Response(draw(short.address_of(short_name.lower())), mimetype=mimetype)
    response.cache_control.public, response.cache_control.max_age = True, A_DAY
    return response


@bp.route("/label/<short_name>")
@access(roles(MAKERS, OFFICERS))
def label(short_name: str) -> str:
    """Show a sheet of labels to print: name, price, who made it, and the QR code."""
    named = short.read(short_name)
    found.path_of(named)
    thing = cards.of_ids([named.id])[named.id] if named.kind is Product else boxes.of_ids([named.id])[named.id]
    return render_template(
        "storefront/label.html", thing=thing, address=short.address_of(thing.short_name), many=LABELS
    )
