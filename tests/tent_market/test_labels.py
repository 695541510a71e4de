"""Labels and price cards: the right words on the right paper, and a code that a scanner reads."""

import io
from collections import Counter

import pytest
import zxingcpp
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from pypdf import PdfReader

from marketplace.catalog.models import Product
from marketplace.shared import documents
from marketplace.shared.policy import Role
from marketplace.storefront import short
from marketplace.tent_market import price_labels
from marketplace.tent_market.sheets import PAPERS, Paper, placed
from tests import make
from tests.documents.reading import text_of
from tests.parcels import build
from tests.tent_market import making


@pytest.mark.parametrize("paper", PAPERS.values(), ids=PAPERS)
def test_labels_fill_their_paper_and_stay_on_it(paper: Paper) -> None:
    across = 2 * paper.left + paper.columns * paper.label_width + (paper.columns - 1) * paper.gap
    assert across == pytest.approx(paper.width)
    assert 2 * paper.top + paper.rows * paper.label_height == pytest.approx(paper.height)
    assert paper.left >= 0
    assert paper.top >= 0


def test_used_labels_are_left_free() -> None:
    sheets = placed(["a"] * 20, PAPERS["a4-21"], 4)
    assert [sheet.count("a") for sheet in sheets] == [18, 2]
    assert sheets[0][:4] == [None, None, None, "a"]
    assert {len(sheet) for sheet in sheets} == {21}


def codes(content: dict[str, object]) -> Counter[str]:
    """Return what a scanner reads on all sheets."""
    pages = documents.compiled("price_labels", content, "http://x", format="png", ppi=200)
    found: Counter[str] = Counter()
    for page in pages if isinstance(pages, list) else [pages]:
        found.update(code.text for code in zxingcpp.read_barcodes(Image.open(io.BytesIO(page)).convert("L")))
    return found


@pytest.mark.parametrize("name", PAPERS)
def test_every_code_is_read_back(app: Flask, name: str) -> None:
    product = make.product(make.group(name="KUBE Melati"), name="Keripik Singkong Pedas Manis Khas Kandangan 250 gram")
    parcel = build.offered({product: 1, make.product(): 1}, price=50_000)
    content = price_labels.content(PAPERS[name], [(product, 3), (parcel, 2)], 2, {"name": "Dinas"})
    addresses = [short.address_of(short.name_of(type(each), each.id)) for each in (product, parcel)]
    assert codes(content) == {addresses[0]: 3, addresses[1]: 2}


@pytest.mark.parametrize(("name", "pages"), [("a4-21", 2), ("a4-24", 2), ("roll-58", 25), ("card-a6", 7)])
def test_the_pdf_says_name_price_group_and_code(client: FlaskClient, name: str, pages: int) -> None:
    product = make.product(make.group(name="KUBE Melati"), name="Keripik #Pedas*", price=12_500)
    make.sign_in(client, make.user(Role.PACKER))
    assert "Keripik #Pedas*" in client.get("/dinas/label").text
    answer = client.post("/dinas/label", data={f"copies-{product.id}": "25", "paper": name, "first": "1"})
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    said = text_of(answer.data)
    for words in ("Keripik #Pedas*", "Rp12.500", "KUBE Melati", short.name_of(Product, product.id).upper()):
        assert said.count(words) == 25, words
    assert len(PdfReader(io.BytesIO(answer.data)).pages) == pages


def test_of_a_tent_as_many_as_it_has(client: FlaskClient) -> None:
    stall, product, other = making.stall(), make.product(name="Ada"), make.product(name="Tidak ikut")
    making.load(stall, product, 7)
    make.sign_in(client, make.user(Role.CURATOR))
    page = client.get(f"/dinas/label?stall={stall.id}").text
    assert ("Ada" in page, 'value="7"' in page, other.name in page) == (True, True, False)
    make.sign_in(client, make.user(Role.CURATOR, area_code=make.OTHER_REGENCY))
    assert client.get(f"/dinas/label?stall={stall.id}").status_code == 404


@pytest.mark.parametrize(
    ("sent", "says"),
    [({}, "Write how many labels"), ({"copies": "501"}, "Too large"), ({"copies": "1", "first": "99"}, "Too large")],
)
def test_what_is_wrong_is_said(client: FlaskClient, sent: dict[str, str], says: str) -> None:
    product = make.product()
    make.sign_in(client, make.user(Role.PACKER))
    data = {f"{name}-{product.id}" if name == "copies" else name: value for name, value in sent.items()}
    answer = client.post("/dinas/label", data={"paper": "a4-21", **data})
    assert (answer.status_code, says in answer.text) == (422, True)
