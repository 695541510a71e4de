"""Numbers every installation starts with: dated rows with their source, to be overruled by later ones."""

import datetime as dt

from .models import NATIONAL, FigureKey, LineKind
from .service import add_poverty_line, set_figure

PRACTICE = "Nilai awal; Dinas menetapkan nilainya sendiri"

FIGURES: tuple[tuple[FigureKey, int, str], ...] = (
    (FigureKey.HOLD_MINUTES, 30, PRACTICE),
    (FigureKey.QRIS_MINUTES, 30, PRACTICE),
    (FigureKey.TRANSFER_HOURS, 24, PRACTICE),
    (FigureKey.CASH_PICKUP_DAYS, 3, PRACTICE),
    (FigureKey.CODE_RESERVE_HOURS, 72, PRACTICE),
    (FigureKey.QRIS_CAP, 10_000_000, "Bank Indonesia: batas QRIS per transaksi"),
    (FigureKey.PRICE_BAND_PERCENT, 10, PRACTICE),
    (FigureKey.LINE_MULTIPLIER_PERCENT, 100, "Kriteria: paling sedikit 100 % garis kemiskinan"),
    (FigureKey.MONTH_OPEN_DAYS, 10, PRACTICE),
    (FigureKey.DUTY_STAMP_FROM, 5_000_000, "UU 10/2020 tentang Bea Meterai"),
    (FigureKey.INCOME_TAX_FROM, 2_000_000, "PMK 59/PMK.03/2022 tentang pemungutan PPh oleh instansi pemerintah"),
    (FigureKey.PACKING_DAYS, 1, PRACTICE),
    (FigureKey.INVOICE_DAYS, 30, PRACTICE),
    (FigureKey.OFFER_DAYS, 14, PRACTICE),
    (FigureKey.INVOICE_REMINDER_DAYS, 3, PRACTICE),
    (FigureKey.TILL_DISCOUNT_PERCENT, 10, PRACTICE),
    (FigureKey.TILL_IDLE_MINUTES, 10, PRACTICE),
    (FigureKey.ASSESSMENT_DAYS, 31, PRACTICE),
    (FigureKey.RELAPSE_MONTHS, 2, PRACTICE),
    (FigureKey.FOLLOW_UP_FIRST, 1, PRACTICE),
    (FigureKey.FOLLOW_UP_EVERY, 3, PRACTICE),
    (FigureKey.FOLLOW_UP_MONTHS, 12, PRACTICE),
    (FigureKey.MEETING_PEOPLE, 3, PRACTICE),
    (FigureKey.VISIT_DAYS, 45, PRACTICE),
    (FigureKey.REPORT_DUE_DAYS, 14, PRACTICE),
    (FigureKey.REPORT_REMINDER_DAYS, 7, PRACTICE),
    (FigureKey.RUNNING_DAYS, 60, PRACTICE),
    (FigureKey.INACTIVE_DAYS, 180, PRACTICE),
    (FigureKey.INACTIVE_REPORTS, 2, PRACTICE),
    (FigureKey.TRAINING_ATTENDANCE_PERCENT, 80, PRACTICE),
    (FigureKey.PLAN_LINK_DAYS, 30, PRACTICE),
    (FigureKey.FORGET_YEARS, 5, PRACTICE),
    (FigureKey.REGISTRY_DAYS, 30, PRACTICE),
    (FigureKey.DRAWING_PERCENT, 50, PRACTICE),
)
FROM = dt.date(2021, 1, 1)

PRESS = "BPS, angka kemiskinan seperti diberitakan"
LINES: tuple[tuple[str, LineKind, int, dt.date], ...] = (
    (NATIONAL, LineKind.ALL, 550_458, dt.date(2023, 3, 1)),
    (NATIONAL, LineKind.ALL, 582_932, dt.date(2024, 3, 1)),
    (NATIONAL, LineKind.ALL, 595_242, dt.date(2024, 9, 1)),
    (NATIONAL, LineKind.ALL, 609_160, dt.date(2025, 3, 1)),
    (NATIONAL, LineKind.URBAN, 629_561, dt.date(2025, 3, 1)),
    (NATIONAL, LineKind.RURAL, 580_349, dt.date(2025, 3, 1)),
    (NATIONAL, LineKind.ALL, 641_443, dt.date(2025, 9, 1)),
    ("63", LineKind.ALL, 581_229, dt.date(2022, 9, 1)),
)


def load_defaults() -> None:
    """Add the start values; run once, on an empty database."""
    for key, value, source in FIGURES:
        set_figure(key, NATIONAL, value, FROM, source)
    for area_code, kind, amount, effective_from in LINES:
        add_poverty_line(area_code, kind, amount, effective_from, PRESS)
