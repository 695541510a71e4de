"""What the tests of every page need of trainings: some in each state, with many rows behind. Call inside `app`."""

from typing import Any

from marketplace.extensions import db
from marketplace.groups.models import BusinessKind
from marketplace.shared.transaction import unit_of_work
from marketplace.training import attendance, plans
from marketplace.training.models import Certificate, Mark, TrainingClass
from marketplace.training.plan_models import Answer, LineKind, PlanLink
from marketplace.training.plans import LineContent, Speaker
from marketplace.training.rules import Step
from tests import make
from tests.training import teaching

MOST_DAYS = 10
"""More marks than 500 are read in parts."""
SAID = ("plan_links.show", "plan_links.propose", "plan_links.speak")


def add_trainings(regency: str, village: str, size: int) -> dict[str, Any]:
    """Make trainings in each state with so many people, days and classes; return what addresses need."""
    agencies = [teaching.agency(regency) for _ in range(size + 1)]
    cacao = teaching.commodity()
    potentials = [teaching.named(teaching.commodity(), regency, by=agencies[0]) for _ in range(size)]
    home = {"village_code": village, "district_code": village[:8], "regency_code": regency}
    for number in range(size):
        teaching.planned(regency, agencies[0], commodity_id=cacao, misfit_reason=f"Pembeli {number}")
    planned = teaching.planned(regency, agencies[0])
    waiting = teaching.with_class(planned, places=size + 5, days=size + 1)
    for number in range(size):
        teaching.with_class(planned, name=f"Kelas {number}")
    trainee = teaching.put_in(waiting, *teaching.people(size + 1, **home))[0]
    running = _held(regency, size, home)
    done = _held(regency, size, home)
    teaching.step(done.training, Step.FINISH)
    certified = _held(regency, size, home)
    teaching.step(certified.training, Step.FINISH)
    teaching.certified(certified)
    certificate = db.session.query(Certificate).filter_by(regency_code=regency).first()
    assert certificate is not None
    return {
        "agency_id": agencies[0].id,
        "potential_id": potentials[0],
        "training_id": planned.id,
        "trainings.take_step.step": "cancel",
        "trainings.certify.training_id": done.training_id,
        "class_id": waiting.id,
        "training_classes.show.class_id": certified.id,
        "training_classes.certificates.class_id": certified.id,
        "training_classes.drop_day.day_id": teaching.days_of(waiting)[0].id,
        "training_classes.mark.day_id": teaching.days_of(running)[0].id,
        "trainee_id": trainee.id,
        "certificate_id": certificate.id,
        **_plans(regency, [agency.id for agency in agencies], size),
    }


def _held(regency: str, size: int, home: dict[str, str]) -> TrainingClass:
    """Start a training to which everybody came, some of them after a correction."""
    training = teaching.planned(regency)
    of = teaching.with_class(training, places=size + 5, days=min(size + 1, MOST_DAYS))
    teaching.put_in(of, *teaching.people(size + 1, **home))
    teaching.step(training, Step.START)
    marks = dict.fromkeys((row.id for row in teaching.trainees(of)), Mark.ABSENT)
    actor = make.user().id
    with unit_of_work():
        attendance.mark_day(teaching.days_of(of)[0].id, marks, actor)
    teaching.all_came(of, actor_id=actor)
    return of


def _plans(regency: str, agency_ids: list[int], size: int) -> dict[str, Any]:
    """Make plans with so many lines and voices: an agreed one first; and links."""
    with unit_of_work():
        made = [plans.add_plan(regency, 2026, f"Rencana {number}", None) for number in range(size)]
    plan = made[0].id
    content = LineContent(LineKind.TRAINING, "Olahan", BusinessKind.FOOD)
    officer = make.user().id
    with unit_of_work():
        lines = [plans.propose(plan, content, Speaker(agency_ids[0], "Bu Rina", officer)).id for _ in range(size + 1)]
        for line_id in lines:
            for agency_id in agency_ids[1:]:
                plans.speak(line_id, Answer.AGREE, "", Speaker(agency_id, "Pak Amin", officer))
    with unit_of_work():
        tokens = [plans.make_link(plan, agency_id, None) for agency_id in agency_ids]
    link = db.session.query(PlanLink).filter_by(plan_id=plan).first()
    assert link is not None
    found = {"plan_id": plan, "plans.speak.line_id": lines[0], "plans.make.line_id": lines[0], "link_id": link.id}
    return found | {f"{page}.token": tokens[0] for page in SAID} | {"plan_links.speak.line_id": lines[0]}
