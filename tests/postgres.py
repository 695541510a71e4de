"""A PostgreSQL cluster that lives as long as a test run, without touching the machine's own."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

QUICK = "-c fsync=off -c full_page_writes=off -c synchronous_commit=off -c jit=off"
"""No machine fails during a test, and no question is asked so often that it is worth compiling."""


def _programs() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    initdb = shutil.which("initdb")
    return Path(initdb).parent if initdb else None


def is_there() -> bool:
    """Tell whether a server can be started."""
    return _programs() is not None and (os.getuid() != 0 or _postgres_user() is not None)


def _postgres_user() -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return None


class Server:
    """A running cluster: makes databases and returns their addresses."""

    def __init__(self, port: int) -> None:
        self.port = port

    def create(self, name: str) -> str:
        """Make an empty database and return its URL."""
        with psycopg.connect(f"postgresql://test@127.0.0.1:{self.port}/postgres", autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        return f"postgresql://test@127.0.0.1:{self.port}/{name}"


@contextmanager
def serve() -> Iterator[Server]:
    """Run a cluster in a temporary folder on a free port of this machine, trusting local connections."""
    programs = _programs()
    assert programs is not None
    folder = Path(tempfile.mkdtemp(prefix="warung-pg-"))
    user = _postgres_user() if os.getuid() == 0 else None
    if user is not None:
        os.chown(folder, user.pw_uid, user.pw_gid)
    port = _free_port()

    def run(*command: str) -> None:
        subprocess.run(
            command,
            check=True,
            user=user.pw_uid if user else None,
            group=user.pw_gid if user else None,
            cwd=folder,
            stdout=subprocess.DEVNULL,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
        )

    data = str(folder / "data")
    run(str(programs / "initdb"), "-D", data, "-U", "test", "-A", "trust", "-E", "UTF8", "--no-sync")
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=200 {QUICK}"
    run(str(programs / "pg_ctl"), "-D", data, "-w", "-s", "-l", str(folder / "log"), "-o", options, "start")
    try:
        yield Server(port)
    finally:
        run(str(programs / "pg_ctl"), "-D", data, "-m", "immediate", "-s", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
