"""Start and stop the servers that are measured, and read from the system what they take."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from marketplace.config import ROOT

from .visitor import HOST

WORKERS = "2"
START_SECONDS = 60
TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")


def _granian(threads: int) -> list[str]:
    options = ["--interface", "wsgi", "--host", HOST, "--workers", WORKERS, "--log-level", "error"]
    return ["granian", *options, "--blocking-threads", str(threads), "--port"]


def _gunicorn(*options: str) -> list[str]:
    return ["gunicorn", "--no-control-socket", "--workers", WORKERS, "--log-level", "error", *options, "--bind"]


SERVERS: dict[str, list[str]] = {
    "granian": _granian(2),
    "granian-1": _granian(1),
    "granian-2": _granian(2),
    "granian-3": _granian(3),
    "gunicorn": _gunicorn("--worker-class", "sync"),
    "gunicorn-threads": _gunicorn("--worker-class", "gthread", "--threads", "4"),
}
"""Ways to serve; `granian` is how `make run` does it."""


@dataclass(frozen=True)
class Server:
    """A running server: its port and its first process."""

    port: int
    pid: int

    def cpu_seconds(self) -> float:
        """Return the processor time of all its processes so far."""
        return sum(_cpu_seconds(pid) for pid in self._family())

    def memory(self) -> int:
        """Return the bytes of memory that its processes hold; what they share is counted in each."""
        return sum(int(_read(pid, "statm").split()[1]) * PAGE for pid in self._family())

    def _family(self) -> list[int]:
        children: dict[int, list[int]] = {}
        for path in Path("/proc").glob("[0-9]*"):
            stat = _stat(int(path.name))
            if stat:
                children.setdefault(int(stat[1]), []).append(int(path.name))
        found = [self.pid]
        for pid in found:
            found += children.get(pid, [])
        return found


def _stat(pid: int) -> list[str]:
    """Return what the system says of a process, from its state on; nothing when it is gone."""
    try:
        return _read(pid, "stat").rpartition(")")[2].split()
    except OSError:
        return []


def _read(pid: int, name: str) -> str:
    return Path(f"/proc/{pid}/{name}").read_text()


def _cpu_seconds(pid: int) -> float:
    stat = _stat(pid)
    return (int(stat[11]) + int(stat[12])) / TICKS if stat else 0.0


@contextmanager
def serve(kind: str, target: str, environment: Mapping[str, str]) -> Iterator[Server]:
    """Run a server on a free port of this machine until the block ends."""
    port = _free_port()
    program, *options = SERVERS[kind]
    where = str(port) if program == "granian" else f"{HOST}:{port}"
    command = [sys.executable, "-m", program, *options, where, target]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment})
    try:
        _wait(port, process)
        yield Server(port, process.pid)
    finally:
        process.terminate()
        process.wait()


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection((HOST, port)).close()
        except ConnectionRefusedError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"the server did not start: {process.args!r}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
