"""What is sent empty comes back for everybody: what is wrong on top and in focus, each field tied to its words."""

from itertools import cycle, groupby

from playwright.sync_api import Browser

from tests.face.conftest import Street
from tests.face.looks import Eye
from tests.face.test_html import Validate, validate
from tests.hostile.place import Found

__all__ = ["validate"]

SEND = """([action, button]) => {
    const path = (form) => new URL(form.action).pathname + new URL(form.action).search;
    const form = [...document.querySelectorAll('main form[method=post]')].find((one) => path(one) === action);
    if (!form) return false;
    for (const input of form.querySelectorAll('input:not([type=hidden]), textarea, select')) {
        input.checked = false;
        if (!['checkbox', 'radio'].includes(input.type)) input.value = '';
    }
    form.noValidate = true;
    form.requestSubmit(button ? form.querySelector(`[name="${button[0]}"][value="${button[1]}"]`) : null);
    return true;
}"""
UNTIED = """() => {
    const wrong = [...document.querySelectorAll('.problems a')].filter((a) => !document.querySelector(a.hash));
    const says = (one) => (one.getAttribute('aria-describedby') ?? '').split(' ')
        .some((id) => document.getElementById(id)?.matches('.wrong'));
    const fields = [...document.querySelectorAll('[data-wrong]')].filter(
        (field) => ![field, ...field.querySelectorAll('*')].some(says));
    return [...wrong.map((a) => a.hash), ...fields.map((field) => field.textContent.trim().slice(0, 40))];
}"""
KINDS = {
    "accounts.sign_in": None,
    "accounts.sign_up": None,
    "basket.checkout": "order",
    "payments.send_proof": None,
    "selling.create": None,
    "my_products.create": "submit",
    "curation.give_back": None,
    "parcels.recipe": "save",
    "households.register": None,
    "households.add_person": None,
    "groups.create": None,
    "users.create": None,
    "parcels.create": None,
    "payment_desk.confirm": None,
    "payment_desk.reject": None,
    "journal.transfer": None,
}
"""Endpoint → the name or value of the button that sends it."""


def test_what_is_wrong_is_said_to_everybody(street: Street, chromium: Browser, validate: Validate) -> None:
    wrong: list[str] = []
    texts: dict[str, str] = {}
    turn = cycle(((360, "light"), (1280, "dark"), (360, "dark"), (1280, "light")))
    found = sorted(_forms(street), key=lambda one: one.who)
    assert {one.endpoint for one in found} == KINDS.keys()
    for who, own in groupby(found, key=lambda one: one.who):
        eye = Eye.of(chromium, street, who)
        for one in own:
            texts[str(one)] = _send_empty(eye, one)
            eye.look(*next(turn))
        eye.close()
        wrong += eye.wrong
    assert not wrong, "\n".join(wrong)
    assert not (invalid := validate(texts)), "\n".join(invalid)


def _forms(street: Street) -> list[Found]:
    """Return one form of each kind, as the first who comes to it finds it."""
    of_kind = [one for one in street.place.forms if KINDS.get(one.endpoint, "") in (one.button or (None,))]
    wanted = {one.endpoint: one for one in reversed(of_kind)}
    return list(wanted.values())


def _send_empty(eye: Eye, one: Found) -> str:
    """Send a form of which every field was emptied, and return the page that comes back."""
    eye.open(one.page)
    with eye.page.expect_navigation() as waited:
        assert eye.page.evaluate(SEND, [one.form.action, one.button]), f"{one} has no such form any more"
    answer = waited.value
    assert answer is not None
    where = f"{one}: "
    if answer.status != 422:
        eye.wrong.append(f"{where}is {answer.status}")
    if not eye.page.evaluate("document.activeElement.matches('.problems')"):
        eye.wrong.append(f"{where}what is wrong is not in focus")
    eye.wrong += [f"{where}{field} has no words" for field in eye.page.evaluate(UNTIED)]
    return answer.text()
