"""The house stands as it was drawn: floors, one commit, sole writers, small files, templates without code.

Each rule is a function from a source text to what is wrong with it, and is shown to catch a snippet that breaks it.
"""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeGuard

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "marketplace"

FLOORS = (
    *("config", "extensions", "shared", "areas", "accounts", "groups", "catalog", "stock", "parcels", "ledger"),
    *("orders", "payments", "offices", "documents", "treasury", "notices", "storefront"),
    *("tent_market", "registry", "training", "aid", "mentoring", "graduation", "reports", "demo"),
)
GROUND = {"__init__", "context", "jobs", "models", "navigation", "serve", "wiring"}
"""Modules that put the house together and so may know every floor."""
FRONT_ROOMS = re.compile(r"(?:.*_)?(?:views|forms)")
LONGEST_FILE = 400

STOCK = {"StockLevel", "StockMovement", "Hold"}
LEDGER = {"JournalEntry", "JournalLine", "HouseholdBalance"}
SOLE_WRITERS = {"stock": (STOCK, {"on_hand", "held"}), "ledger": (LEDGER, {"balance"})}
WRITING_VERBS = {"insert", "update", "delete", "bulk_insert_mappings", "bulk_save_objects"}

Rule = Callable[[str, str], list[str]]


def imported(source: str, path: str) -> Iterator[tuple[str, ...]]:
    """Yield what a module of ours imports of ours, as parts below `marketplace`; also inside functions."""
    here = ["marketplace", *Path(path).parts[:-1]]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = here[: len(here) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            names = [f"{base}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            root, *parts = name.split(".")
            if root == "marketplace" and parts:
                yield tuple(parts)


def floor_of(path: str) -> str:
    """Return the package, or the top-level module, that a file belongs to."""
    return Path(path).parts[0].removesuffix(".py")


def floors(source: str, path: str) -> list[str]:
    """Hold that a package imports only what lies above it."""
    own = floor_of(path)
    if own in GROUND:
        return []
    problems = [] if own in FLOORS else [f"{own} is on no floor"]
    for parts in imported(source, path):
        if parts[0] not in FLOORS or (own in FLOORS and FLOORS.index(parts[0]) > FLOORS.index(own)):
            problems.append(f"imports {'.'.join(parts)} from below")
    return problems


def front_rooms(source: str, path: str) -> list[str]:
    """Hold that nobody uses a neighbour's views or forms (`shared` is nobody's)."""
    own = floor_of(path)
    if own in GROUND:
        return []
    return [
        f"imports {'.'.join(parts)}"
        for parts in imported(source, path)
        if parts[0] not in (own, "shared") and len(parts) > 1 and FRONT_ROOMS.fullmatch(parts[1])
    ]


def one_commit(source: str, path: str) -> list[str]:
    """Hold that only the transaction commits; a savepoint may be released anywhere."""
    if path == "shared/transaction.py":
        return []
    ending = [node for node in _calls(source) if isinstance(node.func, ast.Attribute) and node.func.attr == "commit"]
    return [f"line {node.lineno}: commits" for node in ending if _receiver(node) != "savepoint"]


def _receiver(node: ast.Call) -> str:
    return _name(node.func.value) if isinstance(node.func, ast.Attribute) else ""


def sole_writers(source: str, path: str) -> list[str]:
    """Hold that quantities are written by stock alone, and money owed by the ledger alone."""
    return [
        problem
        for owner, (tables, columns) in SOLE_WRITERS.items()
        if floor_of(path) != owner
        for problem in (*_made(source, tables), *_set(source, columns))
    ]


def _made(source: str, tables: set[str]) -> Iterator[str]:
    for node in _calls(source):
        target = _name(node.args[0]) if node.args and _name(node.func) in WRITING_VERBS else _name(node.func)
        if target in tables:
            yield f"line {node.lineno}: writes {target}"


def _set(source: str, columns: set[str]) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target] if _is_addition(node) else []
        for target in targets:
            if isinstance(target, ast.Attribute) and target.attr in columns and _name(target.value) != "self":
                yield f"line {node.lineno}: sets {target.attr}"


def _is_addition(node: ast.AST) -> TypeGuard[ast.AugAssign]:
    return isinstance(node, ast.AugAssign)


def ids_fit(source: str, path: str) -> list[str]:
    """Hold that ids in addresses go through the converter that keeps them within 64 bits."""
    texts = [n.value for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    return [f"uses {text}" for text in texts if re.search(r"<(?:int|float)[:(]", text)]


def no_legacy_query(source: str, path: str) -> list[str]:
    """Hold that nothing uses the query objects of old."""
    found = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Attribute)]
    chained = [node for node in found if isinstance(node.value, ast.Attribute) and node.value.attr == "query"]
    called = [node for node in found if node.attr == "query" and _name(node.value) == "session"]
    return [f"line {node.lineno}: legacy query" for node in chained + called]


def small(source: str, path: str) -> list[str]:
    """Hold that a file can be read in one go."""
    length = source.count("\n")
    return [f"{length} lines"] if length > LONGEST_FILE else []


def no_code_in_templates(source: str, path: str) -> list[str]:
    """Hold that a page obeys the strict Content-Security-Policy."""
    plain = re.sub(r"\{#.*?#\}", "", source, flags=re.DOTALL)
    rules = {
        "inline style": r"\sstyle\s*=|<style\b",
        "inline script": r"<script\b(?![^>]*\ssrc=)",
        "event attribute": r"<[a-z][^>]*\son[a-z]+\s*=",
        "script address": r"javascript:",
        "unescaped": r"\|\s*safe\b|autoescape\s+false",
    }
    return [name for name, pattern in rules.items() if re.search(pattern, plain, re.IGNORECASE)]


def _calls(source: str) -> Iterator[ast.Call]:
    return (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))


def _name(node: ast.expr) -> str:
    """Return the last part of a dotted name."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def files(folder: Path, ending: str) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob(f"*{ending}"))


def broken(rule: Rule, folder: Path, ending: str) -> dict[str, list[str]]:
    found = {path: rule((folder / path).read_text(), path) for path in files(folder, ending)}
    return {path: problems for path, problems in found.items() if problems}


@pytest.mark.parametrize(
    "rule", [floors, front_rooms, one_commit, sole_writers, ids_fit, no_legacy_query], ids=lambda rule: rule.__name__
)
def test_the_house_keeps_the_rule(rule: Rule) -> None:
    assert len(files(PACKAGE, ".py")) > 50
    assert broken(rule, PACKAGE, ".py") == {}


@pytest.mark.parametrize("folder", ["marketplace", "tests", "tools", "benchmarks", "templates"])
def test_files_are_small(folder: str) -> None:
    ending = ".html" if folder == "templates" else ".py"
    assert broken(small, ROOT / folder, ending) == {}


def test_templates_hold_no_code() -> None:
    assert len(files(ROOT / "templates", ".html")) > 20
    assert broken(no_code_in_templates, ROOT / "templates", ".html") == {}


def test_every_package_has_its_floor() -> None:
    packages = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert packages <= set(FLOORS)


BREAKING: list[tuple[Rule, str, str]] = [
    (floors, "stock/service.py", "from ..orders import models"),
    (floors, "stock/service.py", "from ..orders.models import Order"),
    (floors, "stock/service.py", "import marketplace.orders.models"),
    (floors, "stock/service.py", "from marketplace import orders"),
    (floors, "stock/service.py", "def f():\n    from ..orders.models import Order"),
    (floors, "stock/service.py", "if TYPE_CHECKING:\n    from ..orders.models import Order"),
    (floors, "shared/web.py", "from ..areas import queries"),
    (floors, "shared/web.py", "from .. import context"),
    (floors, "extensions.py", "from .shared import clock"),
    (floors, "attic/service.py", ""),
    (front_rooms, "orders/views.py", "from ..stock.views import bp"),
    (front_rooms, "orders/views.py", "from ..stock import forms"),
    (front_rooms, "orders/views.py", "from ..accounts import officer_views"),
    (one_commit, "stock/service.py", "db.session.commit()"),
    (one_commit, "shared/once.py", "session().commit()"),
    (sole_writers, "orders/service.py", "db.session.add(StockLevel(on_hand=1))"),
    (sole_writers, "orders/service.py", "stock.StockMovement(quantity=1)"),
    (sole_writers, "orders/service.py", "db.session.execute(update(Hold).values(quantity=1))"),
    (sole_writers, "orders/service.py", "db.session.execute(delete(models.Hold))"),
    (sole_writers, "orders/service.py", "level.held += 1"),
    (sole_writers, "orders/service.py", "level.on_hand = 1"),
    (sole_writers, "stock/service.py", "JournalLine(amount=1)"),
    (sole_writers, "orders/service.py", "insert(HouseholdBalance)"),
    (ids_fit, "orders/views.py", '@bp.route("/pesanan/<int:order_id>")\ndef f(): ...'),
    (no_legacy_query, "orders/views.py", "Order.query.filter_by(id=1)"),
    (no_legacy_query, "orders/views.py", "models.Order.query.get(1)"),
    (no_legacy_query, "orders/views.py", "db.session.query(Order)"),
    (small, "orders/views.py", "x = 1\n" * 401),
    (no_code_in_templates, "x.html", '<p style="color: red">'),
    (no_code_in_templates, "x.html", "<style>p {}</style>"),
    (no_code_in_templates, "x.html", "<script>alert(1)</script>"),
    (no_code_in_templates, "x.html", '<script type="module">alert(1)</script>'),
    (no_code_in_templates, "x.html", '<a href="/" onclick="go()">'),
    (no_code_in_templates, "x.html", '<a href="javascript:go()">'),
    (no_code_in_templates, "x.html", "{{ name|safe }}"),
]


@pytest.mark.parametrize(("rule", "path", "source"), BREAKING)
def test_a_rule_catches_what_breaks_it(rule: Rule, path: str, source: str) -> None:
    assert rule(source, path)


ALLOWED: list[tuple[Rule, str, str]] = [
    (floors, "orders/service.py", "from ..stock import service\nfrom . import rules\nfrom ..extensions import db"),
    (floors, "orders/service.py", "import flask\nfrom sqlalchemy import select"),
    (floors, "wiring.py", "from .orders import views"),
    (front_rooms, "orders/views.py", "from . import forms\nfrom ..stock import queries\nfrom ..shared.fields import X"),
    (front_rooms, "wiring.py", "from .orders import views"),
    (one_commit, "shared/transaction.py", "db.session.commit()"),
    (one_commit, "stock/service.py", "savepoint.commit()"),
    (sole_writers, "stock/service.py", "update(StockLevel)\nlevel.held += 1"),
    (sole_writers, "orders/service.py", "select(StockLevel.held)\nheld = 1"),
    (ids_fit, "orders/views.py", '@bp.route("/pesanan/<id:order_id>")\ndef f(): ...'),
    (no_legacy_query, "orders/views.py", "queries.get(1)\nrequest.query_string.decode()"),
    (small, "orders/views.py", "x = 1\n" * 400),
    (no_code_in_templates, "x.html", '<script type="module" src="x.js"></script>{# <p style="x"> #}'),
    (no_code_in_templates, "x.html", '<link rel="stylesheet"><p class="on">one = two</p>'),
]


@pytest.mark.parametrize(("rule", "path", "source"), ALLOWED)
def test_a_rule_lets_pass_what_is_right(rule: Rule, path: str, source: str) -> None:
    assert rule(source, path) == []
