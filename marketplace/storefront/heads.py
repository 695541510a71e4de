"""What the head of a page tells machines: where it is at home, how a link to it looks, and what is sold on it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from flask import current_app, request
from markupsafe import Markup

from ..catalog.labels import CATEGORIES
from ..catalog.models import Product
from ..groups.models import Group
from ..parcels.labels import OCCASIONS
from ..parcels.models import Parcel
from ..shared.i18n import DEFAULT, LANGUAGES, _, asked_language
from ..shared.images import Photo
from .boxes import Box
from .cards import Card

Data: TypeAlias = Mapping[str, Any]
Crumb: TypeAlias = tuple[str, str]
"""Label and path."""

CONTEXT = "https://schema.org"
NAME = "Warung Kesejahteraan"
MARK = ("/ikon/512.png", 512)
UNSAFE = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}
"""Within a script element these could end it, so they are written as JSON may write them."""


def base() -> str:
    """Return the address of this site, without a slash at its end."""
    address: str = current_app.extensions["config"].base_url
    return address


@dataclass(frozen=True)
class Head:
    """What is told of a page; `path` with the arguments that make it a page of its own, and no others."""

    path: str
    title: str
    text: str
    photo: Photo | None = None
    data: tuple[Data, ...] = ()
    kind: str = "website"
    """Its type in Open Graph."""

    @property
    def canonical(self) -> str:
        """Return the one address of this page: in the language of its address, not of its reader's choice."""
        asked = asked_language()
        return self.in_language(asked) if asked else base() + self.path

    def in_language(self, code: str) -> str:
        """Return the address at which this page is read in a language by everybody."""
        if code == DEFAULT:
            return base() + self.path
        return f"{base()}{self.path}{'&' if '?' in self.path else '?'}bahasa={code}"

    @property
    def languages(self) -> dict[str, str]:
        """Return language code → address, and where to send who reads none of them."""
        return {code: self.in_language(code) for code in LANGUAGES} | {"x-default": self.in_language(DEFAULT)}

    @property
    def picture(self) -> tuple[str, int, int]:
        """Return address, width and height of the picture that stands for the page: its photo, or our mark."""
        if self.photo is None:
            return base() + MARK[0], MARK[1], MARK[1]
        return base() + self.photo.largest, self.photo.width, self.photo.height

    @property
    def linked_data(self) -> Markup:
        """Return what is told in JSON-LD. Browsers run nothing of it: to the content policy it is no script."""
        parts = (json.dumps({"@context": CONTEXT, **each}, ensure_ascii=False).translate(UNSAFE) for each in self.data)
        drawn = (f'<script type="application/ld+json">{part}</script>' for part in parts)
        return Markup("\n").join(map(Markup, drawn))


def of_list(title: str, args: Mapping[str, str], photo: Photo | None = None) -> Head:
    """Return the head of a list whose path is asked for; `args` are those that make it another page."""
    query = "&".join(f"{name}={value}" for name, value in args.items() if value)
    path = request.path + (f"?{query}" if query else "")
    return Head(path, title, shop_text(), photo, (_crumbs((title, path)),))


def of_home(photo: Photo | None) -> Head:
    """Return the head of the first page, which says who stands behind the shop."""
    organization = {"@type": "Organization", "name": NAME, "url": base() + "/", "logo": base() + MARK[0]}
    return Head("/", NAME, shop_text(), photo, (organization,))


def of_product(row: Product, card: Card, photos: Sequence[Photo]) -> Head:
    """Return the head of a product's page; its group is loaded."""
    trail = ((_("All goods"), "/produk"), (str(CATEGORIES[row.category]), f"/produk?category={row.category.value}"))
    about = _service(row, card) if card.is_service else _goods(card, row.description, photos, row.group.name)
    data = (about, _crumbs(*trail, (row.name, card.url)))
    return Head(card.url, row.name, row.description, card.photo, data, kind="product")


def of_parcel(row: Parcel, box: Box) -> Head:
    """Return the head of a parcel's page."""
    occasion = (str(OCCASIONS[row.occasion]), f"/parsel?occasion={row.occasion.value}")
    trail = ((_("Parcels"), "/parsel"), occasion, (row.name, box.url))
    about = _goods(box, row.description, [box.photo] if box.photo else [], NAME)
    return Head(box.url, row.name, row.description, box.photo, (about, _crumbs(*trail)), kind="product")


def of_group(row: Group, photo: Photo | None) -> Head:
    """Return the head of a group's page; village and district are loaded."""
    path, place = f"/kelompok/{row.slug}", f"{row.village.name}, {row.district.name}"
    about = {"@type": "Organization", "name": row.name, "url": base() + path, "address": place}
    text = row.story or _("%(group)s makes and sells in %(place)s.", group=row.name, place=place)
    return Head(path, row.name, text, photo, (about, _crumbs((_("All goods"), "/produk"), (row.name, path))))


def shop_text() -> str:
    """Return what the shop says of itself in one line."""
    return _("Food, crafts and services made by families near you. Every purchase helps a family stand on its own.")


def _goods(sold: Card | Box, text: str, photos: Sequence[Photo], brand: str) -> Data:
    about = {"@type": "Product", "name": sold.name, "sku": sold.short_name, "url": base() + sold.url}
    told = {"description": text, "image": [base() + photo.largest for photo in photos]}
    filled = {name: value for name, value in told.items() if value}
    return {**about, **filled, "brand": {"@type": "Brand", "name": brand}, "offers": _offer(sold)}


def _service(row: Product, card: Card) -> Data:
    provider = {"@type": "Organization", "name": row.group.name, "url": f"{base()}/kelompok/{row.group.slug}"}
    about = {"@type": "Service", "name": row.name, "url": base() + card.url, "areaServed": row.group.district.name}
    return {**about, "description": row.description, "provider": provider, "offers": _offer(card)}


def _offer(sold: Card | Box) -> Data:
    state = "InStock" if sold.can_be_had else "OutOfStock"
    return {
        "@type": "Offer",
        "url": base() + sold.url,
        "price": str(sold.price),
        "priceCurrency": "IDR",
        "availability": f"{CONTEXT}/{state}",
        "itemCondition": f"{CONTEXT}/NewCondition",
        "seller": {"@type": "Organization", "name": NAME, "url": base() + "/"},
    }


def _crumbs(*trail: Crumb) -> Data:
    items = [
        {"@type": "ListItem", "position": number, "name": label, "item": base() + path}
        for number, (label, path) in enumerate(trail, 1)
    ]
    return {"@type": "BreadcrumbList", "itemListElement": items}
