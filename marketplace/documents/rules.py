"""Which document fits an order when, how numbers are written, and what becomes of a document: pure."""

import secrets
from dataclasses import dataclass
from enum import StrEnum

from ..shared.i18n import Text, _l
from ..shared.moves import move
from ..shared.policy import Role
from .models import DocumentKind, DocumentState

ABBREVIATIONS: dict[DocumentKind, str] = {
    DocumentKind.INVOICE: "TGH",
    DocumentKind.OFFICE_INVOICE: "TG",
    DocumentKind.PURCHASE_ORDER: "SP",
    DocumentKind.RECEIPT: "KWT",
    DocumentKind.HANDOVER: "BAST",
    DocumentKind.DELIVERY_NOTE: "SJ",
    DocumentKind.LABEL: "LBL",
    DocumentKind.RECAP: "RKP",
    DocumentKind.CONSENT: "SPG",
}
"""How kinds stand in numbers: tagihan (of an office), surat pesanan, kwitansi, surat jalan, rekap, potong gaji."""
OF_ORDER = tuple(kind for kind in DocumentKind if kind is not DocumentKind.RECAP)
INVOICES = (DocumentKind.INVOICE, DocumentKind.OFFICE_INVOICE)
"""An order has one of the two: on an office's invoice that one, so that no second number is about the same debt."""
OF_BUYER = (*INVOICES, DocumentKind.RECEIPT, DocumentKind.PURCHASE_ORDER, DocumentKind.CONSENT)
"""Kinds that a buyer makes for himself."""
OF_OFFICE = (*OF_BUYER, DocumentKind.HANDOVER)
"""Kinds that an office's treasurer files; the last one is made by who hands the goods over."""
OF_GOODS = frozenset({DocumentKind.HANDOVER, DocumentKind.DELIVERY_NOTE, DocumentKind.LABEL})
READERS = frozenset({Role.TREASURER, Role.PACKER, Role.CURATOR, Role.HEAD})
MONEY_ISSUERS = frozenset({Role.TREASURER, Role.PACKER})
"""Those who take money: a packer takes cash at the counter."""
GOODS_ISSUERS = MONEY_ISSUERS | {Role.CURATOR}
ISSUERS = {kind: GOODS_ISSUERS if kind in OF_GOODS else MONEY_ISSUERS for kind in DocumentKind}
CORRECTORS = frozenset({Role.TREASURER})
"""Who cancels a document, or puts another in its place."""

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's: none is taken for another when a code is read off paper."""
CODE_LENGTH = 16
"""80 random bits."""
MISREAD = str.maketrans("OIL", "011")


class Action(StrEnum):
    REPLACE = "replace"
    CANCEL = "cancel"


TRANSITIONS: dict[tuple[DocumentState, Action], DocumentState] = {
    (DocumentState.VALID, Action.REPLACE): DocumentState.REPLACED,
    (DocumentState.VALID, Action.CANCEL): DocumentState.CANCELLED,
}


def transition(state: DocumentState, action: Action) -> DocumentState:
    """Return the state that an action leads to. Raises StateConflict when it is not possible."""
    return move(TRANSITIONS, state, action)


def allows(state: DocumentState, action: Action) -> bool:
    """Tell whether an action is possible."""
    return (state, action) in TRANSITIONS


@dataclass(frozen=True)
class Standing:
    """What of an order decides which documents it may have."""

    closed: bool
    paid: bool
    packed: bool
    prepared: bool
    """It is packed or being packed, and has not reached its buyer."""
    sent: bool
    """It is brought to its buyer, not fetched."""
    of_office: bool
    on_invoice: bool
    """An office pays it later, by its invoice."""
    bought_by_office: bool
    """It came through the office's approval, and is no person's own."""


def is_of(kind: DocumentKind, order: Standing) -> bool:
    """Tell whether such an order ever has a kind: of the two invoices it has one."""
    return kind is not (DocumentKind.INVOICE if order.on_invoice else DocumentKind.OFFICE_INVOICE)


def obstacle(kind: DocumentKind, order: Standing) -> Text | None:
    """Return why there cannot be a new document of a kind now; None when there can."""
    if order.closed:
        return _l("The order has ended.")
    obstacles: dict[DocumentKind, list[tuple[bool, Text]]] = {
        DocumentKind.INVOICE: [(order.on_invoice, _l("The office has an invoice for it."))],
        DocumentKind.OFFICE_INVOICE: [(not order.on_invoice, _l("No office pays it by an invoice."))],
        DocumentKind.PURCHASE_ORDER: [(not order.of_office, _l("The buyer named no office."))],
        DocumentKind.RECEIPT: [(not order.paid, _l("The order is not paid yet."))],
        DocumentKind.HANDOVER: [(not order.packed, _l("The order is not packed yet."))],
        DocumentKind.DELIVERY_NOTE: [
            (not order.sent, _l("The buyer fetches the order himself.")),
            (not order.packed, _l("The order is not packed yet.")),
        ],
        DocumentKind.LABEL: [(not order.prepared, _l("The order is not being packed."))],
        DocumentKind.CONSENT: [
            (not order.of_office, _l("The buyer named no office.")),
            (order.bought_by_office, _l("The office buys it, not a person.")),
            (order.paid, _l("The order is paid already.")),
        ],
    }
    return next((said for stands, said in obstacles.get(kind, []) if stands), None)


def number(kind: DocumentKind, regency_code: str, year: int, sequence: int) -> str:
    """Write a document's number: `0001/KWT/63.06/2026`."""
    return f"{sequence:04d}/{ABBREVIATIONS[kind]}/{regency_code}/{year}"


def corrected(number: str, issued_before: int) -> str:
    """Write the number of the paper of something that has its own number: `TG-…`, then `TG-…-P1` (pembetulan)."""
    return f"{number}-P{issued_before}" if issued_before else number


def file_name(number: str) -> str:
    """Return the name under which a browser keeps a document: `0001-KWT-63.06-2026.pdf`."""
    return f"{number.replace('/', '-')}.pdf"


def new_code() -> str:
    """Make the code by which a document is verified."""
    return "".join(secrets.choice(LETTERS) for _place in range(CODE_LENGTH))


def read_code(typed: str) -> str:
    """Return a code as it is kept, however it was typed; an empty text for what is none."""
    plain = "".join(letter for letter in typed.upper().translate(MISREAD) if letter.isalnum())
    return plain if len(plain) == CODE_LENGTH and set(plain) <= set(LETTERS) else ""


def grouped(code: str) -> str:
    """Write a code in groups of four, as it is printed."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def shown_state(state: DocumentState, order_closed: bool) -> DocumentState:
    """Return what a document is worth now: one of an order that was cancelled or came back is worth nothing."""
    return DocumentState.CANCELLED if state is DocumentState.VALID and order_closed else state
