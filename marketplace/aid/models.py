"""Who pays for aid, who proposed what, how it was decided, and the guidance that came before."""

import datetime as dt
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..accounts.models import User
from ..areas.models import Agency, Area
from ..extensions import Model
from ..groups.models import Group
from ..shared import clock
from ..shared.columns import amount_check, enum_column, quantity_check
from ..shared.images import Image


class FundSource(StrEnum):
    """Whose budget it is."""

    REGENCY = "regency"
    PROVINCE = "province"
    CENTRE = "centre"


class FundRule(StrEnum):
    """What a fund runs out of."""

    MONEY = "money"
    """As many proposals as its money is enough for."""
    QUOTA = "quota"
    """A fixed number of groups, whatever each of them costs."""


class Fund(Model):
    """A budget line of one year from which aid is paid; what was promised of it is never more than there is."""

    __tablename__ = "aid_fund"
    __table_args__ = (
        UniqueConstraint("area_code", "source", "year", "name"),
        CheckConstraint("(rule = 'money') = (budget IS NOT NULL)", name="budget_of_rule"),
        CheckConstraint("(rule = 'quota') = (quota IS NOT NULL)", name="quota_of_rule"),
        CheckConstraint("year BETWEEN 2000 AND 2100", name="year_range"),
        CheckConstraint("budget IS NULL OR promised <= budget", name="within_budget"),
        CheckConstraint("quota IS NULL OR taken <= quota", name="within_quota"),
        amount_check("budget", low=1),
        amount_check("promised"),
        quantity_check("quota", low=1),
        quantity_check("taken"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    area_code: Mapped[str] = mapped_column(ForeignKey("area.code"))
    """Regency or province in which it may be used."""
    source: Mapped[FundSource] = mapped_column(enum_column(FundSource))
    year: Mapped[int]
    name: Mapped[str] = mapped_column(String(120))
    rule: Mapped[FundRule] = mapped_column(enum_column(FundRule))
    budget: Mapped[int | None]
    """Rupiah; None where the number of groups is fixed."""
    quota: Mapped[int | None]
    """Groups; None where the money is fixed."""
    promised: Mapped[int] = mapped_column(default=0)
    """Rupiah of the proposals that were approved."""
    taken: Mapped[int] = mapped_column(default=0)
    """How many proposals were approved."""
    made_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    made_at: Mapped[dt.datetime] = mapped_column(default=clock.now)

    area: Mapped[Area] = relationship()


class AidKind(StrEnum):
    GOODS = "goods"
    MONEY = "money"


class ProposalState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    CHECKED = "checked"
    """Complete: it waits for the decision."""
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Proposal(Model):
    """What a group, or a village for its people, asks for."""

    __tablename__ = "aid_proposal"
    __table_args__ = (
        CheckConstraint("kind = 'goods' OR group_id IS NOT NULL", name="money_to_groups"),
        CheckConstraint("checked_by_id IS NULL OR checked_by_id <> written_by_id", name="checked_by_another"),
        CheckConstraint(
            "decided_by_id IS NULL OR (decided_by_id <> written_by_id AND decided_by_id <> checked_by_id)",
            name="decided_by_a_third",
        ),
        CheckConstraint(
            "(state = 'approved') = (fund_id IS NOT NULL AND decree_number <> '' AND decree_on IS NOT NULL)",
            name="decree_of_approved",
        ),
        CheckConstraint("(state IN ('approved', 'refused')) = (decided_at IS NOT NULL)", name="decided_when"),
        CheckConstraint("state <> 'refused' OR reason <> ''", name="reason_of_refusal"),
        CheckConstraint("handed <= amount", name="handed_within"),
        amount_check("amount"),
        amount_check("handed"),
        Index(None, "group_id"),
        Index(None, "village_code", "state"),
        Index(None, "fund_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[AidKind] = mapped_column(enum_column(AidKind))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("kube.id"))
    """None for a village's proposal."""
    village_code: Mapped[str] = mapped_column(ForeignKey("area.code"))
    regency_code: Mapped[str] = mapped_column(ForeignKey("area.code"))
    title: Mapped[str] = mapped_column(String(120))
    story: Mapped[str] = mapped_column(String(4000), default="")
    """Why it is needed, and what will come of it."""
    amount: Mapped[int] = mapped_column(default=0)
    """Sum of the lines, rupiah."""
    state: Mapped[ProposalState] = mapped_column(enum_column(ProposalState), default=ProposalState.DRAFT)
    written_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    """Who wrote it last."""
    made_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    submitted_at: Mapped[dt.datetime | None]
    checked_at: Mapped[dt.datetime | None]
    checked_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[dt.datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    fund_id: Mapped[int | None] = mapped_column(ForeignKey("aid_fund.id"))
    decree_number: Mapped[str] = mapped_column(String(80), default="")
    decree_on: Mapped[dt.date | None]
    reason: Mapped[str] = mapped_column(String(500), default="")
    """Why it was refused, or sent back to be mended."""
    handed: Mapped[int] = mapped_column(default=0)
    """Value of the goods handed over so far, rupiah."""

    group: Mapped[Group | None] = relationship()
    village: Mapped[Area] = relationship(foreign_keys=[village_code])
    fund: Mapped[Fund | None] = relationship()
    lines: Mapped[list["ProposalLine"]] = relationship(order_by="ProposalLine.position", cascade="all, delete-orphan")
    files: Mapped[list["ProposalFile"]] = relationship(order_by="ProposalFile.id")
    steps: Mapped[list["ProposalStep"]] = relationship(order_by="ProposalStep.id")


class ProposalLine(Model):
    """One line of the budget of a proposal."""

    __tablename__ = "aid_proposal_line"
    __table_args__ = (
        UniqueConstraint("proposal_id", "position"),
        CheckConstraint("amount = quantity * unit_price", name="amount_product"),
        amount_check("unit_price", low=1),
        amount_check("amount", low=1),
        quantity_check("quantity", low=1),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("aid_proposal.id"))
    position: Mapped[int]
    what: Mapped[str] = mapped_column(String(120))
    quantity: Mapped[int]
    unit: Mapped[str] = mapped_column(String(20), default="")
    unit_price: Mapped[int]
    amount: Mapped[int]


class ProposalFile(Model):
    """A photo of a paper of a proposal, or of the place it is for; never public."""

    __tablename__ = "aid_proposal_file"
    __table_args__ = (Index(None, "proposal_id"), UniqueConstraint("image_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("aid_proposal.id"))
    image_id: Mapped[int] = mapped_column(ForeignKey("image.id"))
    added_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))

    image: Mapped[Image] = relationship()


class ProposalStep(Model):
    """Who did what with a proposal, and when. Only ever added."""

    __tablename__ = "aid_proposal_step"
    __table_args__ = (Index(None, "proposal_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("aid_proposal.id"))
    action: Mapped[str] = mapped_column(String(40))
    actor_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    note: Mapped[str] = mapped_column(String(500), default="")

    actor: Mapped[User] = relationship()


class Guidance(Model):
    """Technical guidance (bimtek) that an agency gave to a group."""

    __tablename__ = "aid_guidance"
    __table_args__ = (UniqueConstraint("group_id", "agency_id", "topic", "held_on"), Index(None, "group_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("kube.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    topic: Mapped[str] = mapped_column(String(120))
    held_on: Mapped[dt.date]
    noted_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    noted_at: Mapped[dt.datetime] = mapped_column(default=clock.now)

    agency: Mapped[Agency] = relationship()
