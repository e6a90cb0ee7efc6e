"""API keys: secrets that are shown once and stored as hashes in the catalogue, and what the bearer of each may do."""

import hmac
import logging
import secrets
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from quotewise.api.callers import Caller, Scope
from quotewise.index.errors import CatalogueUnavailableError, IndexMissingError, QuotewiseError

if TYPE_CHECKING:
    from quotewise.index.store import Catalogue

_PREFIX, _BROWSER_PREFIX = "qw_", "qb_"
_BROWSER_RATE = "60/minute"
_NO_DIGEST = "0" * 64
_PAUSE_SECONDS = 1.0
"""Between two tries to open the catalogue in a database."""
_log = logging.getLogger("quotewise")


class KeysUnavailableError(QuotewiseError, code="keys-unavailable", status=503):
    """the keys cannot be read"""


class InvalidKeyError(QuotewiseError, code="invalid-key"):
    """A key that cannot be made, or that does not exist."""


def _check_origin(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or value != f"{parts.scheme}://{parts.netloc}".lower():
        raise ValueError(f"{value!r} should be an origin such as https://www.example.org, in lower case, without a path")
    return value


def _check_rate(value: str) -> str:
    import limits  # here, since it takes a tenth of a second, which other commands need not wait for

    try:
        item = limits.parse(value)
    except ValueError:
        item = None
    if item is None or item.amount < 1 or item.get_expiry() > 86_400 or len(limits.parse_many(value)) > 1:
        raise ValueError(f"{value!r} should be a rate such as 60/minute, of at most a day")
    return value


def _check_printable(value: str) -> str:
    if not value.isprintable():
        raise ValueError("should have no control characters")
    return value


Origin = Annotated[str, AfterValidator(_check_origin)]
Rate = Annotated[str, AfterValidator(_check_rate)]


class Key(BaseModel):
    """Who may do what. ``collections`` None means all; a browser key is one with ``origins``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    name: Annotated[str, Field(min_length=1, max_length=100), AfterValidator(_check_printable)]
    scopes: tuple[Scope, ...]
    collections: tuple[Annotated[str, Field(min_length=1)], ...] | None = None
    origins: tuple[Origin, ...] = ()
    rate: Rate | None = None
    created: str = ""
    revoked: str | None = None
    digest: str = _NO_DIGEST

    @model_validator(mode="after")
    def _check_browser_key(self) -> Self:
        if self.origins and (self.scopes != ("ask",) or not self.rate):
            raise ValueError("a browser key may only ask, and has a rate")
        return self

    @property
    def caller(self) -> Caller:
        """The bearer as the use cases know it."""
        return Caller(self.id, self.scopes, self.collections)


_KEYS = TypeAdapter(list[Key])


def renamed_collection(catalogue: "Catalogue", name: str, new: str) -> None:
    """Limit the keys to the new name of a collection that are limited to the one before."""
    for content in catalogue.api_keys().values():
        key = Key.model_validate_json(content)
        if name in (key.collections or ()):
            collections = tuple(dict.fromkeys(new if known == name else known for known in key.collections or ()))
            catalogue.put_api_key(key.id, key.model_copy(update={"collections": collections}).model_dump_json())


class Keys:
    """The keys of an index, in its catalogue, which every request reads, so that a revoked key is refused at once.

    ``is_remote`` says that it is in a database, for which a request waits.

    A secret has 256 random bits, so that nobody finds one by trying: a slow hash, which protects passwords that can be guessed,
    would only slow down every request. It names its key, and is compared with that one in constant time.
    """

    def __init__(self, folder: Path, catalogue: str | None = None) -> None:
        self._folder, self._url = folder, catalogue
        self.is_remote = catalogue is not None
        self._catalogue: Catalogue | None = None
        self._opening = threading.Lock()
        self._refused: tuple[float, str] | None = None
        """When the database last refused to be opened, and how: requests that waited for that do not try once more each."""
        self._cached: tuple[int, dict[str, Key]] = (0, {})

    def all(self) -> list[Key]:
        """Every key ever made, oldest first. Raises KeysUnavailableError."""
        return list(self._read(upgrade=True).values())

    def exist(self) -> bool:
        """Whether a key was ever made, since revoking all does not open the service again. Raises KeysUnavailableError."""
        return bool(self._read())

    def browser_origins(self) -> frozenset[str]:
        """Where browser keys in force may be used; those of a database as they were last read. Raises KeysUnavailableError."""
        keys = self._cached[1] if self.is_remote else self._read()
        return frozenset(origin for key in keys.values() if not key.revoked for origin in key.origins)

    def count_request(self, name: str, amount: int, seconds: int) -> float:
        """What ``SharedRecords.count_request`` does, for keys in a database. Raises KeysUnavailableError."""
        with _as_unavailable():
            catalogue = self._open(upgrade=False)
            return catalogue.shared.count_request(name, amount, seconds) if catalogue and catalogue.shared else 0.0

    def look_up(self, secret: str) -> tuple[bool, Key | None]:
        """What ``exist`` says, and the key in force that a secret belongs to, of one reading. Raises KeysUnavailableError."""
        keys = self._read()
        key = keys.get(secret[3:].partition("_")[0])
        same = hmac.compare_digest(_digest(secret), key.digest if key else _NO_DIGEST)
        return bool(keys), key if key and same and not key.revoked else None

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
            KeysUnavailableError: the catalogue cannot be written.
        """
        origins, key_id = tuple(origins), secrets.token_hex(4)
        secret = f"{_BROWSER_PREFIX if origins else _PREFIX}{key_id}_{secrets.token_urlsafe(32)}"
        try:
            key = Key.model_validate(
                {
                    "id": key_id,
                    "name": name,
                    "scopes": tuple(dict.fromkeys(scopes)),
                    "collections": tuple(dict.fromkeys(collections)) or None,
                    "origins": origins,
                    "rate": rate or (_BROWSER_RATE if origins else None),
                    "created": _now(),
                    "digest": _digest(secret),
                }
            )
        except ValidationError as error:
            first = error.errors()[0]
            raise InvalidKeyError(f"{'.'.join(map(str, first['loc'])) or 'key'}: {first['msg']}") from error
        self._write(key)
        return key, secret

    def revoke(self, key_id: str) -> Key:
        """End a key. Raises InvalidKeyError where there is none of that id, KeysUnavailableError."""
        key = self._read(upgrade=True).get(key_id)
        if key is None:
            raise InvalidKeyError(f"there is no key with the id {key_id!r}; quotewise keys list shows those there are")
        revoked = key.model_copy(update={"revoked": key.revoked or _now()})
        self._write(revoked)
        return revoked

    def close(self) -> None:
        """Close the catalogue, if it is open."""
        if self._catalogue:
            self._catalogue.close()

    def _read(self, upgrade: bool = False) -> dict[str, Key]:
        """The keys. A request does not wait for an ``upgrade`` of the catalogue, which may take minutes."""
        with _as_unavailable():
            if self._catalogue is None and not upgrade and not self.is_remote and self._needs_upgrade():
                raise KeysUnavailableError("the catalogue is being upgraded")
            catalogue = self._open(upgrade=upgrade)
            if catalogue is None:
                return {}
            if (revision := catalogue.api_keys_revision()) != self._cached[0]:
                keys = {key_id: Key.model_validate_json(content) for key_id, content in catalogue.api_keys().items()}
                self._cached = (revision, keys)
            return self._cached[1]

    def _needs_upgrade(self) -> bool:
        from quotewise.index.schema import SQLITE_FILE, needs_upgrade

        path = self._folder / SQLITE_FILE
        return path.exists() and needs_upgrade(path)

    def _write(self, key: Key) -> None:
        with _as_unavailable():
            if not self.is_remote:
                self._folder.mkdir(0o700, parents=True, exist_ok=True)
            catalogue = self._open(create=True)
            assert catalogue
            catalogue.put_api_key(key.id, key.model_dump_json())

    def _open(self, create: bool = False, upgrade: bool = True) -> "Catalogue | None":
        """The catalogue, with the keys of a ``keys.json`` of version 0.1; None where there are neither."""
        from quotewise.index.catalogue import open_catalogue  # here, since it takes long to load, and settings need only types

        with self._opening:
            if self._refused and time.monotonic() < self._refused[0] + _PAUSE_SECONDS:
                raise CatalogueUnavailableError(self._refused[1])
            old = self._folder / "keys.json"
            is_old = not self.is_remote and old.exists()
            if self._catalogue is None:
                try:
                    self._catalogue = open_catalogue(self._folder, self._url, create or is_old, upgrade)
                except IndexMissingError:
                    if create:
                        raise
                except CatalogueUnavailableError as error:
                    self._refused = time.monotonic(), str(error)
                    raise
            with suppress(FileNotFoundError):  # another process has moved it
                if self._catalogue and is_old:
                    keys, known = _KEYS.validate_json(old.read_bytes()), self._catalogue.api_keys()
                    for key in keys:
                        if key.id not in known:  # it may be, and revoked since, after a crash
                            self._catalogue.put_api_key(key.id, key.model_dump_json())
                    old.replace(self._folder / "keys.json.imported")
                    (self._folder / "keys.lock").unlink(missing_ok=True)
                    _log.warning("the API keys of %s were moved to the catalogue; keys.json.imported can be deleted", old)
            return self._catalogue


@contextmanager
def _as_unavailable() -> Iterator[None]:
    try:
        yield
    except (OSError, ValidationError, QuotewiseError) as error:
        reason = "keys.json is damaged" if isinstance(error, ValidationError) else getattr(error, "strerror", None) or error
        raise KeysUnavailableError(f"cannot read or write the API keys: {reason}") from error


def _digest(secret: str) -> str:
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
