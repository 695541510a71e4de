"""QRIS with amount and reference, read back tag by tag."""

import binascii
import io
import re
import xml.etree.ElementTree as ET

import pytest
import zxingcpp
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image, ImageDraw

from marketplace.payments import qris_code
from tests.payments import billing


def read(text: str) -> dict[str, str]:
    """Split tag-length-value text, with nothing of the code under test."""
    fields = {}
    while text:
        tag, length = text[:2], int(text[2:4])
        assert tag not in fields
        fields[tag] = text[4 : 4 + length]
        assert len(fields[tag]) == length
        text = text[4 + length :]
    return fields


@pytest.mark.parametrize("amount", [1, 15_000, 10_000_000])
def test_amount_reference_and_checksum_are_in_the_code(amount: int) -> None:
    static = billing.static_qris()
    made = qris_code.dynamic(static, amount, "WK-2611-00042")
    old, new = read(static), read(made)
    assert next(iter(new)) == "00"
    assert list(new)[-1] == "63"
    assert new["01"] == "12"
    assert new["54"] == str(amount)
    assert read(new["62"]) == {"05": "WK-2611-00042", "07": "A01"}
    assert {key: new[key] for key in ("51", "52", "53", "58", "59", "60", "61")} == {
        key: old[key] for key in ("51", "52", "53", "58", "59", "60", "61")
    }
    assert new["63"] == f"{binascii.crc_hqx(made[:-4].encode(), 0xFFFF):04X}"


def test_a_long_reference_is_cut_to_what_fits() -> None:
    made = qris_code.dynamic(billing.static_qris(), 5_000, "X" * 40)
    assert read(read(made)["62"])["05"] == "X" * 25


def test_a_damaged_code_is_refused() -> None:
    with pytest.raises(ValueError, match="CRC"):
        qris_code.dynamic(billing.static_qris().replace("KANDANGAN", "KANDANGAM"), 5_000, "X")


def test_the_bill_carries_the_code_and_its_pictures_are_shown_by_the_secret_link(
    app: Flask, client: FlaskClient
) -> None:
    billing.qris()
    order = billing.order(75_000)
    payment = billing.bill(order, "qris")
    fields = read(payment.instruction["payload"])
    assert (fields["54"], read(fields["62"])["05"]) == ("75000", order.number)
    picture = client.get(f"/pembayaran/{payment.id}/qris.svg?token={order.token}")
    assert picture.mimetype == "image/svg+xml"
    root = ET.fromstring(picture.data)
    assert root.tag.endswith("svg")
    assert b"style=" not in picture.data
    assert client.get(f"/pembayaran/{payment.id}/qris.png?token={order.token}").data.startswith(b"\x89PNG")


def drawn(svg: bytes) -> Image.Image:
    """Draw the picture's path by hand: horizontal strokes of one unit, as the code writes them."""
    root = ET.fromstring(svg)
    side = int(root.attrib.get("width", root.attrib.get("viewBox", "0 0 0 0").split()[-1]))
    path = next(each for each in root.iter() if "stroke" in each.attrib)
    scale = float((re.findall(r"scale\(([0-9.]+)\)", path.attrib.get("transform", "")) or ["1"])[0])
    picture = Image.new("L", (side, side), 255)
    x = y = 0.0
    for verb, numbers in re.findall(r"([Mmh])([^Mmh]*)", path.attrib["d"]):
        values = [float(each) for each in re.findall(r"-?[0-9.]+", numbers)]
        if verb == "h":
            box = (x * scale, (y - 0.5) * scale, (x + values[0]) * scale - 1, (y + 0.5) * scale - 1)
            ImageDraw.Draw(picture).rectangle([round(each) for each in box], fill=0)
            x += values[0]
        else:
            x, y = (values[0], values[1]) if verb == "M" else (x + values[0], y + values[1])
    return picture


@pytest.mark.parametrize("kind", ["svg", "png"])
def test_an_independent_reader_finds_amount_reference_and_checksum_in_the_picture(
    app: Flask, client: FlaskClient, kind: str
) -> None:
    billing.qris()
    order = billing.order(75_000)
    payment = billing.bill(order, "qris")
    data = client.get(f"/pembayaran/{payment.id}/qris.{kind}?token={order.token}").data
    picture = Image.open(io.BytesIO(data)).convert("L") if kind == "png" else drawn(data)
    text = zxingcpp.read_barcode(picture).text
    fields = read(text)
    assert (fields["54"], read(fields["62"])["05"]) == ("75000", order.number)
    assert fields["63"] == f"{binascii.crc_hqx(text[:-4].encode(), 0xFFFF):04X}"


def test_the_picture_is_shown_to_nobody_else(app: Flask, client: FlaskClient) -> None:
    billing.qris()
    order = billing.order(75_000)
    payment = billing.bill(order, "qris")
    for address in (
        f"/pembayaran/{payment.id}/qris.svg",
        f"/pembayaran/{payment.id}/qris.svg?token={order.token[:-1]}",
        f"/pembayaran/{payment.id + 1}/qris.svg?token={order.token}",
        f"/pembayaran/{payment.id}/qris.gif?token={order.token}",
    ):
        assert client.get(address).status_code == 404
