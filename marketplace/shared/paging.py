"""Cut lists into pages."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from flask import flash, request
from sqlalchemy import Select, func, select

from ..extensions import db
from .i18n import _

T = TypeVar("T")

PAGE_SIZE = 24
MAX_PAGE = 10_000
LONGEST_SHOWN = 20
"""So much of a page number that there is not is shown again."""


@dataclass(frozen=True)
class Page(Generic[T]):
    """One page of a list: `items`, its `number` from 1, and the `total` of all rows."""

    items: Sequence[T]
    number: int
    size: int
    total: int
    link: Callable[[int], str] = field(default=lambda number: page_url(number), repr=False)

    @property
    def pages(self) -> int:
        """Return how many pages there are, at least 1."""
        return max(1, -(-self.total // self.size))

    def url_for(self, number: int) -> str:
        """Return the address of another page of the same list, its filters kept."""
        return self.link(number)


def page_url(number: int) -> str:
    """Return the present address with another page number."""
    asked = {**request.args.to_dict(flat=False), "page": [str(number)]}
    return f"{request.path}?{urlencode(asked, doseq=True)}"


def page_number() -> int:
    """Return the page asked for by `?page=`, 1 when it is missing or no sensible number."""
    number = request.args.get("page", 1, type=int)
    return min(max(number, 1), MAX_PAGE)


def _page_there(total: int, size: int) -> int:
    """Return the page asked for; where there is none, the nearest one, and say so on top of the page."""
    pages = max(1, -(-total // size))
    number = min(page_number(), pages)
    say_other_page(number, pages)
    return number


def say_other_page(number: int, pages: int) -> None:
    """Say on top of the page that its address asks for another one, which there is not."""
    asked = request.args.get("page", "").strip()
    if asked not in ("", str(number)):
        text = _("There is no page “%(asked)s”. This is page %(number)s of %(pages)s.")
        flash(text % {"asked": asked[:LONGEST_SHOWN], "number": number, "pages": pages}, "warn")


def cut(rows: Sequence[T], size: int = PAGE_SIZE) -> Page[T]:
    """Return one page of rows that are there already."""
    number = _page_there(len(rows), size)
    return Page(items=rows[(number - 1) * size : number * size], number=number, size=size, total=len(rows))


def paginate(statement: Select[Any], *, size: int = PAGE_SIZE, scalars: bool = True) -> Page[Any]:
    """Run a SELECT for one page, with one more query for the total."""
    total = db.session.scalar(select(func.count()).select_from(statement.order_by(None).subquery())) or 0
    number = _page_there(total, size)
    rows = db.session.execute(statement.limit(size).offset((number - 1) * size))
    items = rows.scalars().all() if scalars else rows.all()
    return Page(items=items, number=number, size=size, total=total)
