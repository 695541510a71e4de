"""A group with two families, and everybody who has to do with it; shortcuts for what they do."""

import datetime as dt
import uuid
from typing import Any

from marketplace.extensions import db
from marketplace.ledger.models import Account, EntryKind, JournalEntry, JournalLine
from marketplace.mentoring import reporting, visits
from marketplace.mentoring.models import VisitKind
from marketplace.mentoring.report_models import GroupReport
from marketplace.mentoring.rules import ToDo, Told, VisitContent
from marketplace.shared import clock
from marketplace.shared.policy import Role
from marketplace.shared.transaction import rollback, unit_of_work
from tests import make

TODAY = dt.date(2026, 11, 20)
NOW = dt.datetime(2026, 11, 20, 3, tzinfo=dt.UTC)
PERIOD = dt.date(2026, 5, 1)
"""The last one that is over: May to August; its report was due on 14 September."""
TOLD = Told(200_000, 50_000, 0, "Ramai menjelang 17 Agustus")


class Field:
    """One group in the field."""

    def __init__(self) -> None:
        with clock.at(dt.datetime(2025, 1, 10, 3, tzinfo=dt.UTC)):
            self.group = make.group(name="KUBE Harapan", phone="+6281200000077")
        self.first, self.second = make.household(self.group, name="Aminah"), make.household(self.group, name="Bahrun")
        self.stranger = make.household(make.group(), name="Cahaya")
        self.product = make.product(self.group, makers={self.first.id: 10_000})
        scope = {"group_id": self.group.id}
        self.officer, self.mentor = make.user(Role.GROUP_OFFICER, **scope), make.user(Role.MENTOR, **scope)
        self.colleague = make.user(Role.MENTOR, **scope)
        self.verifier, self.head = make.user(Role.VERIFIER), make.user(Role.HEAD)

    def sell(self, day: dt.date, amount: int) -> None:
        """Let the group earn something on a day; below zero: let it come back."""
        kind = EntryKind.DELIVERY if amount > 0 else EntryKind.RETURN
        at = dt.datetime.combine(day, dt.time(1), dt.UTC)
        lines = [
            JournalLine(
                account=Account.HOUSEHOLD_PAYABLE,
                amount=-amount,
                household_id=self.first.id,
                product_id=self.product.id,
            ),
            JournalLine(account=Account.CUSTOMER_DEPOSITS, amount=amount),
        ]
        make.add(
            JournalEntry(
                kind=kind,
                reference=f"test:{uuid.uuid4().hex[:20]}",
                area_code=make.REGENCY,
                entry_date=day,
                at=at,
                lines=lines,
            )
        )

    def content(self, **values: Any) -> VisitContent:
        """Return a visit to the group, today, with one family and one thing to do."""
        return VisitContent(
            **{
                "kind": VisitKind.GROUP,
                "group_id": self.group.id,
                "visited_on": TODAY,
                "findings": "Produksi lancar",
                "household_ids": (self.first.id,),
                "follow_ups": (ToDo("Perbaiki label", TODAY + dt.timedelta(days=7)),),
                **values,
            }
        )

    def visit(self, key: str = "", **values: Any) -> int:
        """Write a visit down and return its id."""
        with unit_of_work():
            return visits.record(key or str(uuid.uuid4()), self.content(**values), [], self.mentor.id)

    def due(self, now: dt.datetime = NOW) -> GroupReport:
        """Let reports become due, and return the group's newest."""
        with unit_of_work():
            reporting.make_due(now)
        rollback()
        found = db.session.query(GroupReport).filter_by(group_id=self.group.id).order_by(GroupReport.starts_on.desc())
        row = found.first()
        assert row is not None
        return row

    def sent(self) -> GroupReport:
        """Let the group send its newest report."""
        report = self.due()
        with unit_of_work():
            reporting.send(report.id, TOLD, self.officer.id, self.officer)
        rollback()
        return report
