"""A server whose worker is killed (SIGKILL) at a chosen step of its work, and replaced: as the real one's, to the step.

A step is a statement, a commit that begins or one that is done, of whatever the worker does for a POST to `WATCHED`.
The socket stays open in the parent, so whoever asks meanwhile waits for the next worker.
"""

import multiprocessing as mp
import os
import re
import signal
import socket
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from flask import Flask, has_request_context, request
from sqlalchemy import event
from werkzeug.serving import WSGIRequestHandler, make_server

from marketplace.extensions import db
from tests.conftest import make_app
from tests.payments import paying

WATCHED = re.compile(r"/bayar$|/bayar-online$|^/webhook/")
BACKLOG = 64


class Quiet(WSGIRequestHandler):
    def log(self, *_args: Any) -> None:
        """Say nothing."""


@contextmanager
def serve(database_url: str, stripe_url: str, deaths: Sequence[int]) -> Iterator[tuple[int, Any]]:
    """Run the server; yield its port and a pipe that tells the signal of each death.

    The first worker dies at the first of the steps `deaths`, the next at the second…; the last one lives.
    """
    context = mp.get_context("forkserver")
    context.set_forkserver_preload(["tests.races.warm"])
    here, there = context.Pipe()
    worker = context.Value("i", 0)
    parent = context.Process(target=_parent, args=(database_url, stripe_url, deaths, there, worker))
    parent.start()
    try:
        yield here.recv(), here
    finally:
        parent.kill()
        parent.join()
        os.kill(worker.value, signal.SIGKILL)


def _parent(database_url: str, stripe_url: str, deaths: Sequence[int], pipe: Any, current: Any) -> None:
    with tempfile.TemporaryDirectory(prefix="warung-dying-") as folder, socket.socket() as listener:
        app = make_app(database_url, Path(folder))
        paying.switch_on(app, stripe_url)
        listener.bind(("127.0.0.1", 0))
        listener.listen(BACKLOG)
        pipe.send(listener.getsockname()[1])
        for step in (*deaths, None):
            current.value = _worker(app, listener, step)
            _pid, status = os.waitpid(current.value, 0)
            pipe.send(os.WTERMSIG(status))


def _worker(app: Flask, listener: socket.socket, death: int | None) -> int:
    """Start a worker and return its process id; what it inherits is not connected to anything yet."""
    child = os.fork()
    if child == 0:
        with app.app_context():
            _die_at(death)
        host, port = listener.getsockname()
        make_server(host, port, app, fd=listener.fileno(), request_handler=Quiet).serve_forever()
        os._exit(0)
    return child


def _die_at(death: int | None) -> None:
    steps = count(1)

    def step(*_args: Any) -> None:
        watched = has_request_context() and request.method == "POST" and WATCHED.search(request.path)
        if watched and next(steps) == death:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(db.engine, "before_cursor_execute", step)
    event.listen(db.engine, "commit", step)
    event.listen(db.session, "after_commit", step)
