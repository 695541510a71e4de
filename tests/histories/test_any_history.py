"""The money of a shop holds through any history: orders, payments, refunds, returns, disputes, payouts."""

from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.histories import machine, stage
from tests.payments import paying

HISTORIES = {"sqlite": 20, "postgresql": 8}
"""PostgreSQL plays the first of them, in which all has happened too."""
LONG = settings(
    stateful_step_count=35,
    deadline=None,
    derandomize=True,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)
COMMON = {
    "order",
    "invoice",
    "confirm",
    "online",
    "receive",
    "more",
    "pack",
    "cash",
    "hand over",
    "leave out",
    "cancel",
}
COMMON |= {
    "back",
    "all back",
    "propose",
    "agree",
    "refund",
    "ask online",
    "dispute",
    "prepare",
    "release",
    "pay",
    "move",
}
"""What has to have happened in some history, or nothing was shown."""


def test_the_model_and_the_books_agree_through_any_history(app: Flask, database: str) -> None:
    with paying.switched_on(app):
        stage.taken.clear()
        machine.History.app = app
        run_state_machine_as_test(machine.History, settings=settings(LONG, max_examples=HISTORIES[database]))
    assert set(stage.taken) >= COMMON, COMMON - set(stage.taken)
