"""`make run` says in one line what keeps it from starting, before it installs, loads or serves anything."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from marketplace import serve
from marketplace.config import ROOT


@pytest.fixture
def taken() -> Iterator[int]:
    """Return a port on which somebody else listens."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield other.getsockname()[1]


def last_words(monkeypatch: pytest.MonkeyPatch, port: str, data_dir: Path, **settings: str) -> str:
    """Start here what a process of its own would start, and return the line it ends with."""
    for name, value in {"PORT": port, "DATA_DIR": str(data_dir), **settings}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit) as ended:
        serve.main()
    return str(ended.value.code)


def test_a_port_in_use(taken: int, tmp_path: Path) -> None:
    env = {**os.environ, "PORT": str(taken), "DATA_DIR": str(tmp_path / "data")}
    command = [sys.executable, "-m", "marketplace.serve"]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"Port {taken} cannot be used: Address already in use. Another one: make run PORT=8001\n"
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("port", ["", "abc", "0", "99999", "-1"])
def test_no_port(port: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = last_words(monkeypatch, port, tmp_path)
    assert said == f"PORT must be a number from 1 to 65535, and is {port!r}."


@pytest.fixture
def free() -> str:
    """Return a port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return str(probe.getsockname()[1])


def test_a_file_where_the_data_should_be(free: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "data").touch()
    said = last_words(monkeypatch, free, tmp_path / "data")
    assert said.startswith("DATA_DIR cannot be used: ")
    assert "\n" not in said


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://toko:rahasia@127.0.0.1:1/toko",
        "postgresql://toko:rahasia@tidak-ada.invalid/toko",
        "nodatabase://x",
        "sqlite:////proc/warung.db",
        "apa saja",
    ],
)
def test_a_database_that_does_not_answer(
    free: str, tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said = last_words(monkeypatch, free, tmp_path / "data", DATABASE_URL=url)
    assert said.startswith("The database (DATABASE_URL) cannot be used: ")
    assert "\n" not in said
    assert "rahasia" not in said
    assert capsys.readouterr().out == ""
