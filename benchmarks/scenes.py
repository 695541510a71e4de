"""What is measured: pages of the shop, a whole order, and the pages they are compared with."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from random import Random

from marketplace.demo import words
from marketplace.demo.people import DEMO_PASSWORD

from .build import BUYER_PHONE, is_shown, slug_of
from .visitor import Answer, Shopper


class Who(StrEnum):
    """Who asks: it decides what is kept for him."""

    PLAIN = "plain"
    """Comes without a cookie, each time."""
    GUEST = "guest"
    """Has something in his basket."""
    BUYER = "buyer"
    """Is signed in."""


class House(StrEnum):
    """What runs under the server."""

    SHOP = "shop"
    BARE = "bare"


@dataclass(frozen=True)
class Scene:
    """One figure: who does what in which house; `act` takes the number of products and returns the last answer."""

    name: str
    house: House
    who: Who
    act: Callable[[Shopper, int, Random], Answer]


class WentWrong(RuntimeError):
    """A page did not answer as it should, so that its speed means nothing."""


def checked(answer: Answer, status: int = 200) -> Answer:
    """Return an answer that has the status it should have."""
    if answer.status != status:
        raise WentWrong(f"{answer.status} instead of {status}: {answer.body[:500]!r}")
    return answer


def _page(path: str) -> Callable[[Shopper, int, Random], Answer]:
    return lambda shopper, _products, _random: checked(shopper.get(path))


def _slug(products: int, random: Random) -> str:
    number = random.randint(1, products)
    return slug_of(number if is_shown(number) else number - 1)


def _product(shopper: Shopper, products: int, random: Random) -> Answer:
    return checked(shopper.get(f"/produk/{_slug(products, random)}"))


def _parcel(shopper: Shopper, _products: int, random: Random) -> Answer:
    return checked(shopper.get(f"/parsel/parsel-{random.randint(1, len(words.PARCELS))}"))


def _search(shopper: Shopper, _products: int, random: Random) -> Answer:
    return checked(shopper.get(f"/cari?q={random.choice(words.PRODUCTS).name.split()[0]}"))


def _made_anew(shopper: Shopper, _products: int, _random: Random) -> Answer:
    """Come with an argument that pages do not know: nothing is kept for such an address."""
    return checked(shopper.get("/produk?from=friend"))


def _narrowed(shopper: Shopper, _products: int, random: Random) -> Answer:
    """Ask for what nobody asked for in the last minute."""
    return checked(shopper.get(f"/produk?low={random.randint(1, 100_000)}&sort=cheapest"))


def order(shopper: Shopper, products: int, random: Random) -> Answer:
    """Order one thing as a guest: six requests, two of which write."""
    path = f"/produk/{_slug(products, random)}"
    page = checked(shopper.get(path))
    checked(shopper.post(path, {"csrf_token": page.hidden("csrf_token"), "quantity": "1"}), 302)
    checked(shopper.get("/keranjang"))
    form = checked(shopper.get("/bayar"))
    fields = {name: form.hidden(name) for name in ("csrf_token", "key", "seen", "goods", "fee")}
    fields |= {"name": "Pembeli", "phone": "081250001234", "delivery_method": "pickup", "payment_method": "qris"}
    placed = checked(shopper.post("/bayar", fields), 303)
    return checked(shopper.get(placed.location))


def fill_basket(shopper: Shopper) -> None:
    """Put something into a guest's basket, and read the message about it."""
    path = f"/produk/{slug_of(1)}"
    token = checked(shopper.get(path)).hidden("csrf_token")
    checked(shopper.post(path, {"csrf_token": token, "quantity": "1"}), 302)
    checked(shopper.get("/keranjang"))


def sign_in(shopper: Shopper) -> None:
    """Sign the buyer in."""
    token = checked(shopper.get("/masuk")).hidden("csrf_token")
    fields = {"csrf_token": token, "identifier": BUYER_PHONE, "password": DEMO_PASSWORD}
    checked(shopper.post("/masuk", fields), 303)


HELLO, ONE_QUERY, KEPT = "bare hello", "bare one-query page", "bare kept page"
LIST_PLAIN, LIST_GUEST, LIST_BUYER = "list, plain visit", "list, guest with basket", "list, signed in"
LIST_ANEW, ORDER = "list, made anew", "whole order"

SCENES: tuple[Scene, ...] = (
    Scene(HELLO, House.BARE, Who.PLAIN, _page("/hello")),
    Scene(KEPT, House.BARE, Who.PLAIN, _page("/kept")),
    Scene(ONE_QUERY, House.BARE, Who.PLAIN, _page("/cards")),
    Scene(LIST_PLAIN, House.SHOP, Who.PLAIN, _page("/produk")),
    Scene(LIST_GUEST, House.SHOP, Who.GUEST, _page("/produk")),
    Scene(LIST_BUYER, House.SHOP, Who.BUYER, _page("/produk")),
    Scene(LIST_ANEW, House.SHOP, Who.GUEST, _made_anew),
    Scene("list, never asked before", House.SHOP, Who.GUEST, _narrowed),
    Scene("product", House.SHOP, Who.GUEST, _product),
    Scene("parcel", House.SHOP, Who.GUEST, _parcel),
    Scene("search", House.SHOP, Who.GUEST, _search),
    Scene(ORDER, House.SHOP, Who.PLAIN, order),
)
