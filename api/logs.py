"""Log records as lines of text or of JSON on standard error, none of which can pass for another."""

import io
import logging
import sys
from typing import Any

from pythonjsonlogger.core import RESERVED_ATTRS
from pythonjsonlogger.json import JsonFormatter

from api import terminal
from api.settings import Settings
from index.documents import printable

_OURS = ("quotewise", "uvicorn")
_RESERVED = (*RESERVED_ATTRS, "color_message")
_access = logging.getLogger("quotewise.access")
_told = logging.getLogger("quotewise.terminal")


def install(settings: Settings) -> None:
    """Log to standard error as the settings say, unless the process that runs us has set up logging of its own.

    Other libraries are heard only when they warn: what they tell of a request at lower levels may hold its question.
    """
    as_json = settings.log_format == "json"
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_json_lines() if as_json else _TextLines("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(handlers=[handler], level=logging.WARNING)
    logging.captureWarnings(True)
    for name in _OURS:
        logging.getLogger(name).setLevel((settings.log_level or ("info" if as_json else "warning")).upper())
    if as_json:
        _told.setLevel(logging.INFO)
        terminal.errors.file = _Told()


def access(quiet: bool, method: str, route: str, status: int, **fields: Any) -> None:
    """The one line of a request; it holds nothing that the client chose but a sound request id."""
    level = logging.DEBUG if quiet else logging.INFO
    _access.log(level, "%s %s %d", method, route, status, extra={"method": method, "route": route, "status": status, **fields})


def _json_lines() -> logging.Formatter:
    names = {"levelname": "level", "name": "logger"}
    fields = ["levelname", "name", "message"]
    return JsonFormatter(fields, rename_fields=names, timestamp=True, reserved_attrs=_RESERVED)  # escapes all but ASCII


class _TextLines(logging.Formatter):
    """A record as one line with its fields, and a traceback set in below it."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - a hook of logging
        shown = (*_RESERVED, "method", "route", "status")  # the last three are in the message
        fields = (f" {name}={value}" for name, value in vars(record).items() if name not in shown)
        return printable(super().formatMessage(record).rstrip() + "".join(fields))

    def formatException(self, ei: Any) -> str:  # noqa: N802 - a hook of logging
        return "\n".join(f"  {printable(line)}" for line in super().formatException(ei).splitlines())


class _Told(io.StringIO):
    """What is otherwise printed on standard error, line by line as log records."""

    def write(self, text: str) -> int:
        for line in filter(str.strip, text.splitlines()):
            _told.info("%s", line)
        return len(text)
