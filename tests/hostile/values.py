"""What people type: as it should be, and as it should never be."""

import datetime as dt
import os

from marketplace.shared import clock
from tests.payments.billing import static_qris

EVERY = int(os.environ.get("HOSTILE_EVERY", "14"))
"""Of all blows each so-manieth is tried, chosen by its hash: 1 tries them all, for some minutes."""
TODAY = clock.today("Asia/Makassar")
TOMORROW = TODAY + dt.timedelta(days=1)
PASSWORD = "kata-sandi-panjang-2"

GOOD = {
    "name": "Siti Contoh",
    "identifier": "0812 0000 9999",
    "password": PASSWORD,
    "old": "kata-sandi-panjang-1",
    "phone": "0813 1234 5678",
    "email": "siti@contoh.id",
    "code": "123456",
    "quantity": "1",
    "price": "15.000",
    "unit": "bungkus",
    "amount": "1.000",
    "received_amount": "15.000",
    "handed": "9.000.000",
    "reason": "Alasan yang jelas",
    "why": "Salah baris",
    "answer": "Sudah ditanyakan",
    "reasons": "Fotonya kurang terang",
    "note": "Dari rekening Siti",
    "description": "Bahan",
    "source": "Keputusan Bupati",
    "reference": "STM-99",
    "proof": "Siti Contoh",
    "bank_name": "Bank Contoh",
    "bank": "Bank Contoh",
    "hours": "Senin–Jumat 08.00–15.00",
    "number": "0011223355",
    "holder": "Dinas Sosial",
    "kk": "6306051203990001",
    "nik": "6306055203990001",
    "address": "Jalan Contoh 2",
    "formed_year": "2019",
    "text": "Keluarga",
    "value": "10",
    "street": "Jalan Contoh 3",
    "notice_days": "2",
    "cut_off_hour": "14",
    "packing_cost": "5.000",
    "search": "",
    "percent": "",
    "payload": static_qris(),
    "treasurer_name": "Siti Contoh",
    "npwp": "01.234.567.8-901.000",
    "purchase_number": "027/SP/2026",
    "limit": "9.000.000",
    "counted": "1.000",
    "latitude": "-2.7819",
    "longitude": "115.2565",
    "lender": "Dinas Perdagangan",
    "letter": "510/9",
    "handed_by": "Pak Contoh",
    "taken_back_by": "Bu Contoh",
    "numbers": "91, 92",
    "every": "1",
    "per_tent": "2",
    "opens_at": "08:00",
    "closes_at": "14:00",
    "back": "1",
    "cash": "5.000",
    "cash_reason": "Salah kembalian",
    "copies": "1",
    "trade": "Olahan pangan",
    "commodity": "Rotan",
    "title": "Olahan rotan",
    "misfit_reason": "Pembelinya sudah ada",
    "room": "Aula",
    "places": "9",
    "days": "2",
    "what": "Olahan gula aren",
    "people": "20",
    "said": "Setuju, mulai bulan depan",
    "held_on": TOMORROW.isoformat(),
}
"""Field → what a person types into it."""
DATES = (
    "effective_from",
    "starts_on",
    "ends_on",
    "ended_on",
    "joined_on",
    "left_on",
    "better_by",
    "borrowed_on",
    "due_on",
    "returned_on",
    "named_on",
    "first_on",
)
GOOD |= dict.fromkeys(DATES, TODAY.isoformat())

SCRIPT = "<script>alert(1)</script>"
BAD = (
    "",
    "   ",
    "a" * 10_000,
    "satu\x00dua",
    "\ud800",
    "😀🧕🏽",
    "\u202eterbalik\u200f",
    "e\u0301",
    "satu\ndua\ttiga",
    "-1",
    "0",
    "1e9",
    "9" * 23,
    "9223372036854775808",
    "1.5",
    "1,5",
    "1_000",
    "٣",
    "²",
    "NaN",
    SCRIPT,
    "' OR 1=1 --",
    "%s {0} %(x)s {{ 7 }}",
    "../../etc/passwd",
    "0000-00-00",
    "2026-02-30",
    "9999-12-31",
    "0001-01-01",
)
"""What nobody should type, and somebody does."""
UNSTORABLE = {"satu\x00dua", "\ud800"}
"""Refused before any form is read (400)."""
