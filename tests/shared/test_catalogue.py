"""The Indonesian catalogue is complete, and its check would see if it were not."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest
from babel.messages.catalog import Catalog

PATH = Path(__file__).resolve().parents[2] / "tools/catalogue.py"


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("catalogue_tool", PATH)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def english(tool: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Catalog:
    """Return a source of one text, which stands for all that code and templates hold."""
    source = Catalog()
    source.add("%(count)s left")
    monkeypatch.setattr(tool, "extracted", lambda: source)
    return source


def _keep(tool: ModuleType, monkeypatch: pytest.MonkeyPatch, text: str, flags: tuple[str, ...] = ()) -> None:
    kept = Catalog(locale="id")
    kept.add("%(count)s left", text, flags=flags)
    monkeypatch.setattr(tool, "stored", lambda: kept)


def test_every_text_has_its_indonesian_words(tool: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert tool.check() == 0, capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "flags", "wrong"),
    [
        ("", (), "no Indonesian"),
        ("tinggal %(jumlah)s", (), "other values"),
        ("tinggal %(count)s", ("fuzzy",), "fuzzy"),
    ],
)
@pytest.mark.usefixtures("english")
def test_a_broken_text_is_named(
    tool: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    text: str,
    flags: tuple[str, ...],
    wrong: str,
) -> None:
    _keep(tool, monkeypatch, text, flags)
    assert tool.check() == 1
    assert wrong in capsys.readouterr().out


def test_a_new_text_is_missed(tool: ModuleType, english: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    _keep(tool, monkeypatch, "tinggal %(count)s")
    assert tool.check() == 0
    english.add("Something new")
    assert tool.check() == 1


def test_writing_twice_changes_nothing(tool: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = tool.PO.read_bytes()
    kept = tool.stored()
    monkeypatch.setattr(tool, "PO", tmp_path / "messages.po")
    tool.save(kept)
    assert tool.PO.read_bytes() == before
