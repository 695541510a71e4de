"""Make accounts, orders and bills in tests."""

from marketplace.extensions import db
from marketplace.orders import service as orders
from marketplace.orders.models import Order, OrderState
from marketplace.orders.wanted import LineRequest
from marketplace.payments import service
from marketplace.payments.models import CollectionAccount, Payment
from marketplace.shared.transaction import unit_of_work
from tests import make
from tests.orders.asking import placed


def static_qris() -> str:
    """Return an office's static QRIS code, with a terminal label that has to stay."""
    from lokal import qris_crc

    account = _tlv("00", "ID.CO.QRIS.WWW") + _tlv("02", "ID1020021181745") + _tlv("03", "UBE")
    body = _tlv("00", "01") + _tlv("01", "11") + _tlv("51", account) + _tlv("52", "9399") + _tlv("53", "360")
    body += _tlv("58", "ID") + _tlv("59", "DINAS SOSIAL HSS") + _tlv("60", "KANDANGAN") + _tlv("61", "71211")
    body += _tlv("62", _tlv("07", "A01")) + "6304"
    return body + qris_crc(body)


def _tlv(tag: str, value: str) -> str:
    return f"{tag}{len(value):02d}{value}"


def bank(area_code: str = make.REGENCY) -> CollectionAccount:
    """Make the office's bank account."""
    row = CollectionAccount(
        area_code=area_code, provider="transfer", bank_name="Bank Contoh", number="0011223344", holder="Dinas Sosial"
    )
    return make.add(row)  # type: ignore[no-any-return]


def qris(area_code: str = make.REGENCY) -> CollectionAccount:
    """Make the office's static QRIS."""
    row = CollectionAccount(area_code=area_code, provider="qris", holder="DINAS SOSIAL HSS", qris_payload=static_qris())
    return make.add(row)  # type: ignore[no-any-return]


def order(price: int = 50_000, stock: int = 5) -> Order:
    """Place an order of one product at a price, to be picked up."""
    product = make.product(price=price, approved_price=price, stock=stock)
    return placed(LineRequest(1, product_id=product.id))


def bill(of: Order, code: str = "transfer") -> Payment:
    """Make the bill of an order."""
    with unit_of_work():
        payment = service.start(of.id, code)
    return fresh(payment)


def fresh(payment: Payment) -> Payment:
    """Return a payment as it stands in the database."""
    db.session.expire_all()
    return db.session.get_one(Payment, payment.id)


def state_of(of: Order) -> OrderState:
    """Return the state of an order as it stands in the database."""
    db.session.expire_all()
    return db.session.get_one(Order, of.id).state


def confirmed(payment: Payment, amount: int | None = None, reference: str = "STM-1") -> Payment:
    """Confirm a payment, with the asked amount if none is given."""
    with unit_of_work():
        service.confirm(payment.id, payment.amount if amount is None else amount, reference, None)
    return fresh(payment)


def packed(of: Order) -> None:
    """Pack an order."""
    with unit_of_work():
        orders.pack(of.id, None)
