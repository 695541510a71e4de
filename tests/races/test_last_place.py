"""The last place of a training goes to one person, and nobody is in it twice, in four processes."""

from flask import Flask
from sqlalchemy import select, update

from marketplace.extensions import db
from marketplace.shared.errors import DomainError
from marketplace.shared.transaction import rollback, unit_of_work
from marketplace.training import service
from marketplace.training.models import Trainee, TrainingClass
from tests.races import harness
from tests.training import teaching

TRIES = 16


def adding(class_id: int, person_ids: tuple[int, ...]) -> harness.Task:
    """Give a place to a person each."""

    def task(number: int) -> str:
        try:
            with unit_of_work():
                service.add_people(class_id, [person_ids[number]], None)
        except DomainError:
            return "refused"
        return "in"

    return task


def careless(class_ids: tuple[int, ...]) -> harness.Task:
    """Look whether there is a place, then take it: the mistake that the service does not make."""
    db.session.execute(select(1))
    db.session.rollback()

    def task(number: int) -> str:
        row = TrainingClass.id == class_ids[number // harness.PROCESSES]
        with db.engine.connect() as connection:
            taken, places = connection.execute(select(TrainingClass.taken, TrainingClass.places).where(row)).one()
            connection.rollback()
            harness.meet()
            if taken >= places:
                return "refused"
            connection.execute(update(TrainingClass).where(row).values(taken=taken + 1))
            connection.commit()
        return "in"

    return task


def test_the_last_places_go_once(app: Flask, database_url: str) -> None:
    of = teaching.with_class(teaching.planned(), places=5)
    persons = tuple(person.id for person in teaching.people(TRIES))
    tally = harness.run(database_url, adding, TRIES, class_id=of.id, person_ids=persons)
    assert tally == {"in": 5, "refused": TRIES - 5}
    rollback()  # what was read before is old
    db.session.refresh(of)
    assert (of.taken, db.session.query(Trainee).count()) == (5, 5)


def test_nobody_is_in_it_twice(app: Flask, database_url: str) -> None:
    of = teaching.with_class(teaching.planned(), places=TRIES)
    persons = tuple(person.id for person in teaching.people(1)) * TRIES
    tally = harness.run(database_url, adding, TRIES, class_id=of.id, person_ids=persons)
    assert tally == {"in": 1, "refused": TRIES - 1}
    rollback()  # what was read before is old
    db.session.refresh(of)
    assert (of.taken, db.session.query(Trainee).count()) == (1, 1)


def test_control_without_asking_in_the_update_too_many_get_in(app: Flask, database_url: str) -> None:
    ids = tuple(teaching.with_class(teaching.planned(), places=1).id for _number in range(5))
    tally = harness.run(database_url, careless, len(ids) * harness.PROCESSES, class_ids=ids)
    assert tally["in"] > len(ids), "the race did not show: these tests prove nothing then"
