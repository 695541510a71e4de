"""What waits for an officer: every job of his roles counted in his areas and groups, all in one statement."""

import datetime as dt
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    exists,
    func,
    literal,
    or_,
    select,
    union_all,
)

from ..accounts.models import RoleAssignment, User
from ..catalog.access import Worker, covered_by
from ..catalog.models import Product, ProductKind, ProductState, Revision, RevisionState
from ..extensions import db
from ..graduation.models import IncomeNote, NoteKind, NoteState, Snapshot
from ..graduation.queries import last_month
from ..groups.models import Group, Household
from ..groups.queries import today, visible_groups, visible_households
from ..ledger.close_models import DayClose
from ..ledger.closing import SEERS
from ..ledger.models import BatchState, HouseholdBalance, Payout, PayoutBatch, PayoutState
from ..ledger.payout_queries import RELEASERS
from ..notices.models import Notice, NoticeState
from ..notices.queries import TELLERS
from ..offices.desk_queries import KEEPERS, overdue
from ..offices.models import Invoice, Office
from ..orders.models import DeliveryMethod, Order, OrderState
from ..orders.queries import OFFICE
from ..orders.screens import DESK, is_late, is_unfetched, of_areas
from ..parcels.models import Parcel, ParcelState
from ..parcels.queries import is_to_mend
from ..payments.models import CollectionAccount, Dispute, DisputeState, EventOutcome, Payment, ProviderEvent
from ..payments.queries import is_to_check, is_to_give_back, waits_for_rest
from ..shared import clock
from ..shared.i18n import _l
from ..shared.policy import OFFICERS, Role, has_role, near
from ..stock.models import StockLevel
from ..stock.screens import OFFICERS as STOCK_OFFICERS
from ..treasury.models import LineState, StatementLine
from . import (
    aid_work,
    case_work,
    market_work,
    mentor_work,
    privacy_work,
    settings_work,
    stall_work,
    till_work,
    training_work,
)
from .job import Counting, Job, Waiting, number_of, within


def _to_curate(actor: Worker, roles: frozenset[Role]) -> Select[Any]:
    waiting = number_of(Revision.id, since=Revision.submitted_at).join_from(Revision, Product)
    return waiting.where(Revision.state == RevisionState.PENDING, covered_by(actor, roles, today()))


def _products_in(state: ProductState) -> Counting:
    def count(actor: Worker, roles: frozenset[Role]) -> Select[Any]:
        return number_of(Product.id).where(Product.state == state, covered_by(actor, roles, today()))

    return count


def _parcels_to_mend(actor: Worker, roles: frozenset[Role]) -> Select[Any]:
    """Count parcels on offer with a component that is not sold, or that would now earn its makers more alone."""
    offered = number_of(Parcel.id).where(Parcel.state == ParcelState.OFFERED)
    return offered.where(within(Parcel.regency_code, actor, roles), is_to_mend())


def _sold_out(actor: Worker, roles: frozenset[Role]) -> Select[Any]:
    free = select(func.coalesce(func.sum(StockLevel.on_hand - StockLevel.held), 0))
    left = free.where(StockLevel.product_id == Product.id).scalar_subquery()
    goods = number_of(Product.id).where(Product.kind == ProductKind.GOODS, Product.state == ProductState.PUBLISHED)
    return goods.where(covered_by(actor, roles, today()), left <= 0)


def _orders(*conditions: ColumnElement[bool]) -> Counting:
    def count(actor: Worker, roles: frozenset[Role]) -> Select[Any]:
        counted = number_of(Order.id, since=func.coalesce(Order.packed_at, Order.paid_at, Order.placed_at))
        return counted.where(of_areas(actor, roles), *conditions)

    return count


def _unfetched(actor: Worker, roles: frozenset[Role]) -> Select[Any]:
    counted = number_of(Order.id, since=Order.expires_at)
    return counted.where(of_areas(actor, roles), is_unfetched(clock.now()))


def _late(actor: Worker, roles: frozenset[Role]) -> Select[Any]:
    counted = number_of(Order.id, since=func.coalesce(Order.paid_at, Order.placed_at))
    return counted.where(of_areas(actor, roles), is_late())


def _payments(*conditions: ColumnElement[bool]) -> Counting:
    def count(actor: Worker, roles: frozenset[Role]) -> Select[Any]:
        counted = number_of(Payment.id, since=Payment.created_at)
        return counted.join_from(Payment, Order).where(of_areas(actor, roles), *conditions)

    return count


def _lines_to_match(actor: Worker, roles: frozenset[Role]) -> Select[Any]:
    counted = number_of(StatementLine.id).join_from(StatementLine, CollectionAccount)
    return counted.where(StatementLine.state == LineState.OPEN, within(CollectionAccount.area_code, actor, roles))


def _news(state: NoticeState) -> Counting:
    def count(actor: Worker, roles: frozenset[Role]) -> Select[Any]:
        counted = number_of(Notice.id, since=Notice.changed_at)
        return counted.where(Notice.state == state, within(Notice.area_code, actor, roles))

    return count


def _owed_back(actor: Worker, roles: frozenset[Role]) -> Select[Any]:
    counted = number_of(Order.id, since=func.coalesce(Order.closed_at, Order.paid_at, Order.placed_at))
    return counted.where(of_areas(actor, roles), is_to_give_back())


def _disputes(actor: Worker, roles: frozenset[Role]) -> Select[Any]:
    counted = number_of(Dispute.id, since=Dispute.opened_at).join_from(Dispute, Payment).join(Order)
    return counted.where(of_areas(actor, roles), Dispute.state == DisputeState.OPEN)


def _messages(actor: Worker, roles: frozenset[Role]) -> Select[Any]:
    counted = number_of(ProviderEvent.id, since=ProviderEvent.received_at)
    waiting = ProviderEvent.outcome == EventOutcome.REVIEW
    return counted.where(waiting, within(ProviderEvent.area_code, actor, roles))


def _overdue_invoices(actor: Worker, roles: frozenset[Role]) -> Select[Any]:
    late = number_of(Invoice.id).join_from(Invoice, Order).where(overdue(today()))
    return late.where(within(Invoice.regency_code, actor, roles))


def _offices_to_verify(actor: Worker, roles: frozenset[Role]) -> Select[Any]:
    waiting = number_of(Office.id, since=Office.created_at).where(Office.verified_at.is_(None))
    return waiting.where(within(Office.regency_code, actor, roles))


def _can_be_paid_out(actor: Worker, roles: frozenset[Role]) -> Select[Any]:
    waiting = select(Payout.household_id).where(Payout.state == PayoutState.PENDING)
    owed = number_of(HouseholdBalance.household_id).join_from(HouseholdBalance, Household)
    return owed.where(
        HouseholdBalance.balance > 0, Household.id.not_in(waiting), within(Household.regency_code, actor, roles)
    )


def _payouts_in_batches(actor: Worker, roles: frozenset[Role]) -> Select[Any]:
    pending = (
        number_of(Payout.id, since=PayoutBatch.released_at)
        .join_from(Payout, PayoutBatch)
        .where(Payout.state == PayoutState.PENDING, PayoutBatch.state == BatchState.RELEASED)
    )
    return pending.where(within(PayoutBatch.area_code, actor, roles))


def _to_release(actor: Worker, roles: frozenset[Role]) -> Select[Any]:
    """Count the batches of others that wait for a second person."""
    others = PayoutBatch.prepared_by_id.is_distinct_from(actor.id)
    return number_of(PayoutBatch.id, PayoutBatch.id, PayoutBatch.prepared_at).where(
        PayoutBatch.state == BatchState.PREPARED, others, within(PayoutBatch.area_code, actor, roles)
    )


def _closes_to_see(actor: Worker, roles: frozenset[Role]) -> Select[Any]:
    """Count the days that others closed and no second person looked at."""
    others = DayClose.closed_by_id.is_distinct_from(actor.id)
    return number_of(DayClose.id, DayClose.id, DayClose.closed_at).where(
        DayClose.seen_at.is_(None), others, within(DayClose.area_code, actor, roles)
    )


def _without_people(actor: Worker, roles: frozenset[Role]) -> Select[Any]:
    """Count families whose sales cannot be held against the line while that can still be mended.

    Of a month that is closed, or in which nothing was sold, there is nothing to be done.
    """
    families = visible_households(actor, roles).with_only_columns(Household.id)
    return number_of(Snapshot.household_id.distinct(), Snapshot.household_id).where(
        Snapshot.household_id.in_(families),
        Snapshot.month >= last_month(),
        Snapshot.is_final.is_(False),
        Snapshot.people == 0,
        Snapshot.net_sales != 0,
    )


def _to_verify(actor: Worker, roles: frozenset[Role]) -> Select[Any]:
    families = visible_households(actor, roles).with_only_columns(Household.id)
    same = (Snapshot.household_id == IncomeNote.household_id) & (Snapshot.month == IncomeNote.month)
    closed = exists().where(same, Snapshot.is_final)
    return number_of(IncomeNote.id, IncomeNote.household_id).where(
        IncomeNote.kind == NoteKind.OTHER_INCOME,
        IncomeNote.state == NoteState.TOLD,
        ~closed,
        IncomeNote.household_id.in_(families),
    )


def _without_password(actor: Worker, roles: frozenset[Role]) -> Select[Any]:
    """Count makers' accounts that were never opened: somebody has to give them their code."""
    families = visible_households(actor, roles).with_only_columns(Household.id)
    groups = visible_groups(actor, roles).with_only_columns(Group.id)
    theirs = or_(RoleAssignment.household_id.in_(families), RoleAssignment.group_id.in_(groups))
    users = number_of(User.id.distinct(), User.id).join_from(User, RoleAssignment, RoleAssignment.user_id == User.id)
    return users.where(User.password_hash.is_(None), User.is_active, theirs)


PICKED_UP = Order.delivery_method == DeliveryMethod.PICKUP
TREASURER = frozenset({Role.TREASURER})
CURATOR = frozenset({Role.CURATOR})
MENTOR = frozenset({Role.MENTOR})
VERIFIER = frozenset({Role.VERIFIER})
PASSERS = frozenset({Role.MENTOR, Role.ADMINISTRATOR})

JOBS: tuple[Job, ...] = (
    Job(_l("Products to check"), "badge-check", "/dinas/kurasi", CURATOR, _to_curate),
    Job(_l("Parcels to mend"), "gift", "/dinas/parsel?state=offered&which=to_mend", CURATOR, _parcels_to_mend),
    Job(
        _l("Orders to pack"),
        "package",
        "/dinas/pesanan?state=processing",
        DESK,
        _orders(Order.state == OrderState.PROCESSING),
    ),
    Job(
        _l("Orders to send"),
        "truck",
        "/dinas/pesanan?state=ready",
        DESK,
        _orders(Order.state == OrderState.READY, ~PICKED_UP),
    ),
    Job(
        _l("Orders to be picked up"),
        "shopping-bag",
        "/dinas/pesanan?state=ready&method=pickup",
        DESK,
        _orders(Order.state == OrderState.READY, PICKED_UP),
    ),
    Job(_l("Cash orders nobody came for"), "circle-alert", "/dinas/pesanan/tidak-diambil", DESK, _unfetched, True),
    Job(
        _l("Orders on their way"),
        "map-pin",
        "/dinas/pesanan?state=shipped",
        DESK,
        _orders(Order.state == OrderState.SHIPPED),
    ),
    Job(_l("Payments to check"), "banknote", "/dinas/pembayaran", TREASURER, _payments(is_to_check())),
    Job(
        _l("Payments waiting for the rest"),
        "clock",
        "/dinas/pembayaran?tab=rest",
        TREASURER,
        _payments(Payment.needs_review.is_(True), waits_for_rest()),
    ),
    Job(
        _l("Payments to decide about"),
        "circle-alert",
        "/dinas/pembayaran?tab=review",
        TREASURER,
        _payments(Payment.needs_review.is_(True), ~waits_for_rest()),
    ),
    Job(_l("Disputes to answer"), "scale", "/dinas/pembayaran/sengketa", TREASURER, _disputes, True),
    Job(_l("Messages of Stripe to look at"), "mail", "/dinas/pembayaran/pesan", TREASURER, _messages),
    Job(_l("Bank lines to match"), "landmark", "/dinas/mutasi", TREASURER, _lines_to_match),
    Job(_l("Messages to send by WhatsApp"), "message-circle", "/dinas/kabar", TELLERS, _news(NoticeState.BY_HAND)),
    Job(
        _l("Messages that were not sent"),
        "triangle-alert",
        "/dinas/kabar?tab=dead",
        TELLERS,
        _news(NoticeState.DEAD),
    ),
    Job(_l("Money to give back"), "undo-2", "/dinas/pengembalian", TREASURER, _owed_back),
    Job(_l("Overdue invoices"), "receipt-text", "/dinas/tagihan?tab=overdue", TREASURER, _overdue_invoices),
    Job(_l("Offices to verify"), "building-2", "/dinas/instansi?tab=new", KEEPERS, _offices_to_verify),
    Job(_l("Families to pay out"), "hand-coins", "/dinas/pencairan", TREASURER, _can_be_paid_out),
    Job(_l("Payouts to release"), "shield-check", "/dinas/pencairan/{first}", RELEASERS, _to_release),
    Job(_l("Closed days to look at"), "lock", "/dinas/tutup-hari/{first}", SEERS, _closes_to_see),
    Job(_l("Payouts to make"), "wallet", "/dinas/pencairan/daftar", TREASURER, _payouts_in_batches),
    Job(
        _l("Products to improve"),
        "wrench",
        "/dinas/produk?state=needs_work",
        MENTOR,
        _products_in(ProductState.NEEDS_WORK),
    ),
    Job(_l("Accounts that wait for a code"), "key-round", "/dinas/pengguna/{first}", PASSERS, _without_password),
    Job(
        _l("Other income to verify"),
        "clipboard-check",
        "/dinas/graduasi/{first}",
        frozenset({Role.VERIFIER}),
        _to_verify,
    ),
    Job(
        _l("Families that sold, but whose people are not written down"),
        "house-heart",
        "/dinas/keluarga/{first}",
        MENTOR,
        _without_people,
    ),
    Job(_l("Sold out"), "warehouse", "/dinas/stok?left=sold_out", STOCK_OFFICERS, _sold_out),
    Job(_l("Orders that are late"), "clock", "/dinas/pesanan?state=processing&when=late", OFFICE, _late, True),
    *market_work.JOBS,
    *stall_work.JOBS,
    *training_work.JOBS,
    *till_work.JOBS,
    *aid_work.JOBS,
    *settings_work.JOBS,
    *privacy_work.JOBS,
    *case_work.JOBS,
    *mentor_work.JOBS,
)


def waiting_for(actor: Worker) -> dict[Role, list[Waiting]]:
    """Return each of the officer's roles with its jobs: first what is urgent, then what has waited longest.

    A job that several of his roles share stands with the first.
    """
    close = near(actor)  # the lists that these lead to are not open to a whole province
    jobs = [(number, job) for number, job in enumerate(JOBS) if has_role(close, job.roles)]
    found = _counted(actor, jobs)
    lists: dict[Role, list[Waiting]] = {role: [] for role in Role if has_role(actor, {role}) and role in OFFICERS}
    for number, job in jobs:
        count, first, since = found[number]
        role = next(role for role in lists if role in job.roles)
        url = job.url.format(first=first or "")
        lists[role].append(Waiting(job.label, job.icon, url, count, job.is_urgent, since))
    for waiting in lists.values():
        waiting.sort(key=lambda each: (not each.is_urgent, 1 if each.days is None else -each.days))
    return lists


def _counted(actor: Worker, jobs: list[tuple[int, Job]]) -> dict[int, tuple[int, int | None, dt.datetime | None]]:
    """Return number of a job → how many wait, the id of the first, and since when the oldest waits."""
    if not jobs:
        return {}
    counts = []
    for number, job in jobs:
        part = job.counting(actor, job.roles).subquery()
        counts.append(select(literal(number), *part.c))
    return {number: (count, first, since) for number, count, first, since in db.session.execute(union_all(*counts))}
