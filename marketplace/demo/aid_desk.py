"""The way of aid through an office, each step by the one who takes it there, on a day of its own."""

import datetime as dt
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from PIL import Image as Pillow
from PIL import ImageDraw

from ..aid import drawings, goods, grants, guidance, proposals, queries
from ..aid.drawings import Bought
from ..aid.goods import Piece, Signed
from ..aid.guidance import GuidanceContent
from ..aid.money_models import Drawing, Grant
from ..aid.proposals import ProposalContent
from ..aid.rules import Cost, Decision
from ..areas.queries import time_zone
from ..extensions import db
from ..groups.rules import BankAccount
from ..shared import clock, images
from ..shared.policy import Role
from ..shared.transaction import begin_writing
from .people import Cast


class AidDesk:
    """The officers of an area at work on aid. Every step runs in the transaction of its caller."""

    def __init__(self, cast: Cast, area_code: str) -> None:
        self.cast = cast
        self.zone = time_zone(area_code)
        self.paper = images.prepare(_paper())

    @contextmanager
    def _at(self, at: dt.datetime) -> Iterator[dt.date]:
        """Let it be a moment, and give its day in the area."""
        with clock.at(at):
            yield clock.local_date(at, self.zone)

    def _photos(self, count: int, user_id: int) -> list[int]:
        begin_writing()
        rows = images.store_all([self.paper] * count, user_id, private=True)
        db.session.flush()
        return [row.id for row in rows]

    # A proposal

    def write(self, group_id: int | None, village: str, content: ProposalContent, writer: int, at: dt.datetime) -> int:
        """Let somebody write a proposal of a group or a village, with a photo of the letter; return its id."""
        with self._at(at):
            key = proposals.write(group_id, village, content, writer).id
            proposals.add_files(key, self._photos(1, writer), writer)
            return key

    def submit(self, key: int, writer: int, at: dt.datetime) -> None:
        """Send a proposal to the office."""
        with self._at(at):
            proposals.submit(key, writer)

    def check(self, key: int, at: dt.datetime) -> None:
        """Call a proposal complete, as its verifier does."""
        with self._at(at):
            proposals.check(key, self.cast.staff[Role.VERIFIER])

    def guide(self, group_id: int, agency_id: int, topic: str, at: dt.datetime) -> None:
        """Write down that an agency guided a group on that day."""
        with self._at(at) as day:
            held = GuidanceContent(agency_id, topic, day)
            guidance.note_guidance(group_id, held, self.cast.staff[Role.CURATOR])

    def approve(self, key: int, fund_id: int, number: str, at: dt.datetime) -> None:
        """Approve a proposal by a decree of that day."""
        with self._at(at) as day:
            proposals.approve(key, Decision(fund_id, number, day), self.cast.staff[Role.HEAD])

    def refuse(self, key: int, why: str, at: dt.datetime) -> None:
        """Refuse a proposal."""
        with self._at(at):
            proposals.refuse(key, why, self.cast.staff[Role.HEAD])

    def hand_over(self, key: int, pieces: Sequence[Piece], receiver: str, at: dt.datetime) -> list[int]:
        """Hand goods over by a signed record; return the ids of the pieces."""
        with self._at(at) as day:
            record = goods.hand_over(key, pieces, Signed(day, receiver), self.cast.staff[Role.CURATOR])
            return [item.id for item in record.items]

    # A grant

    def open_grant(self, key: int, account: BankAccount, parts: Sequence[tuple[int, int]], at: dt.datetime) -> Grant:
        """Write down the group's account and the parts (rupiah, after how many days); return the grant."""
        grant = queries.grant_of(key)
        assert grant is not None
        curator = self.cast.staff[Role.CURATOR]
        with self._at(at) as day:
            grants.set_bank(grant.id, account, curator)
            for amount, days in parts:
                grants.plan_tranche(grant.id, amount, day + dt.timedelta(days=days), curator)
        return grant

    def pay(self, grant: Grant, number: int, at: dt.datetime) -> None:
        """Pay a part of a grant (1 is the first) into the group's account."""
        tranche_id = next(part.id for part in grant.tranches if part.number == number)
        with self._at(at) as day:
            grants.disburse(tranche_id, f"TRF-{grant.id:05d}-{number}", day, self.cast.staff[Role.TREASURER])

    def ask(self, grant_id: int, purpose: str, plan: Sequence[Cost], writer: int, at: dt.datetime) -> Drawing:
        """Ask to draw from a grant by a plan."""
        with self._at(at):
            return drawings.ask(grant_id, purpose, plan, writer)

    def release(self, drawing_id: int, at: dt.datetime) -> None:
        """Let the group draw."""
        with self._at(at):
            drawings.release(drawing_id, self.cast.staff[Role.HEAD])

    def prove(self, drawing_id: int, bought: Sequence[Cost], rest: int, writer: int, at: dt.datetime) -> None:
        """Send receipts, and say what is left."""
        with self._at(at):
            photos = self._photos(len(bought), writer)
            receipts = [Bought(cost.what, cost.amount, photo) for cost, photo in zip(bought, photos, strict=True)]
            drawings.prove(drawing_id, receipts, rest, writer)

    def settle(self, drawing_id: int, at: dt.datetime) -> None:
        """Call the use proved."""
        with self._at(at):
            drawings.settle(drawing_id, self.cast.staff[Role.VERIFIER])


def _paper() -> io.BytesIO:
    """Draw a sheet with lines of writing, in the place of a letter or a receipt."""
    sheet = Pillow.new("RGB", (600, 800), "white")
    pen = ImageDraw.Draw(sheet)
    for at in range(12):
        pen.line((60, 90 + 50 * at, 540 - 35 * (at % 4), 90 + 50 * at), fill=(60, 60, 70), width=6)
    stored = io.BytesIO()
    sheet.save(stored, "PNG")
    stored.seek(0)
    return stored
