"""The list that families sign who get cash: what it says, who may have it, and not before a second person agreed."""

import io

import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader

from marketplace.extensions import db
from marketplace.ledger import batches, payouts
from marketplace.ledger.models import PayoutBatch, PayoutMethod
from marketplace.ledger.payouts import Choice
from marketplace.shared.policy import Role
from marketplace.shared.transaction import unit_of_work
from tests import make
from tests.documents.reading import text_of
from tests.ledger.earning import money_in
from tests.ledger.paying import family, released, with_bank


def prepared() -> PayoutBatch:
    """Prepare a batch in which two families get cash and one is paid by bank."""
    money_in(30_000)
    rows = [family(15_000, "Keluarga Melati"), family(1_250_000, "Keluarga #Mawar*"), with_bank(family(9, "Bank"))]
    ways = (PayoutMethod.CASH, PayoutMethod.CASH, PayoutMethod.BANK)
    treasurer = make.user(Role.TREASURER, name="Rahmawati")
    with unit_of_work():
        choices = [Choice(row.id, way) for row, way in zip(rows, ways, strict=True)]
        batch_id = payouts.prepare_batch(make.REGENCY, choices, treasurer.id).id
    return db.session.get_one(PayoutBatch, batch_id)


def approved() -> PayoutBatch:
    """Let the head release such a batch."""
    batch_id, head = prepared().id, make.user(Role.HEAD, name="Haji Darmawan")
    with unit_of_work():
        batches.release(batch_id, head.id)
    return db.session.get_one(PayoutBatch, batch_id)


def link(batch: PayoutBatch) -> str:
    return f"/dinas/pencairan/{batch.id}/tanda-terima.pdf"


def test_it_names_who_signs_for_how_much_and_who_agreed(client: FlaskClient) -> None:
    batch = approved()
    make.sign_in(client, make.user(Role.TREASURER))
    assert link(batch) in client.get(f"/dinas/pencairan/{batch.id}").text
    assert link(batch) in client.get(f"/dinas/pencairan/{batch.id}/tanda-terima").text
    answer = client.get(link(batch))
    assert (answer.mimetype, answer.headers["Cache-Control"]) == ("application/pdf", "private, no-store")
    said = text_of(answer.data)
    for words in (
        "Dinas Sosial Kabupaten",
        f"Pencairan {batch.id}",
        "Disiapkan oleh Rahmawati, ",
        "Disetujui oleh Haji Darmawan, ",
        "Keluarga Melati",
        "Keluarga #Mawar*",
        "Jumlah semua Rp1.265.000",
        "Satu juta dua ratus enam puluh lima ribu rupiah",
        "Bendahara,",
        "Mengetahui, Kepala Dinas Sosial",
        db.session.get_one(PayoutBatch, batch.id).payouts[0].household.village.name,
    ):
        assert words in said, words
    assert "Keluarga Bank" not in said
    assert "2 keluarga" in said
    assert "Periksa dokumen" not in said  # it has no code
    assert "/StructTreeRoot" in PdfReader(io.BytesIO(answer.data)).trailer["/Root"]


def test_nobody_signs_before_the_batch_is_released(client: FlaskClient) -> None:
    batch = prepared()
    make.sign_in(client, make.user(Role.TREASURER))
    assert link(batch) not in client.get(f"/dinas/pencairan/{batch.id}").text
    assert "Not released yet" in client.get(f"/dinas/pencairan/{batch.id}/tanda-terima").text
    refused = client.get(link(batch), follow_redirects=True)
    assert (refused.mimetype, "The batch is not released yet" in refused.text) == ("text/html", True)


def test_a_batch_paid_by_bank_alone_has_no_list(client: FlaskClient) -> None:
    batch = released(with_bank(family(15_000)), method=PayoutMethod.BANK)
    make.sign_in(client, make.user(Role.TREASURER))
    assert link(batch) not in client.get(f"/dinas/pencairan/{batch.id}").text
    assert "nobody has to sign" in client.get(link(batch), follow_redirects=True).text


@pytest.mark.parametrize(
    ("role", "area", "status"),
    [
        (Role.HEAD, make.REGENCY, 200),
        (Role.TREASURER, make.OTHER_REGENCY, 404),
        (Role.HEAD, make.OTHER_REGENCY, 404),
        (Role.PACKER, make.REGENCY, 403),
    ],
)
def test_it_is_the_treasurers_and_the_heads_of_the_area(
    client: FlaskClient, role: Role, area: str, status: int
) -> None:
    batch = approved()
    make.sign_in(client, make.user(role, area_code=area))
    assert client.get(link(batch)).status_code == status
