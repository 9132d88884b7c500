"""Logs of workers and of their simulators' processes: one JSON object a line, with the shard that it is about.

Ray keeps them in the worker's .err file, which its dashboard shows as the actor's stderr.
"""

from __future__ import annotations

import json
import logging
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

_ABOUT: ContextVar[dict[str, Any]] = ContextVar("about", default={})  # noqa: B039  # never changed, only replaced
_OF_EVERY_RECORD = {*logging.makeLogRecord({}).__dict__, "message", "asctime"}


class JsonLines(logging.Formatter):
    """`time`, `level`, `worker`, `event` (the message), what the block is about, and the record's `extra` fields."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, even for a traceback."""
        entry = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "worker": worker_name(),
            "event": record.getMessage(),
            **_ABOUT.get(),
            **{name: value for name, value in vars(record).items() if name not in _OF_EVERY_RECORD},
        }
        if record.exc_info:
            entry["traceback"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=False, default=str)


def log_json_lines() -> None:
    """From now on this process writes what the package logs to its stderr as JSON lines."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    logger = logging.getLogger("gsi_ray")
    logger.handlers = [handler]
    logger.setLevel(logging.INFO)
    logger.propagate = False


@contextmanager
def about(**fields: Any) -> Iterator[None]:
    """Every line that is logged in the block has these fields too."""
    token = _ABOUT.set({**_ABOUT.get(), **fields})
    try:
        yield
    finally:
        _ABOUT.reset(token)


def worker_name() -> str:
    """Host and process."""
    return f"{socket.gethostname()}/{os.getpid()}"
