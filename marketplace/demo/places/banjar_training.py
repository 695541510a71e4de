"""Kota Banjar, May 2012: a training for women in social-economic hardship (WRSE) of two villages."""

import datetime as dt

from sqlalchemy import func, select

from ...areas import service as areas
from ...areas.models import Area, FigureKey
from ...extensions import db
from ...groups.models import BusinessKind, Household, Person
from ...shared import clock
from ...shared.policy import Role
from ...shared.transaction import unit_of_work
from ...training import partners
from ...training.models import Trainee, Training, TrainingKind
from ...training.partners import AgencyContent
from ...training.rules import TrainingContent
from ..training import Held, hold_training
from .common import Said, Scene

REJASARI, WARINGINSARI = "32.79.04.2002", "32.79.04.2003"
PLACES = {REJASARI: 15, WARINGINSARI: 5}
"""Places for the women of each village."""
VILLAGES = frozenset(PLACES)
FIRST_DAY, DAYS = dt.date(2012, 5, 14), 3
TITLE = "Keterampilan usaha bagi perempuan rawan sosial ekonomi"
PAID_BY = "APBD Kota Banjar 2012 (demo)"
AGENCY = AgencyContent("Dinas Koperasi, UMKM, dan Perindustrian Kota Banjar (demo)", "Olahan pangan dan pembukuan")
PERCENT, SOURCE = 80, "Demo: ketentuan pelatihan tahun 2012"


def hold(scene: Scene) -> int:
    """Hold the training on its days in 2012, with the rule on certificates that the city had then; return its id."""
    actor = scene.cast.staff[Role.CURATOR]
    with clock.at(scene.on(FIRST_DAY - dt.timedelta(days=30))), unit_of_work():
        areas.set_figure(
            FigureKey.TRAINING_ATTENDANCE_PERCENT, scene.setting.code, PERCENT, dt.date(2012, 1, 1), SOURCE
        )
        agency = partners.add_agency(scene.setting.code, AGENCY, actor)
        content = TrainingContent(TITLE, TrainingKind.TRAINING, BusinessKind.FOOD, agency.id, None, PAID_BY)
    women = [key for village, places in PLACES.items() for key in _women(village, places)]
    held = Held(content, FIRST_DAY, DAYS, "Balai Desa Rejasari", spare=0)
    return hold_training(scene.setting.code, held, (women,), actor)


def _women(village: str, places: int) -> list[int]:
    """Return the women of a village who are in that category, the poorest first."""
    found = select(Person.id).join(Household).where(Household.village_code == village, Person.wrse)
    return list(db.session.scalars(found.order_by(Household.decile, Person.id).limit(places)))


def recap() -> list[Said]:
    """Return how many women each village sent."""
    villages = (
        select(Training.id, Training.title, Area.name, func.count())
        .join_from(Trainee, Training, Training.id == Trainee.training_id)
        .join(Area, Area.code == Trainee.village_code)
        .where(Training.title == TITLE, Trainee.wrse)
        .group_by(Training.id, Training.title, Area.name)
        .order_by(func.count().desc())
    )
    rows = db.session.execute(villages).all()
    if not rows:
        return []
    parts = " + ".join(f"{count} dari {name}" for _key, _title, name, count in rows)
    total = sum(count for *_rest, count in rows)
    return [Said(f"Pelatihan WRSE, {FIRST_DAY:%m/%Y}", f"{total} orang = {parts}", f"/dinas/pelatihan/{rows[0].id}")]
