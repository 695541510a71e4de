"""Who may give which role and look after whose account; when tries lock; which passwords will do."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from ..shared.errors import InvalidInput
from ..shared.i18n import _l
from ..shared.policy import AREA_ROLES, GROUP_ROLES, MAKERS, OFFICERS, Actor, Role, has_role, may

WINDOW = dt.timedelta(minutes=15)
TRIES_OF_IDENTIFIER = 10
TRIES_OF_ADDRESS = 100
"""A whole school or office may stand behind one address."""

CODE_DIGITS = 8
CODE_LIFE = dt.timedelta(days=7)

SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 200
FEWEST_LETTERS = 4
OBVIOUS = frozenset(
    {
        "1234567890",
        "0123456789",
        "12345678910",
        "0987654321",
        "1122334455",
        "1234512345",
        "qwertyuiop",
        "qwerty12345",
        "qwerty1234",
        "password12",
        "password123",
        "password1234",
        "passw0rd123",
        "sayangkamu",
        "sayang1234",
        "sayang12345",
        "bismillah1",
        "bismillah123",
        "bismillah12",
        "indonesia1",
        "indonesia45",
        "indonesia123",
        "merdeka1945",
        "merdeka123",
        "rahasia123",
        "rahasia1234",
        "administrator",
        "admin12345",
        "kesejahteraan",
        "warungkesejahteraan",
        "dinassosial",
        "abcdefghij",
        "abcde12345",
        "abc1234567",
        "1q2w3e4r5t",
    }
)


@dataclass(frozen=True)
class Place:
    """What a role is given for: an area, a group or a household (one of the three), and what policy asks about it."""

    label: str
    lies_in: str
    """Code of the area that it is or lies in."""
    area_code: str | None = None
    group_id: int | None = None
    household_id: int | None = None
    group_ids: frozenset[int] = field(default_factory=frozenset)
    """The group itself, or the groups that a household is a member of today."""


@dataclass(frozen=True)
class Held:
    """A role that somebody holds, and for what (None for a buyer)."""

    role: Role
    place: Place | None


def fits(role: Role, place: Place) -> bool:
    """Tell whether a role is of the kind that is given for such a place."""
    if role in AREA_ROLES:
        return place.area_code is not None
    if role in GROUP_ROLES:
        return place.group_id is not None
    return role is Role.SELLER and place.household_id is not None


def may_give(actor: Actor, role: Role, place: Place) -> bool:
    """Tell whether the actor may give (or end) a role for a place.

    An administrator gives every role within his area; a mentor makes sellers and group officers of his groups.
    """
    if not fits(role, place):
        return False
    if may(actor, {Role.ADMINISTRATOR}, area_code=place.lies_in):
        return True
    return role in MAKERS and any(may(actor, {Role.MENTOR}, group_id=group_id) for group_id in place.group_ids)


def may_look_after(actor: Actor, held: Sequence[Held]) -> bool:
    """Tell whether the actor may make a code for an account, or close it.

    Whoever makes a code could sign in with it, so every role of the account must be his to give. Accounts of buyers
    belong to no area; any administrator may help them.
    """
    bounded = [(item.role, item.place) for item in held if item.place is not None]
    buys = len(bounded) < len(held) or not held
    if buys and not has_role(actor, {Role.ADMINISTRATOR}):
        return False
    return all(may_give(actor, role, place) for role, place in bounded)


def givable(actor: Actor) -> list[Role]:
    """Return the roles that the actor may give for some place, in a fixed order."""
    if has_role(actor, {Role.ADMINISTRATOR}):
        return [role for role in Role if role is not Role.BUYER]
    return [role for role in Role if role in MAKERS] if has_role(actor, {Role.MENTOR}) else []


def lock_ends(tries: Sequence[dt.datetime], limit: int) -> dt.datetime | None:
    """Return until when tries are refused, given the moments of the wrong ones; None without a lock.

    A lock begins with the last of `limit` wrong tries within the window and lasts as long as the window.
    """
    newest = sorted(tries)[-limit:]
    if len(newest) < limit or newest[-1] - newest[0] > WINDOW:
        return None
    return newest[-1] + WINDOW


def check_password(password: str, *own: str | None) -> None:
    """Refuse a password that is short, obvious or made of what everybody knows of its owner (name, number, address).

    Raises InvalidInput on the field `password`.
    """
    plain = password.casefold().strip()
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        message = _l("Use at least %(count)s letters or figures.", count=SHORTEST_PASSWORD)
        raise InvalidInput(message, field="password")
    known = {_bare(text) for text in own if text}
    if plain in OBVIOUS or len(set(plain)) < FEWEST_LETTERS or _bare(plain) in known:
        raise InvalidInput(_l("This password is easy to guess. Choose another one."), field="password")


def _bare(text: str) -> str:
    """Return a text without what makes one phone number look like another."""
    return text.casefold().removeprefix("+").removeprefix("62").lstrip("0")


def spaced(code: str) -> str:
    """Write a code in two groups, as it is read out."""
    return f"{code[: CODE_DIGITS // 2]} {code[CODE_DIGITS // 2 :]}"


def home_path(actor: Actor) -> str:
    """Return the page on which somebody's work begins."""
    if has_role(actor, OFFICERS):
        return "/dinas"
    return "/penjual" if has_role(actor, MAKERS) else "/"


def layout_of(actor: Actor) -> str:
    """Return the layout of the pages that everybody signed in has."""
    return {"/dinas": "layouts/work.html", "/penjual": "layouts/seller.html"}.get(home_path(actor), "layouts/shop.html")
