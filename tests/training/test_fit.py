"""Whether a training fits what an area is good for, and what agencies named."""

import datetime as dt

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.areas.models import Commodity, Potential
from marketplace.extensions import db
from marketplace.shared.errors import InvalidInput
from marketplace.shared.policy import Role
from marketplace.shared.transaction import unit_of_work
from marketplace.training import partners, queries, service
from marketplace.training.models import Training
from marketplace.training.partners import AgencyContent, Named
from tests import make
from tests.training import teaching

HERE, ELSEWHERE = "63.06.05.1001", "63.06.06.2001"


def listed() -> list[int]:
    """Return the trainings that do not fit, as the list shows them."""
    rows = db.session.execute(queries.misfits(make.REGENCY)).all()
    assert all(not _fits(row[0]) for row in rows)  # the list and the rule say the same
    return [row[0].id for row in rows]


def _fits(training: Training) -> bool:
    return service.is_fitting(training, training.commodity_id, service.villages_of(training.id))


def test_a_leading_commodity_of_the_regency_fits_everywhere(app: Flask) -> None:
    cacao = teaching.commodity()
    teaching.named(cacao)
    of = teaching.with_class(teaching.planned(commodity_id=cacao))
    teaching.put_in(of, *teaching.people(2))
    assert listed() == []


def test_what_is_about_no_commodity_is_listed_apart(app: Flask, client: FlaskClient) -> None:
    """Else whoever leaves the commodity out would get round the question whether a training fits."""
    teaching.planned(title="Las dan mebel")
    assert listed() == []
    make.sign_in(client, make.user(Role.CURATOR))
    page = client.get("/dinas/pelatihan/tak-sesuai").text
    assert "About no commodity" in page
    assert "Las dan mebel" in page


def test_a_misfit_asks_for_a_reason_and_is_listed(app: Flask) -> None:
    cacao = teaching.commodity()
    with pytest.raises(InvalidInput) as error:
        teaching.planned(commodity_id=cacao)
    assert error.value.field == "misfit_reason"
    training = teaching.planned(commodity_id=cacao, misfit_reason="Pembeli ada di kota")
    assert listed() == [training.id]


@pytest.mark.parametrize(("village", "fits"), [(HERE, True), (ELSEWHERE, False)])
def test_a_commodity_of_a_district_fits_who_lives_there(app: Flask, village: str, fits: bool) -> None:
    cacao = teaching.commodity()
    teaching.named(cacao, "63.06.05")
    training = teaching.planned(commodity_id=cacao)
    of = teaching.with_class(training)
    person = teaching.people(1, village_code=_village(village), district_code=village[:8])[0]
    if fits:
        teaching.put_in(of, person)
        assert listed() == []
        return
    with pytest.raises(InvalidInput):
        teaching.put_in(of, person)
    with unit_of_work():
        db.session.get_one(Training, training.id).misfit_reason = "Bibit ada"
    teaching.put_in(of, person)
    assert listed() == [training.id]


def _village(code: str) -> str:
    """Return a village that is loaded, else its district."""
    return code if code == HERE else code[:8]


def test_it_is_judged_by_the_day_of_planning(app: Flask) -> None:
    cacao = teaching.commodity()
    key = teaching.named(cacao)
    training = teaching.planned(commodity_id=cacao)
    with unit_of_work():
        partners.end_potential(key, teaching.today() - dt.timedelta(days=1), None)
    assert listed() == [training.id]
    with unit_of_work():
        partners.end_potential(key, teaching.today(), None)
    assert listed() == []
    with pytest.raises(InvalidInput), unit_of_work():
        partners.end_potential(key, teaching.today() - dt.timedelta(days=400), None)


def test_a_change_of_commodity_is_judged_again(app: Flask) -> None:
    training, cacao = teaching.planned(), teaching.commodity()
    with pytest.raises(InvalidInput), unit_of_work():
        service.change(training.id, teaching.content(commodity_id=cacao), None)


def test_a_commodity_is_one_however_it_is_written(app: Flask) -> None:
    assert teaching.commodity("Gula Aren") == teaching.commodity("  gula   aren ")
    assert db.session.query(Commodity).count() == 1


def test_nothing_is_named_twice_at_once(app: Flask) -> None:
    cacao, agency = teaching.commodity("Kakao"), teaching.agency()
    key = teaching.named(cacao, by=agency)
    with pytest.raises(InvalidInput):
        teaching.named(cacao, by=agency, days_ago=3)
    with unit_of_work():
        partners.end_potential(key, teaching.today() - dt.timedelta(days=9), None)
    teaching.named(cacao, by=agency, days_ago=3)
    assert db.session.query(Potential).count() == 2


@pytest.mark.parametrize("area", ["63.07", "63", "99.99"])
def test_only_areas_of_the_regency_are_named(app: Flask, area: str) -> None:
    agency = teaching.agency()
    with pytest.raises(InvalidInput), unit_of_work():
        partners.name_potential(make.REGENCY, Named(area, "Kakao", agency.id, teaching.today()), None)


def test_an_agency_of_elsewhere_neither_names_nor_trains(app: Flask) -> None:
    far = teaching.agency("63.07")
    with pytest.raises(InvalidInput):
        teaching.planned(by=far)
    with pytest.raises(InvalidInput), unit_of_work():
        partners.name_potential(make.REGENCY, Named(make.REGENCY, "Kakao", far.id, teaching.today()), None)


def test_two_agencies_have_two_names(app: Flask) -> None:
    first, second = teaching.agency(name="Dinas A"), teaching.agency(name="Dinas B")
    with pytest.raises(InvalidInput):
        teaching.agency(name="Dinas A")
    with pytest.raises(InvalidInput), unit_of_work():
        partners.change_agency(second.id, AgencyContent("Dinas A"), None)
    with unit_of_work():
        partners.change_agency(first.id, AgencyContent("Dinas C", "Pangan", "+628123456789"), None)
    assert [name for _key, name in partners.agency_choices(make.REGENCY)] == ["Dinas B", "Dinas C"]
