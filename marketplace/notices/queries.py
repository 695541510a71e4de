"""Find messages for the officers who look after them."""

from enum import StrEnum

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import contains_eager

from ..extensions import db
from ..shared.errors import NotFound
from ..shared.policy import Actor, Role, may
from .models import Notice, NoticeState

TELLERS = frozenset({Role.PACKER, Role.TREASURER, Role.CURATOR})
"""Who tells buyers what became of their orders."""


class Tab(StrEnum):
    """The lists of messages."""

    BY_HAND = "by_hand"
    DEAD = "dead"
    PENDING = "pending"
    DONE = "done"


STATES: dict[Tab, tuple[NoticeState, ...]] = {
    Tab.BY_HAND: (NoticeState.BY_HAND,),
    Tab.DEAD: (NoticeState.DEAD,),
    Tab.PENDING: (NoticeState.PENDING, NoticeState.SENDING),
    Tab.DONE: (NoticeState.SENT, NoticeState.DROPPED),
}


def of_tab(area_code: str, tab: Tab) -> Select[Notice]:
    """Select the messages of a regency on one list with their orders; the history newest first, else the oldest."""
    by_age = (Notice.changed_at.desc(), Notice.id.desc()) if tab is Tab.DONE else (Notice.created_at, Notice.id)
    statement = select(Notice).join(Notice.order).options(contains_eager(Notice.order))
    return statement.where(_in_tab(tab), Notice.area_code == area_code).order_by(*by_age)


def _in_tab(tab: Tab) -> ColumnElement[bool]:
    return Notice.state.in_(STATES[tab])


def counts(area_code: str) -> dict[Tab, int]:
    """Return how many messages wait on each list, the history aside."""
    tabs = (Tab.BY_HAND, Tab.DEAD, Tab.PENDING)
    waiting = Notice.area_code == area_code, Notice.state.not_in(STATES[Tab.DONE])
    row = db.session.execute(select(*(func.count().filter(_in_tab(tab)) for tab in tabs)).where(*waiting)).one()
    return dict(zip(tabs, row, strict=True))


def get_notice_for(actor: Actor, notice_id: int) -> Notice:
    """Return a message of the officer's area. Raises NotFound."""
    notice = db.session.get(Notice, notice_id)
    if notice is None or not may(actor, TELLERS, area_code=notice.area_code):
        raise NotFound
    return notice
