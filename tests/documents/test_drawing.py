"""Documents as they are drawn: tagged, in our typeface, with a code that scans, and what was typed as plain text."""

import datetime as dt
import io
import re
from collections.abc import Iterable
from zoneinfo import ZoneInfo

import pytest
from pypdf import PdfReader

from marketplace.documents.models import DocumentKind as Kind
from marketplace.orders.bought import Line
from marketplace.payments.models import CollectionAccount
from marketplace.shared import documents
from tests.documents.reading import LINK, MOMENT, content, drawn, pictures, scanned, text_of

SAYS: dict[Kind, tuple[str, ...]] = {
    Kind.INVOICE: ("Tagihan", "0007/TGH/63.06/2026", "Jumlah tagihan Rp90.000", "Sembilan puluh ribu rupiah", "Lunas"),
    Kind.OFFICE_INVOICE: ("Tagihan", "0007/TG/63.06/2026", "Jumlah tagihan Rp90.000", "Sembilan puluh ribu rupiah"),
    Kind.PURCHASE_ORDER: ("Surat Pesanan", "0007/SP/63.06/2026", "Pemesan Dinas Kesehatan Contoh", "PPh Pasal 22"),
    Kind.RECEIPT: (
        "Kwitansi",
        "Sudah terima dari",
        "Delapan puluh sembilan ribu delapan ratus",
        "Jumlah diterima Rp89.877",
    ),
    Kind.HANDOVER: ("Berita Acara Serah Terima", "Minggu, tanggal dua puluh dua", "Pihak kedua", "Siti Aminah"),
    Kind.DELIVERY_NOTE: ("Surat Jalan", "Jalan Contoh 7", "Patokan: dekat masjid", "0812 5000 0300", "3 bungkus"),
    Kind.LABEL: ("WK-2611-00042", "Siti Aminah", "Jalan Contoh 7", "0812 5000 0300", "0123-4567-89AB-CDEF"),
    Kind.RECAP: ("Rekap Pesanan per Orang", "198001012005012001", "WK-1, WK-2", "Jumlah semua Rp90.005"),
    Kind.CONSENT: ("Persetujuan Potong Gaji", "untuk keperluan saya sendiri", "dipotong satu kali sebesar Rp90.000"),
}


@pytest.mark.parametrize("kind", Kind)
def test_a_document_says_what_it_is_about(kind: Kind) -> None:
    said = text_of(drawn(kind))
    assert [words for words in SAYS[kind] if words not in said] == []


@pytest.mark.parametrize("kind", Kind)
def test_a_document_is_tagged_for_those_who_listen_to_it(kind: Kind) -> None:
    reader = PdfReader(io.BytesIO(drawn(kind)))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] == True  # noqa: E712 (a PDF's own boolean)
    assert str(root["/Lang"]).startswith("id")
    assert root["/ViewerPreferences"]["/DisplayDocTitle"] == True  # noqa: E712
    assert "/StructTreeRoot" in root
    metadata = root["/Metadata"].get_object().get_data().decode()
    assert re.search(r"<pdfuaid:part>1</pdfuaid:part>", metadata)
    assert reader.metadata is not None
    assert "0007/" in str(reader.metadata.title)


@pytest.mark.parametrize("kind", Kind)
def test_a_document_is_set_in_our_typeface_alone(kind: Kind) -> None:
    fonts = set()
    for page in PdfReader(io.BytesIO(drawn(kind))).pages:
        fonts |= {str(font.get_object()["/BaseFont"]) for font in page["/Resources"]["/Font"].values()}
    assert fonts
    assert all("PlusJakartaSans" in font for font in fonts), fonts


@pytest.mark.parametrize("kind", Kind)
def test_the_code_on_a_document_scans(kind: Kind) -> None:
    assert scanned(kind, LINK, content(kind)) == [LINK]


@pytest.mark.parametrize("kind", Kind)
def test_the_same_content_gives_the_same_bytes(kind: Kind) -> None:
    assert drawn(kind) == drawn(kind)


HOSTILE = (
    "#import $x^2$ @siti [a] *b* _c_ `d` <l> // e /* f */",
    'Toko "Siti" \\ #panic("aduh") #read("/etc/passwd")',
    "= Judul\n- butir\n+ butir",
    "https://contoh.id/a~b---c...",
)


@pytest.mark.parametrize("typed", HOSTILE)
@pytest.mark.parametrize("kind", Kind)
def test_what_people_typed_is_text_and_never_markup(kind: Kind, typed: str) -> None:
    if kind is Kind.RECAP:
        pdf = documents.draw(kind, content(kind) | {"of": typed}, LINK, MOMENT)
    else:
        line = Line(typed, typed, "bungkus", 1, 90_000)
        pdf = drawn(kind, buyer=typed, office=typed, address=(typed,), landmark=typed, lines=(line,))
    plain = re.sub(r"\s", "", text_of(pdf))
    assert re.sub(r"\s", "", typed) in plain


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.RECAP])
def test_an_endless_word_leaves_the_margin_white(kind: Kind) -> None:
    word = "w" * 300
    lines = (Line(word, word, word[:30], 1, 90_000),)
    said = content(kind, buyer=word, office=word, address=(word,), lines=lines)
    for page in pictures(kind, LINK, said):
        width, height = page.size
        margin = page.crop((round(width * 0.95), 0, width, height))
        assert margin.getextrema() == (255, 255)
    assert text_of(documents.draw(kind, said, LINK, MOMENT)).replace(" ", "").count("w") > 600


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("Siti 😀🧕🏽 Aminah", "Siti Aminah"),
        ("🏫 SDN 2 Contoh 👨‍👩‍👧", "SDN 2 Contoh"),
        ("Keripik 🌶️Pedas", "Keripik Pedas"),
        ("🏫", "□"),
        ("Bapak  Contoh", "Bapak  Contoh"),
        ("日本語", "□"),
        ("\u202eterbalik\u200f", "terbalik"),
        ("e\u0301", "é"),
        ("satu\x01dua", "satudua"),
        ("a\tb\u00a0c", "a b c"),
        ("Ñandú – “Œuvre” №5", "Ñandú – “Œuvre” №5"),
        ("السلام", "السلام"),
        ("a" * 30, "a" * 12 + "\u200b" + "a" * 12 + "\u200b" + "a" * 6),
    ],
)
def test_what_cannot_be_printed_is_shown_as_a_box(typed: str, printed: str) -> None:
    assert documents.writable(typed) == printed


@pytest.mark.parametrize("codes", [range(32, 0x0530), documents.ARABIC, range(0x2000, 0x2C00), range(0x1F300, 0x1FA00)])
def test_whatever_is_left_can_be_drawn(codes: Iterable[int]) -> None:
    """Among them every letter that the typeface itself lacks and the rules let through."""
    letters = "".join(map(chr, sorted(codes)))
    assert drawn(Kind.LABEL, buyer=letters, landmark=letters[::-1]).startswith(b"%PDF")


@pytest.mark.parametrize("kind", [Kind.INVOICE, Kind.RECEIPT])
def test_what_the_unique_code_takes_off_stands_with_a_minus(kind: Kind) -> None:
    assert re.search("Potongan kode unik [-\N{MINUS SIGN}]Rp123", text_of(drawn(kind)))


@pytest.mark.parametrize("kind", [Kind.INVOICE, Kind.OFFICE_INVOICE, Kind.PURCHASE_ORDER, Kind.RECEIPT, Kind.RECAP])
def test_no_number_is_asked_for_below_our_officer(kind: Kind) -> None:
    """We know no officer's NIP; that of the other office's treasurer is written by hand."""
    said = text_of(drawn(kind)).replace("Nama dan NIP", "").replace("Nama NIP Pesanan", "")
    assert "NIP" not in said


@pytest.mark.parametrize(
    ("handed_on", "said"),
    [
        (None, "Pada hari ini Minggu, tanggal dua puluh dua"),
        (MOMENT.date(), "Pada hari ini Minggu, tanggal dua puluh dua"),
        (dt.date(2026, 11, 19), "Pada hari Kamis, tanggal sembilan belas, bulan November"),
    ],
)
def test_a_handover_bears_the_day_on_which_the_goods_changed_hands(handed_on: dt.date | None, said: str) -> None:
    assert said in text_of(drawn(Kind.HANDOVER, handed_on=handed_on))
    issued_before = {key: text for key, text in content(Kind.HANDOVER).items() if key != "handed_words"}
    assert "Pada hari ini" in text_of(documents.draw(Kind.HANDOVER, issued_before, LINK, MOMENT))


BANK = CollectionAccount(bank_name="Bank Contoh", number="0011223344", holder="Dinas Sosial")
UNPAID = {"is_paid": False, "received": 0}


@pytest.mark.parametrize(
    ("pay_by", "account", "says", "says_not"),
    [
        ("transfer", BANK, ("0011223344", "Berita transfer"), ("QRIS",)),
        ("qris", None, ("Bayar dengan QRIS yang ada di halaman pesanan",), ("Nomor rekening", "Berita transfer")),
        ("stripe", None, ("Bayar lewat tombol bayar",), ("Nomor rekening", "Berita transfer")),
        ("cash", None, ("Bayar tunai di loket",), ("Nomor rekening", "Berita transfer")),
    ],
)
def test_an_invoice_says_how_and_until_which_hour_to_pay(
    pay_by: str, account: CollectionAccount | None, says: tuple[str, ...], says_not: tuple[str, ...]
) -> None:
    ends = dt.datetime(2026, 11, 27, 14, 5, tzinfo=ZoneInfo("Asia/Makassar"))
    said = text_of(drawn(Kind.INVOICE, pay_by=pay_by, account=account, due_at=ends, **UNPAID))
    assert [words for words in (*says, "Paling lambat 27 November 2026, pukul 14.05 WITA") if words not in said] == []
    assert [words for words in says_not if words in said] == []
