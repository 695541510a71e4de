"""Read documents back in tests: as text, as a picture, and through the code on it."""

import datetime as dt
import io
import re
from typing import Any

import zxingcpp
from PIL import Image
from pypdf import PdfReader

from marketplace.documents import drawing, papers, rules
from marketplace.documents import service as documents
from marketplace.documents.facts import Issuer, OrderFacts
from marketplace.documents.models import Document, DocumentKind
from marketplace.documents.papers import Draft, Person
from marketplace.extensions import db
from marketplace.offices.purchases import Purchase
from marketplace.orders import service as orders
from marketplace.orders.bought import Line
from marketplace.orders.models import DeliveryFee, DeliveryMethod, Order
from marketplace.orders.wanted import Buyer, Delivery, LineRequest
from marketplace.shared import documents as shared
from marketplace.shared.transaction import rollback, unit_of_work
from tests import make
from tests.orders import asking
from tests.payments import billing

MOMENT = dt.datetime(2026, 11, 22, 3, 4, 5, 678, tzinfo=dt.UTC)
LINK = "https://warung.example/d/0123456789ABCDEF"
OFFICE = "Dinas Kesehatan Contoh"
WORDS = dict(
    zip(["satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan"], range(1, 10), strict=True)
)
SCALES = {"ribu": 1_000, "juta": 1_000_000, "miliar": 1_000_000_000, "triliun": 1_000_000_000_000}


def facts(**values: Any) -> OrderFacts:
    """Return the facts of an order of two products, brought to an office; what is named is otherwise."""
    return OrderFacts(
        **{
            "issuer": Issuer(
                "Dinas Sosial Kabupaten Contoh", "Kabupaten Contoh", "Jalan 1", MOMENT.date(), "Rahmawati"
            ),
            "basis": "1:1",
            "number": "WK-2611-00042",
            "placed_on": dt.date(2026, 11, 20),
            "ready_on": dt.date(2026, 11, 25),
            "due_on": dt.date(2026, 11, 27),
            "due_at": None,
            "pay_by": "transfer",
            "buyer": "Siti Aminah",
            "phone": "+6281250000300",
            "office": OFFICE,
            "is_sent": True,
            "address": ("Jalan Contoh 7", "Kandangan Kota"),
            "landmark": "dekat masjid",
            "lines": (Line("Keripik", "", "bungkus", 3, 15_000), Line("Tikar", "2 lembar Purun", "paket", 1, 40_000)),
            "total": 90_000,
            "is_paid": True,
            "received": 89_877,
            "account": None,
            "stamp_from": 5_000_000,
            "tax_from": 2_000_000,
            **values,
        }
    )


def draft(kind: DocumentKind, **values: Any) -> Draft:
    """Return a draft of a kind."""
    if kind is DocumentKind.RECAP:
        people = [
            Person("Siti Aminah", "198001012005012001", ("WK-1", "WK-2"), 90_000),
            Person("Budi", "", ("WK-3",), 5),
        ]
        return papers.of_people(facts(**values).issuer, OFFICE, ("1 November 2026", "22 November 2026"), people)
    return papers.of_order(kind, facts(**values))


def content(kind: DocumentKind, **values: Any) -> dict[str, Any]:
    """Return the whole content of a document of a kind."""
    number = rules.number(kind, "63.06", 2026, 7)
    return draft(kind, **values).content | {"number": number, "code": "0123-4567-89AB-CDEF", "replaces": ""}


PURCHASE = Purchase(
    office=OFFICE,
    address=("Jalan Contoh 5", "RT/RW 003/001", "Kandangan Kota", "Kandangan", "Kabupaten Contoh 71211"),
    npwp="012345678901000",
    treasurer="Noor Aida",
    number="027/012/SP/2026",
    ordered_on=dt.date(2026, 11, 8),
    invoice_number="TG-6306-2026-0042",
    due_on=dt.date(2026, 12, 8),
)


def drawn(kind: DocumentKind, **values: Any) -> bytes:
    """Return the PDF of a document of a kind."""
    return shared.draw(kind, content(kind, **values), LINK, MOMENT)


def text_of(pdf: bytes) -> str:
    """Return what a document says, its spaces and line breaks as single spaces."""
    pages = (page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    return re.sub(r"\s+", " ", " ".join(pages).replace("\u200b", "")).strip()


def pictures(kind: DocumentKind, link: str, said: dict[str, Any]) -> list[Image.Image]:
    """Draw the pages of a document as grey pictures."""
    pages = shared.compiled(kind, said, link, format="png", ppi=150)
    files = pages if isinstance(pages, list) else [pages]
    return [Image.open(io.BytesIO(file)).convert("L") for file in files]


def scanned(kind: DocumentKind, link: str, said: dict[str, Any]) -> list[str]:
    """Return what a scanner reads on the first page."""
    return [code.text for code in zxingcpp.read_barcodes(pictures(kind, link, said)[0])]


def read_words(words: str) -> int:
    """Return the number that Indonesian words write, by rules of our own: the product's writer is another's."""
    total = part = 0
    number = words.lower().removesuffix(" rupiah").replace("seribu", "satu ribu").replace("sebelas", "satu belas")
    number = number.replace("sepuluh", "satu puluh").replace("seratus", "satu ratus")
    digit = 0
    for word in number.split():
        if word in WORDS:
            digit = WORDS[word]
        elif word in SCALES:
            total, part, digit = total + (part + digit) * SCALES[word], 0, 0
        elif word != "nol":
            part, digit = part + {"belas": 10 + digit, "puluh": 10 * digit, "ratus": 100 * digit}[word], 0
    return total + part + digit


HOME = Delivery(DeliveryMethod.ADDRESS, "Jalan Contoh 7", "1/2", make.VILLAGE, "dekat masjid")


def order(
    delivery: Delivery | None = None, *, office: str = OFFICE, buyer_id: int | None = None, many: int = 2
) -> Order:
    """Place an order of several pieces at 50,000."""
    if delivery is not None:
        make.add(DeliveryFee(district_code=make.VILLAGE[:8], amount=7_000, effective_from=make.LONG_AGO, source="SK"))
    product = make.product(price=50_000, approved_price=50_000, stock=many)
    wanted = asking.wanted(LineRequest(many, product_id=product.id), delivery=delivery)
    with unit_of_work():
        buyer = Buyer(buyer_id, "Siti Contoh", "+6281200000001", office)
        placed = orders.place(wanted.__class__(**{**vars(wanted), "buyer": buyer}))
    return db.session.get_one(Order, placed.id)


def paid(**values: Any) -> Order:
    """Place an order and let its money come by transfer, with a unique code."""
    billing.bank()
    placed = order(**values)
    billing.confirmed(billing.bill(placed), reference=f"STM-{placed.id}")
    return db.session.get_one(Order, placed.id)


def packed(**values: Any) -> Order:
    """Place an order, pay and pack it."""
    placed = paid(**values)
    billing.packed(placed)
    return db.session.get_one(Order, placed.id)


def issued(of: Order, kind: DocumentKind = DocumentKind.INVOICE) -> Document:
    """Issue a document of an order."""
    with unit_of_work():
        key = documents.issue(of.id, kind, None, by_office=False).id
    return fresh(key)


def fresh(document_id: int) -> Document:
    """Return a document as it stands in the database."""
    rollback()
    db.session.expire_all()
    return db.session.get_one(Document, document_id)


def opened(document: Document) -> bytes:
    """Open a document, as a request does."""
    rollback()
    with unit_of_work():
        return drawing.file_of(db.session.get_one(Document, document.id))
