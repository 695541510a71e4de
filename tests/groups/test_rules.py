"""Numbers that can be, offices held once, days in order."""

import datetime as dt
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.groups import rules
from marketplace.groups.models import MemberRole, Relation, Sex
from marketplace.shared.errors import InvalidInput

TODAY = dt.date(2026, 11, 21)
WOMAN = "6306054507900001"  # born 5 July 1990


@dataclass(frozen=True)
class Span:
    household_id: int
    role: MemberRole
    starts_on: dt.date
    ends_on: dt.date | None = None


@pytest.mark.parametrize("text", [WOMAN, "6306 0545 0790 0001", "63.06.05.450790.0001", "6306-0545-0790-0001"])
def test_a_number_is_read_as_it_is_written(text: str) -> None:
    assert rules.read_number(text, TODAY, "nik") == WOMAN


@pytest.mark.parametrize(
    "text",
    [
        "",
        "630605450790000",
        WOMAN + "1",
        "9906054507900001",
        "6300054507900001",
        "6306004507900001",
        "6306057207900001",
        "6306053002900001",
        "6306054507900000",
        "630605450790000O",
        "６３０６０５４５０７９００００１",
    ],
)
def test_a_number_that_cannot_be_is_refused_beside_its_field(text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        rules.read_number(text, TODAY, "nik")
    assert refused.value.field == "nik"


@given(st.text())
def test_no_text_breaks_the_reading(text: str) -> None:
    with pytest.raises(InvalidInput):
        rules.read_number("x" + text, TODAY, "kk")


def person(**values: object) -> rules.PersonContent:
    return rules.PersonContent(**{"name": "Siti", "relation": Relation.HEAD, "joined_on": TODAY, **values})  # type: ignore[arg-type]


def test_the_nik_says_sex_and_birthday() -> None:
    known = rules.complete(person(nik=WOMAN), TODAY)
    assert (known.sex, known.born_on) == (Sex.FEMALE, dt.date(1990, 7, 5))


def test_the_birthday_says_the_century() -> None:
    old = "6306055505200001"
    assert rules.complete(person(nik=old), TODAY).born_on == dt.date(2020, 5, 15)
    assert rules.complete(person(nik=old, born_on=dt.date(1920, 5, 15)), TODAY).born_on == dt.date(1920, 5, 15)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({}, "sex"),
        ({"nik": WOMAN, "sex": Sex.MALE}, "sex"),
        ({"nik": WOMAN, "born_on": dt.date(1990, 7, 6)}, "born_on"),
        ({"sex": Sex.MALE, "wrse": True}, "wrse"),
        ({"sex": Sex.MALE, "born_on": dt.date(2026, 11, 22)}, "born_on"),
        ({"sex": Sex.MALE, "joined_on": dt.date(2026, 11, 22)}, "joined_on"),
        ({"nik": "1"}, "nik"),
    ],
)
def test_a_person_that_does_not_fit_is_refused(values: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        rules.complete(person(**values), TODAY)
    assert refused.value.field == field


EARLIER = Span(1, MemberRole.CHAIR, dt.date(2020, 1, 1), dt.date(2021, 12, 31))


@pytest.mark.parametrize("role", list(MemberRole))
@pytest.mark.parametrize("other", list(MemberRole))
def test_an_office_has_one_holder_at_a_time(role: MemberRole, other: MemberRole) -> None:
    existing = [Span(1, other, dt.date(2020, 1, 1))]
    if role is other and role is not MemberRole.MEMBER:
        with pytest.raises(InvalidInput):
            rules.check_membership(2, role, TODAY, existing)
    else:
        rules.check_membership(2, role, TODAY, existing)


@pytest.mark.parametrize(
    ("household_id", "starts_on", "field"),
    [
        (1, dt.date(2021, 12, 31), "starts_on"),
        (1, dt.date(2022, 1, 1), None),
        (2, dt.date(2021, 12, 31), "role"),
        (2, dt.date(2019, 1, 1), "role"),
        (2, dt.date(2022, 1, 1), None),
    ],
)
def test_an_ended_membership_is_out_of_the_way_on_the_next_day(
    household_id: int, starts_on: dt.date, field: str | None
) -> None:
    if field is None:
        rules.check_membership(household_id, MemberRole.CHAIR, starts_on, [EARLIER])
        return
    with pytest.raises(InvalidInput) as refused:
        rules.check_membership(household_id, MemberRole.CHAIR, starts_on, [EARLIER])
    assert refused.value.field == field


def test_both_ends_of_a_span_belong_to_it() -> None:
    days = [dt.date(2019, 12, 31), dt.date(2020, 1, 1), dt.date(2021, 12, 31), dt.date(2022, 1, 1)]
    assert [rules.in_force(EARLIER, day) for day in days] == [False, True, True, False]


@pytest.mark.parametrize(
    ("born_on", "age"),
    [(dt.date(2000, 11, 21), 26), (dt.date(2000, 11, 22), 25), (dt.date(2004, 2, 29), 22), (TODAY, 0)],
)
def test_age_is_full_years(born_on: dt.date, age: int) -> None:
    assert rules.age_on(born_on, TODAY) == age


@pytest.mark.parametrize(("number", "kept"), [("123 456-7890", "1234567890"), ("00.12.34", "001234")])
def test_an_account_number_is_kept_as_digits(number: str, kept: str) -> None:
    assert rules.check_bank_account(rules.BankAccount("Bank", number, "Siti")).number == kept


@pytest.mark.parametrize("number", ["12345", "1" * 21, "12a456", "", "١٢٣٤٥٦"])
def test_an_account_number_that_cannot_be_is_refused(number: str) -> None:
    with pytest.raises(InvalidInput):
        rules.check_bank_account(rules.BankAccount("Bank", number, "Siti"))


@pytest.mark.parametrize("reason", ["", "perlu", "1234567890123", ".,.,.,.,.,.,", "sembilan1"])
def test_a_reason_has_ten_letters(reason: str) -> None:
    with pytest.raises(InvalidInput):
        rules.check_reason(reason)
    rules.check_reason("cek penyaluran")


@given(st.text(max_size=200), st.lists(st.text(max_size=10)))
def test_a_slug_is_plain_short_and_free(name: str, taken: list[str]) -> None:
    slug = rules.free_slug(name, taken)
    assert slug not in taken
    assert set(slug) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert 0 < len(slug) <= 130
    assert rules.free_slug(name, [slug, *taken]) != slug
