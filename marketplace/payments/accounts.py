"""The office's own accounts, to which buyers pay."""

from lokal import parse_qris
from sqlalchemy import select, update

from ..extensions import db
from ..shared import audit
from ..shared.errors import InvalidInput, NotFound
from ..shared.i18n import _
from ..shared.policy import Actor, Role, may
from ..shared.transaction import command
from .models import CollectionAccount

KEEPERS = frozenset({Role.ADMINISTRATOR})
MAX_PAYLOAD = 500
"""Longest QRIS payload; amount and reference still have to fit beside it."""


def account_of(area_code: str, provider: str) -> CollectionAccount:
    """Return the account that a regency's payments go to. Raises InvalidInput where there is none."""
    account = db.session.scalar(
        select(CollectionAccount)
        .where(
            CollectionAccount.area_code == area_code,
            CollectionAccount.provider == provider,
            CollectionAccount.is_active,
        )
        .order_by(CollectionAccount.id.desc())
        .limit(1)
    )
    if account is None:
        raise InvalidInput(_("This way to pay is not offered here."), field="payment_method")
    return account


def providers_with_account(area_code: str) -> frozenset[str]:
    """Return the codes of the providers for which a regency has an account in use."""
    statement = select(CollectionAccount.provider).where(
        CollectionAccount.area_code == area_code, CollectionAccount.is_active
    )
    return frozenset(db.session.scalars(statement))


def accounts_in(area_code: str) -> list[CollectionAccount]:
    """Return all accounts of a regency, those in use first."""
    statement = (
        select(CollectionAccount)
        .where(CollectionAccount.area_code == area_code)
        .order_by(CollectionAccount.is_active.desc(), CollectionAccount.provider, CollectionAccount.id.desc())
    )
    return list(db.session.scalars(statement))


def for_transfers(area_code: str) -> CollectionAccount | None:
    """Return the account to which a regency's offices transfer; None where there is none."""
    held = accounts_in(area_code)
    return next((each for each in held if each.is_active and each.provider == "transfer"), None)


def get_account_for(actor: Actor, account_id: int) -> CollectionAccount:
    """Return an account of the administrator's area. Raises NotFound."""
    account = db.session.get(CollectionAccount, account_id)
    if account is None or not may(actor, KEEPERS, area_code=account.area_code):
        raise NotFound
    return account


@command
def add_bank_account(area_code: str, bank_name: str, number: str, holder: str, actor_id: int | None) -> None:
    """Let transfers go to a bank account from now on; open bills keep the one they were made with."""
    _replace(CollectionAccount(area_code=area_code, provider="transfer", bank_name=bank_name, number=number), holder)
    audit.record(actor_id, "collection_account.add", ("area", None), area=area_code, provider="transfer")


@command
def add_qris(area_code: str, payload: str, actor_id: int | None) -> None:
    """Let QRIS payments go to the merchant of a static code from now on.

    Raises InvalidInput for a text that is no intact QRIS code, and for one that already carries an amount.
    """
    info = parse_qris(payload)
    if not info.valid or info.nmid is None:
        raise InvalidInput(_("This is not a complete QRIS code. Scan the office's QRIS again."), field="payload")
    if info.amount is not None or info.type == "dynamic":
        raise InvalidInput(_("This QRIS is for one payment only. Use the office's static QRIS."), field="payload")
    row = CollectionAccount(area_code=area_code, provider="qris", number=info.nmid, qris_payload=payload)
    _replace(row, info.merchant_name or "")
    audit.record(actor_id, "collection_account.add", ("area", None), area=area_code, provider="qris")


def _replace(row: CollectionAccount, holder: str) -> None:
    """Put an account in the place of those that a regency used for the same provider; not if it is in use already."""
    row.holder = holder
    if _is_in_use(row):
        return
    _close_all(row.area_code, row.provider)
    db.session.add(row)


def _close_all(area_code: str, provider: str) -> None:
    db.session.execute(
        update(CollectionAccount)
        .where(CollectionAccount.area_code == area_code, CollectionAccount.provider == provider)
        .values(is_active=False)
    )


def _is_in_use(row: CollectionAccount) -> bool:
    names = ("area_code", "provider", "bank_name", "number", "holder", "qris_payload")
    same = (getattr(CollectionAccount, name) == (getattr(row, name) or "") for name in names)
    return db.session.scalar(select(CollectionAccount.id).where(CollectionAccount.is_active, *same)) is not None


@command
def close_account(account_id: int, actor_id: int | None) -> None:
    """Offer a way to pay no longer; bills that are out can still be confirmed."""
    account = db.session.get(CollectionAccount, account_id)
    if account is None:
        raise NotFound
    account.is_active = False
    audit.record(actor_id, "collection_account.close", ("collection_account", account_id))


@command
def reopen_account(account_id: int, actor_id: int | None) -> None:
    """Let new bills go to a closed account again, in the place of the one that is in use for its provider."""
    account = db.session.get(CollectionAccount, account_id)
    if account is None:
        raise NotFound
    _close_all(account.area_code, account.provider)
    account.is_active = True
    audit.record(actor_id, "collection_account.reopen", ("collection_account", account_id))
