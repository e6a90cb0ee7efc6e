"""Log records as lines of text or of JSON on standard error, none of which can pass for another."""

import io
import logging
import sys
from collections.abc import Hashable
from contextvars import ContextVar
from dataclasses import dataclass
from time import monotonic
from typing import Any

from cachetools import LRUCache
from pythonjsonlogger.core import RESERVED_ATTRS
from pythonjsonlogger.json import JsonFormatter

from quotewise.api.settings import Settings
from quotewise.index.printable import printable

_OURS = ("quotewise", "uvicorn")
_RESERVED = (*RESERVED_ATTRS, "color_message")
_WINDOW_SECONDS = 60.0
_MAX_KINDS = 200
"""Kinds of errors that are remembered; the one not seen for longest is forgotten first."""
_terminal = logging.getLogger("quotewise.terminal")
_fields: ContextVar[dict[str, Any] | None] = ContextVar("quotewise_log_fields", default=None)


def install(settings: Settings) -> None:
    """Log to standard error as the settings say, unless the process has set up logging of its own.

    Other libraries are heard only when they warn, since their lower levels may log the question of a request.
    """
    as_json = settings.log_format == "json"
    handler = _BurstHandler(sys.stderr)
    if as_json:  # which escapes all but ASCII
        names, fields = {"levelname": "level", "name": "logger"}, ["levelname", "name", "message"]
        handler.setFormatter(JsonFormatter(fields, rename_fields=names, timestamp=True, reserved_attrs=_RESERVED))
    else:
        handler.setFormatter(_TextLines("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(handlers=[handler], level=logging.WARNING)
    logging.captureWarnings(True)
    for name in _OURS:
        logging.getLogger(name).setLevel((settings.log_level or ("info" if as_json else "warning")).upper())
    logging.getLogger("asgi_correlation_id").setLevel(logging.ERROR)  # warns of every request id that a client makes up


def begin_fields() -> dict[str, Any]:
    """The fields that ``add_fields`` adds to from now on, in this context and those copied from it, such as threads."""
    fields: dict[str, Any] = {}
    _fields.set(fields)
    return fields


def add_fields(**fields: Any) -> None:
    """Add to the fields of the access line of the current request, if there is one."""
    if (known := _fields.get()) is not None:
        known.update(fields)


class LogStream(io.StringIO):
    """A text stream whose lines become log records, for what the command line prints on standard error."""

    def write(self, text: str) -> int:
        for line in filter(str.strip, text.splitlines()):
            _terminal.info("%s", line)
        return len(text)


@dataclass
class _Burst:
    """A kind of error: its first record, until when repetitions are left out, and how many were."""

    first: dict[str, Any]
    until: float
    left_out: int = 0


class _BurstHandler(logging.StreamHandler[Any]):
    """Writes each kind of warning and error once a minute: first with its traceback, then with the number left out since.

    A kind is a place in the code that logs and a place that raised, whatever the message says of the request.
    """

    def __init__(self, stream: Any) -> None:
        super().__init__(stream)
        self._bursts: LRUCache[Hashable, _Burst] = LRUCache(_MAX_KINDS)
        self._next_check = 0.0

    def emit(self, record: logging.LogRecord) -> None:
        now = monotonic()
        if now >= self._next_check:
            self._next_check = now + _WINDOW_SECONDS / 10
            self._write_left_out(now)
        if record.levelno >= logging.WARNING:
            burst = self._bursts.get(kind := _kind(record))
            if burst and (burst.left_out or now < burst.until):
                burst.left_out += 1
                return
            if burst:
                burst.until, record.exc_info, record.exc_text = now + _WINDOW_SECONDS, None, None
            else:
                first = {"name": record.name, "levelno": record.levelno, "levelname": record.levelname}
                self._bursts[kind] = _Burst({**first, "msg": record.getMessage()}, now + _WINDOW_SECONDS)
        super().emit(record)

    def close(self) -> None:
        self._write_left_out(float("inf"))
        super().close()

    def _write_left_out(self, now: float) -> None:
        for burst in self._bursts.values():
            if burst.left_out and now >= burst.until:
                record = logging.makeLogRecord({**burst.first, "left_out": burst.left_out})
                burst.until, burst.left_out = now + _WINDOW_SECONDS, 0
                super().emit(record)


def _kind(record: logging.LogRecord) -> Hashable:
    raised: Hashable = None
    if record.exc_info and record.exc_info[0]:
        traceback = record.exc_info[2]
        while traceback and traceback.tb_next:
            traceback = traceback.tb_next
        place = (traceback.tb_frame.f_code.co_filename, traceback.tb_lineno) if traceback else None
        raised = record.exc_info[0].__name__, place
    message = str(record.args) if record.msg == "%s" and record.name in _OURS else None  # all of the message is ours
    return record.name, record.levelno, record.pathname, record.lineno, raised, message


class _TextLines(logging.Formatter):
    """A record as one line with its fields, and a traceback indented below it."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - a hook of logging
        shown = (*_RESERVED, "method", "route", "status")  # the last three are in the message
        fields = (f" {name}={value}" for name, value in vars(record).items() if name not in shown)
        return printable(super().formatMessage(record).rstrip() + "".join(fields))

    def formatException(self, ei: Any) -> str:  # noqa: N802 - a hook of logging
        return "\n".join(f"  {printable(line)}" for line in super().formatException(ei).splitlines())
