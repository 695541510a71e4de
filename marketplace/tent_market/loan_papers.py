"""What the record of a hand-over of tents says: a working paper without a number of a series, signed by both sides."""

import datetime as dt

from ..accounts.models import User
from ..documents import facts, papers, words
from ..documents.papers import Content
from .labels import ON_PAPER
from .models import TentLoan
from .tents import handed_together


def record(loan: TentLoan, *, back: bool) -> Content:
    """Write down a hand-over: of all tents that came, or went back, together with this one."""
    loans = handed_together(loan, back=back)
    ours = loan.returned_by if back else loan.received_by
    issuer = facts.issuer_in(loan.tent.area_code, ours.id if ours else None)
    theirs = loan.taken_back_by if back else loan.handed_by
    day = loan.returned_on if back and loan.returned_on else loan.borrowed_on
    own = {
        "is_back": back,
        "lender": loan.lender,
        "letter": loan.letter,
        # The head bears the day of the hand-over, whenever it is printed.
        "date": words.long_day(day),
        "day": words.long_day(day),
        "day_words": words.day_in_words(day),
        "borrowed_on": words.long_day(loan.borrowed_on),
        "due_on": words.long_day(loan.due_on),
        "theirs": theirs,
        "ours": _name(ours),
        "late": _late(loan, day) if back else "",
        "tents": [_row(each, back=back) for each in loans],
    }
    return papers.working(issuer, f"{'Pengembalian' if back else 'Peminjaman'} {loans[0].id}", own)


def _name(user: User | None) -> str:
    return user.name if user else ""


def _late(loan: TentLoan, day: dt.date) -> str:
    days = (day - loan.due_on).days
    return f"{days} hari setelah batas waktu" if days > 0 else ""


def _row(loan: TentLoan, *, back: bool) -> dict[str, str]:
    condition = ON_PAPER[loan.condition_back] if back and loan.condition_back else ""
    return {
        "number": loan.tent.number,
        "out": ON_PAPER[loan.condition_out],
        "back": condition,
        "note": "; ".join(part for part in (loan.note_out, loan.note_back if back else "") if part),
    }
