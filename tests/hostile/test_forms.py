"""Every form of the application, found by following links, is sent with what nobody should type.

Whatever comes, no answer is a failure of ours; what is refused is said on the page, comes back as it was typed, and
leaves no row behind.
"""

import json
from collections.abc import Callable, Iterator
from zlib import crc32

import pytest
from werkzeug.test import TestResponse

from tests.hostile.page import TYPED, Pairs, read
from tests.hostile.place import EDGE, Found, Place, multipart, urlencoded
from tests.hostile.values import BAD, EVERY, SCRIPT, STRICT, UNSTORABLE

COUNTED = {"wrong_try", "image", "kept_photo"}
"""Tables that a refused form writes to: a wrong try at a secret is counted, good photos wait for the next try."""
FOR_MACHINES = {"online.stripe", "till.open_device", "till.send"}
"""Told by programs: tests/payments/test_webhook.py and tests/tent_market/test_till_doors.py try these."""
URLENCODED = "application/x-www-form-urlencoded"


def test_every_form_is_found_and_works(place: Place, forms: list[Found]) -> None:
    rules = place.app.url_map.iter_rules()
    posted = {rule.endpoint for rule in rules if "POST" in (rule.methods or ())}
    assert posted - FOR_MACHINES == {found.endpoint for found in forms}
    refused = [str(found) for found in forms if found.refused]
    assert not refused, "\n".join(refused)


def test_bad_values(place: Place, forms: list[Found], database: str) -> None:
    values = BAD if database == "sqlite" else STRICT
    wrong = [problem for blow in _blows(forms, values) for problem in _struck(place, *blow)]
    assert not wrong, "\n".join(wrong)


def _blows(forms: list[Found], values: tuple[str, ...]) -> Iterator[tuple[Found, str, str]]:
    """Return of all forms, fields and bad values a sample that is always the same."""
    for found in forms:
        names = {field.name for field in found.form.fields if field.kind != "file"}
        for name in sorted(names):
            for value in values:
                if crc32(f"{found.endpoint} {found.button} {name} {value!r}".encode()) % EVERY == 0:
                    yield found, name, value


def _struck(place: Place, found: Found, name: str, value: str) -> list[str]:
    pairs = [(key, text) for key, text in found.filled(place.good(found)) if key != name] + [(name, value)]
    answer = place.send(found, pairs)
    problems = [*_looked_at(place, found, answer), *_kept(found, answer, name, value)]
    return [f"{found}: {name}={value[:40]!r}: {answer.status_code}, {problem}" for problem in problems]


def _looked_at(place: Place, found: Found, answer: TestResponse) -> list[str]:
    """Return what is wrong with an answer, and put the town back."""
    if answer.status_code < 400:
        problems = _shown_after(place, found, answer)
        place.restore()
        return problems
    problems = ["our failure"] if answer.status_code >= 500 else []
    if answer.status_code in (409, 422) and 'role="alert"' not in answer.text and "problem" not in answer.text:
        problems.append("nothing says what is wrong")
    written = {name for name, count in place.count().items() if count != place.counts[name]}
    if written:
        place.restore()
    return problems + [f"refused, but it wrote to {name}" for name in sorted(written - COUNTED)]


def _shown_after(place: Place, found: Found, answer: TestResponse) -> list[str]:
    """Open the page that follows: what was stored must not break it, nor become a part of it."""
    page = answer
    if answer.location:
        client = place.client(found.who)
        for cookie in answer.headers.getlist("Set-Cookie"):
            name, _equals, rest = cookie.partition("=")
            client.set_cookie(name, rest.partition(";")[0])
        page = client.get(answer.location)
    problems = ["the next page fails"] if page.status_code >= 500 else []
    return problems + (["a script got through"] if SCRIPT.encode() in page.data else [])  # a file is no text


def _kept(found: Found, answer: TestResponse, name: str, value: str) -> list[str]:
    """Tell whether what was typed into a field came back in the refused form."""
    field = found.form.named(name)
    if answer.status_code != 422 or field is None or field.kind not in TYPED or value in UNSTORABLE:
        return []
    shown = [form.named(name) for form in read(answer.text, found.page)[0]]
    if any(field is not None and field.value == value for field in shown):
        return []
    return [f"what was typed is lost: {[field and field.value[:40] for field in shown if field]}"]


Shape = Callable[[Pairs], tuple[bytes, str]]
SHAPES: dict[str, Shape] = {
    "nothing": lambda pairs: (b"", URLENCODED),
    "no type": lambda pairs: (urlencoded(pairs), ""),
    "plain text": lambda pairs: (urlencoded(pairs), "text/plain"),
    "a JSON object": lambda pairs: (json.dumps(dict(pairs)).encode(), "application/json"),
    "a JSON array": lambda pairs: (json.dumps(pairs).encode(), "application/json"),
    "broken JSON": lambda pairs: (b'{"a": \xff', "application/json"),
    "every field twice": lambda pairs: (urlencoded(pairs + pairs), URLENCODED),
    "arrays": lambda pairs: (urlencoded([(f"{name}[]", value) for name, value in pairs]), URLENCODED),
    "every field a file": lambda pairs: multipart([], [(name, b"isi", "isi.txt") for name, _value in pairs]),
    "multipart without an end": lambda pairs: (multipart(pairs, [])[0][:-30], multipart([], [])[1]),
    "multipart without an edge": lambda pairs: (multipart(pairs, [])[0], "multipart/form-data"),
    "multipart of nonsense": lambda pairs: (b"--" + EDGE + b"\r\nX\r\n\r\n\xff", multipart([], [])[1]),
    "unheard-of names": lambda pairs: (urlencoded([*pairs, ("items-²-x", "1"), ("a b", "1")]), URLENCODED),
    "too many fields": lambda pairs: multipart([(f"x{number}", "1") for number in range(1100)], []),
    "a field too large": lambda pairs: (urlencoded([(name, "a" * 1_100_000) for name, _ in pairs[:1]]), URLENCODED),
    "not UTF-8": lambda pairs: (b"&".join(name.encode() + b"=%ED%A0%80%FF\xfe" for name, _ in pairs), URLENCODED),
}


@pytest.mark.once  # read, or refused, before a database hears of it
@pytest.mark.parametrize("shape", SHAPES)
def test_wrong_shapes(place: Place, forms: list[Found], shape: str) -> None:
    wrong = []
    for found in forms:
        if crc32(f"{found} {shape}".encode()) % EVERY == 0:
            answer = place.post(found, *SHAPES[shape](found.filled(place.good(found))))
            wrong += [f"{found}: {answer.status_code}, {problem}" for problem in _looked_at(place, found, answer)]
    assert not wrong, "\n".join(wrong)
