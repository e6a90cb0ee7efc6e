"""API keys: secrets that are shown once and kept as hashes beside the catalogue, and what the bearer of each may do."""

import hmac
import json
import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from filelock import FileLock, Timeout
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator
from quotewise.api.callers import Caller, Scope
from quotewise.index.errors import QuotewiseError

SECRET, BROWSER = "qw_", "qb_"
DEFAULT_BROWSER_RATE = "60/minute"
_NO_DIGEST = "0" * 64


class KeyFileError(QuotewiseError, code="keys-unavailable", status=503):
    """the keys cannot be read"""


class InvalidKeyError(QuotewiseError, code="invalid-key"):
    """A key that cannot be made as asked, or that is not there."""


def _origin(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or value != f"{parts.scheme}://{parts.netloc}".lower():
        raise ValueError(f"{value!r} should be an origin such as https://www.example.org, in lower case, without a path")
    return value


def _rate(value: str) -> str:
    import limits  # here, since it takes a tenth of a second, which other commands need not wait for

    try:
        item = limits.parse(value)
    except ValueError:
        item = None
    if item is None or item.amount < 1 or item.get_expiry() > 86_400 or len(limits.parse_many(value)) > 1:
        raise ValueError(f"{value!r} should be a rate such as 60/minute, of at most a day")
    return value


def _printable(value: str) -> str:
    if not value.isprintable():
        raise ValueError("should have no control characters")
    return value


Origin = Annotated[str, AfterValidator(_origin)]
Rate = Annotated[str, AfterValidator(_rate)]


class Key(BaseModel):
    """Who may do what. ``collections`` None means all; a browser key is one with ``origins``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    name: Annotated[str, Field(min_length=1, max_length=100), AfterValidator(_printable)]
    scopes: tuple[Scope, ...]
    collections: tuple[Annotated[str, Field(min_length=1)], ...] | None = None
    origins: tuple[Origin, ...] = ()
    rate: Rate | None = None
    created: str = ""
    revoked: str | None = None
    digest: str = _NO_DIGEST

    @model_validator(mode="after")
    def _a_browser_key_only_asks(self) -> Self:
        if self.origins and (self.scopes != ("ask",) or not self.rate):
            raise ValueError("a browser key may only ask, and has a rate")
        return self

    @property
    def caller(self) -> Caller:
        """The bearer as the use cases know it."""
        return Caller(self.id, self.scopes, self.collections)


_KEYS = TypeAdapter(list[Key])


class Keys:
    """The keys of an index folder, in a file that is read again as soon as it has changed.

    A secret has 256 random bits, so that nobody finds one by trying: a slow hash, which protects passwords that can be guessed,
    would only slow down every request. It names its key, and is compared with that one in constant time.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / "keys.json"
        self._stamp: tuple[int, ...] | None = None
        self._by_id: dict[str, Key] = {}
        self._origins: frozenset[str] = frozenset()

    def all(self) -> list[Key]:
        """Every key ever made, oldest first. Raises KeyFileError."""
        return list(self._current().values())

    def any(self) -> bool:
        """Whether a key was ever made; that all are revoked does not open the door again. Raises KeyFileError."""
        return bool(self._current())

    def origins(self) -> frozenset[str]:
        """Where browser keys in force may be used. Raises KeyFileError."""
        self._current()
        return self._origins

    def holder(self, secret: str) -> Key | None:
        """The key in force that a secret belongs to. Raises KeyFileError."""
        key = self._current().get(secret[3:].partition("_")[0])
        same = hmac.compare_digest(_digest(secret), key.digest if key else _NO_DIGEST)
        return key if key and same and not key.revoked else None

    def make(
        self,
        name: str,
        scopes: Iterable[str] = ("ask",),
        collections: Iterable[str] = (),
        origins: Iterable[str] = (),
        rate: str | None = None,
    ) -> tuple[Key, str]:
        """A new key and its secret, which is not kept. With ``origins`` it is one for browsers.

        Raises:
            InvalidKeyError: there cannot be such a key.
            KeyFileError: the file cannot be written.
        """
        origins, key_id = tuple(origins), secrets.token_hex(4)
        secret = f"{BROWSER if origins else SECRET}{key_id}_{secrets.token_urlsafe(32)}"
        try:
            key = Key.model_validate(
                {
                    "id": key_id,
                    "name": name,
                    "scopes": tuple(dict.fromkeys(scopes)),
                    "collections": tuple(dict.fromkeys(collections)) or None,
                    "origins": origins,
                    "rate": rate or (DEFAULT_BROWSER_RATE if origins else None),
                    "created": _now(),
                    "digest": _digest(secret),
                }
            )
        except ValidationError as error:
            first = error.errors()[0]
            raise InvalidKeyError(f"{'.'.join(map(str, first['loc'])) or 'key'}: {first['msg']}") from error
        with self._writing():
            self._write([*self.all(), key])
        return key, secret

    def revoke(self, key_id: str) -> Key:
        """End a key. Raises InvalidKeyError where there is none of that id, KeyFileError."""
        with self._writing():
            keys = self._current()
            if key_id not in keys:
                raise InvalidKeyError(f"there is no key with the id {key_id!r}; quotewise keys list shows those there are")
            revoked = keys[key_id].model_copy(update={"revoked": keys[key_id].revoked or _now()})
            self._write([revoked if key.id == key_id else key for key in keys.values()])
        return revoked

    def _current(self) -> dict[str, Key]:
        try:
            found = self._path.stat()
            stamp = (found.st_ino, found.st_mtime_ns, found.st_size)
            if stamp != self._stamp:
                keys = _KEYS.validate_json(self._path.read_bytes())
                self._by_id = {key.id: key for key in keys}
                self._origins = frozenset(origin for key in keys if not key.revoked for origin in key.origins)
                self._stamp = stamp
        except FileNotFoundError:
            self._by_id, self._origins, self._stamp = {}, frozenset(), None
        except (OSError, ValidationError) as error:
            self._stamp = None
            reason = error.strerror if isinstance(error, OSError) else "it is damaged"
            raise KeyFileError(f"cannot read the keys in {self._path}: {reason}") from error
        return self._by_id

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            self._path.parent.mkdir(0o700, parents=True, exist_ok=True)
            with FileLock(self._path.with_name("keys.lock"), timeout=10, mode=0o600):
                yield
        except (OSError, Timeout) as error:
            raise KeyFileError(f"cannot write {self._path}: {error.strerror or 'another process is writing it'}") from error

    def _write(self, keys: list[Key]) -> None:
        """Replace the file in one step, readable by its owner alone."""
        draft = self._path.with_name("keys.json.new")
        draft.unlink(missing_ok=True)
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            json.dump(_KEYS.dump_python(keys, mode="json"), file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._path)


def _digest(secret: str) -> str:
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
