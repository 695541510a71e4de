"""Aid in each of its states, made through the services. Call inside `app`."""

import datetime as dt
import functools
import io
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field

from marketplace.accounts.models import User
from marketplace.aid import drawings, funds, goods, grants, guidance, proposals, queries
from marketplace.aid.drawings import Bought
from marketplace.aid.funds import FundContent
from marketplace.aid.goods import Piece, Signed
from marketplace.aid.goods_models import Handover, ItemCondition
from marketplace.aid.guidance import GuidanceContent
from marketplace.aid.models import AidKind, Fund, FundRule, FundSource, Proposal, ProposalState
from marketplace.aid.money_models import Drawing, DrawingState, Grant, Tranche
from marketplace.aid.proposals import ProposalContent
from marketplace.aid.rules import Cost, Decision, Line
from marketplace.areas.models import Agency
from marketplace.extensions import db
from marketplace.groups.models import Group
from marketplace.groups.rules import BankAccount
from marketplace.shared import clock, images
from marketplace.shared.policy import Role
from marketplace.shared.transaction import unit_of_work
from tests import make
from tests.shared.pictures import picture

LINES = (Line("Mesin jahit", 2, 3_000_000, "buah"), Line("Kain", 10, 50_000, "meter"))
SUM = 6_500_000
BANK = BankAccount("Bank Contoh", "0011223344", "KUBE Contoh")
_numbers = itertools.count(1)


def today() -> dt.date:
    return clock.today("Asia/Makassar")


@functools.lru_cache
def _prepared() -> images.Prepared:
    return images.prepare(io.BytesIO(picture((32, 24))))


def image() -> int:
    """Store a private photo and return its id."""
    with unit_of_work():
        return images.store(_prepared(), None, private=True).id


def content(
    kind: AidKind = AidKind.GOODS, lines: Sequence[Line] = LINES, story: str = "Pesanan bertambah"
) -> ProposalContent:
    return ProposalContent(kind, "Alat jahit", story, lines)


@dataclass
class Office:
    """Who gives aid: one person for each part, and a fund; `group` asks."""

    regency: str = make.REGENCY
    group: Group = None  # type: ignore[assignment]
    users: dict[Role, User] = field(default_factory=dict)

    def __post_init__(self) -> None:
        village = make.VILLAGE if self.regency == make.REGENCY else f"{self.regency}.01"
        self.group = self.group or make.group(village_code=village)
        roles = (Role.ADMINISTRATOR, Role.CURATOR, Role.TREASURER, Role.VERIFIER, Role.HEAD)
        self.users |= {role: make.user(role, area_code=self.regency) for role in roles if role not in self.users}
        own = (Role.GROUP_OFFICER, Role.MENTOR)
        self.users |= {role: make.user(role, group_id=self.group.id) for role in own if role not in self.users}

    def id(self, role: Role) -> int:
        return self.users[role].id

    def fund(self, limit: int = 900_000_000, rule: FundRule = FundRule.MONEY, year: int = 2026) -> Fund:
        name = f"Dana {next(_numbers)}"
        made = FundContent(self.regency, FundSource.REGENCY, year, name, rule, limit)
        with unit_of_work():
            return funds.add_fund(made, self.id(Role.HEAD))

    def guided(self, group_id: int | None = None, topic: str = "Menjahit") -> None:
        agency = make.add(Agency(area_code=self.regency, name=f"Dinas {next(_numbers)}"))
        held = GuidanceContent(agency.id, topic, today())
        with unit_of_work():
            guidance.note_guidance(group_id or self.group.id, held, self.id(Role.CURATOR))

    def proposal(
        self,
        state: ProposalState = ProposalState.DRAFT,
        kind: AidKind = AidKind.GOODS,
        lines: Sequence[Line] = LINES,
        fund: Fund | None = None,
    ) -> Proposal:
        """Make a proposal of the group and lead it to a state."""
        with unit_of_work():
            key = proposals.write(self.group.id, "", content(kind, lines), self.id(Role.GROUP_OFFICER)).id
        photo = image()
        with unit_of_work():
            proposals.add_files(key, [photo], self.id(Role.GROUP_OFFICER))
        self.lead(key, state, fund)
        return db.session.get_one(Proposal, key)

    def lead(self, key: int, state: ProposalState, fund: Fund | None = None) -> None:
        """Take a draft to a state."""
        if state is ProposalState.WITHDRAWN:
            with unit_of_work():
                proposals.withdraw(key, self.id(Role.GROUP_OFFICER))
        if state in (ProposalState.DRAFT, ProposalState.WITHDRAWN):
            return
        with unit_of_work():
            proposals.submit(key, self.id(Role.GROUP_OFFICER))
        if state is ProposalState.SUBMITTED:
            return
        with unit_of_work():
            proposals.check(key, self.id(Role.VERIFIER))
        if state is ProposalState.REFUSED:
            with unit_of_work():
                proposals.refuse(key, "Tahun depan", self.id(Role.HEAD))
        if state is ProposalState.APPROVED:
            self.approve(key, fund)

    def decision(self, fund: Fund | None = None) -> Decision:
        return Decision((fund or self.fund()).id, "188/12/2026", today())

    def approve(self, key: int, fund: Fund | None = None) -> None:
        if not guidance.was_guided(self.group.id, today()):
            self.guided()
        decision = self.decision(fund)
        with unit_of_work():
            proposals.approve(key, decision, self.id(Role.HEAD))

    def handed(self, proposal: Proposal, *pieces: Piece) -> Handover:
        """Hand goods of a proposal over."""
        given = pieces or (Piece("Mesin jahit", f"SN-{next(_numbers)}", 3_000_000, ItemCondition.NEW),)
        with unit_of_work():
            return goods.hand_over(proposal.id, given, Signed(today(), "Siti Contoh"), self.id(Role.CURATOR))

    def grant(self, amount: int = 20_000_000, fund: Fund | None = None) -> Grant:
        """Make a grant of money, with an account."""
        line = Line("Modal", 1, amount)
        proposal = self.proposal(ProposalState.APPROVED, AidKind.MONEY, (line,), fund)
        grant = queries.grant_of(proposal.id)
        assert grant is not None
        with unit_of_work():
            grants.set_bank(grant.id, BANK, self.id(Role.CURATOR))
        return grant

    def planned(self, grant: Grant, amount: int) -> Tranche:
        with unit_of_work():
            return grants.plan_tranche(grant.id, amount, today(), self.id(Role.CURATOR))

    def paid(self, grant: Grant, amount: int) -> Tranche:
        """Pay a part of a grant."""
        tranche = self.planned(grant, amount)
        with unit_of_work():
            grants.disburse(tranche.id, f"TRF-{next(_numbers)}", today(), self.id(Role.TREASURER))
        return tranche

    def asked(self, grant: Grant, amount: int = 1_000_000) -> Drawing:
        with unit_of_work():
            plan = [Cost("Benang", amount)]
            return drawings.ask(grant.id, "Belanja bahan", plan, self.id(Role.GROUP_OFFICER))

    def drawing(self, grant: Grant, state: DrawingState, amount: int = 1_000_000, rest: int = 0) -> Drawing:
        """Ask to draw, and lead it to a state."""
        key = self.asked(grant, amount).id
        if state is DrawingState.WITHDRAWN:
            with unit_of_work():
                drawings.withdraw(key, self.id(Role.GROUP_OFFICER))
        if state is DrawingState.REFUSED:
            with unit_of_work():
                drawings.refuse(key, "Belum perlu", self.id(Role.HEAD))
        if state in (DrawingState.RELEASED, DrawingState.PROVED, DrawingState.SETTLED):
            with unit_of_work():
                drawings.release(key, self.id(Role.HEAD))
        if state in (DrawingState.PROVED, DrawingState.SETTLED):
            self.prove(key, amount - rest, rest)
        if state is DrawingState.SETTLED:
            with unit_of_work():
                drawings.settle(key, self.id(Role.VERIFIER))
        db.session.rollback()
        return db.session.get_one(Drawing, key)

    def prove(self, key: int, spent: int, rest: int = 0) -> None:
        receipts = [Bought("Benang", spent, image())] if spent else []
        with unit_of_work():
            drawings.prove(key, receipts, rest, self.id(Role.GROUP_OFFICER))
