"""Tell the job worker that a list waits; if it does not hear, it looks by itself within a minute."""

import structlog
from flask import current_app

log = structlog.get_logger()


def wake() -> None:
    """Put a call for the worker on the queue."""
    call = current_app.extensions.get("wake_worker")
    if call is None:
        return
    try:
        call()
    except Exception:  # a queue that cannot be reached must not undo what is committed
        log.warning("worker not called", exc_info=True)
