"""The objects below a prefix of an S3 bucket as files: listed a thousand at a time, each read by one request. Needs s3fs."""

import os
import re
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cached_property, lru_cache
from typing import Any

from quotewise.index.documents import SourceFile
from quotewise.index.errors import (
    AlteredError,
    DocumentError,
    FolderError,
    FolderUnavailableError,
    MissingFileError,
    QuotewiseError,
    translate_errors,
)
from quotewise.index.formats import may_be_document
from quotewise.index.ignore_rules import MAX_BYTES, NAMES, IgnoreRules
from quotewise.index.printable import printable
from quotewise.index.stamps import Stamp

_ADDRESS = re.compile(r"s3://([A-Za-z0-9][A-Za-z0-9._-]{1,254})(?:/(.*))?", re.DOTALL)
_EXPECTED = "s3://BUCKET or s3://BUCKET/PREFIX"
_OF_ONE_OBJECT = {"AccessDenied", "403", "InvalidObjectState", "InvalidRequest", "KeyTooLongError", "MethodNotAllowed", "405"}
"""Codes of refusals that say nothing of other objects, such as one that is archived."""
_CREDENTIALS = "set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; for a public bucket FSSPEC_S3_ANON=true"
_LARGEST_RULES = 1 << 26
_ATTEMPTS = 3
"""Times that an object is asked for whose bytes do not arrive in full."""

_connecting = threading.Lock()


class Bucket:
    """The objects below a prefix, by their keys relative to it; nothing beside the prefix is ever asked for.

    Names are the user's in the way of all programs for S3 (environment, ``~/.aws``, role), also the endpoint of another store.
    Objects are listed once by each ``Bucket``.

    Args:
        address: ``s3://BUCKET/PREFIX``.

    Raises:
        FolderError: the address is not one.
    """

    def __init__(self, address: str) -> None:
        match = _ADDRESS.fullmatch(address)
        if not match:
            raise FolderError(f"{printable(address)} is no address of documents; expected {_EXPECTED}, or a folder")
        self._bucket, prefix = match[1], (match[2] or "").rstrip("/")
        if prefix and _is_no_path(prefix):
            raise FolderError(f"{printable(address)} has a part that is empty, '.' or '..'; expected {_EXPECTED}")
        self._prefix = f"{prefix}/" if prefix else ""
        self.root = f"s3://{self._bucket}/{prefix}".rstrip("/")

    def __str__(self) -> str:
        return printable(self.root)

    def are_there(self) -> bool:
        return True

    def find(self) -> Iterator[SourceFile]:
        """The objects of the formats that are read, by key; others, and those whose key is no path, have that for a problem.

        Raises FolderError, FolderUnavailableError.
        """
        yield from self._files

    def file(self, path: str) -> "_Object":
        return _Object(self, path)

    @cached_property
    def _files(self) -> list[SourceFile]:
        objects: dict[str, Stamp] = {}
        for item in self._listed():
            path = item["Key"].removeprefix(self._prefix)
            if item["Key"].startswith(self._prefix) and not (path.endswith("/") and not item["Size"]):  # that marks a folder
                objects[path] = Stamp.of_object(item.get("ETag", ""), item["Size"], item["LastModified"])
        ignoring = _Ignoring(self, {path for path in objects if path.rpartition("/")[2] in NAMES})
        files = []
        for path in sorted(objects):
            problem = _problem(path, objects)
            if not (_is_hidden(path) and not _is_no_path(path)) and (problem or not ignoring.match(path)):
                files.append(_source(path, problem, objects[path]))
        return files

    def _listed(self) -> Iterator[dict[str, Any]]:
        after: dict[str, str] = {}
        while True:
            with self._translated():
                page = self._store.call_s3("list_objects_v2", Bucket=self._bucket, Prefix=self._prefix, **after)
            if "Name" not in page:
                raise FolderUnavailableError(f"{self} cannot be read: what answers is no store of objects")
            yield from page.get("Contents", ())
            if not page.get("IsTruncated"):
                return
            after = {"ContinuationToken": page["NextContinuationToken"]}

    def get(self, path: str, limit: int) -> tuple[bytes, Stamp]:
        """The bytes of an object and their stamp; a single answer of the store, so that they belong together.

        Raises what ``File.read`` does.
        """
        if _is_no_path(path):
            raise MissingFileError("is not a file of the bucket")
        forms = dict.fromkeys((path, unicodedata.normalize("NFD", path)))  # ``find`` gives the composed one
        for form in forms:
            with suppress(MissingFileError), self._translated(path):
                from fsspec.asyn import sync

                store = self._store  # here: the thread of the loop must not wait for who connects, and for it
                return sync(store.loop, self._got, store, self._prefix + form, limit)  # type: ignore[no-any-return]
        raise MissingFileError("vanished before it could be read")

    async def _got(self, store: Any, key: str, limit: int) -> tuple[bytes, Stamp]:
        from aiohttp import ClientError
        from botocore.exceptions import HTTPClientError

        for attempt in range(_ATTEMPTS):
            answer = await store._call_s3("get_object", Bucket=self._bucket, Key=key)
            stamp = Stamp.of_object(answer.get("ETag", ""), answer["ContentLength"], answer["LastModified"])
            if stamp.size > limit:
                answer["Body"].close()
                raise AlteredError(f"is larger than {limit:,} bytes; raise max_file_bytes to index it")
            try:
                async with answer["Body"] as body:
                    return await body.read(), stamp
            except (ClientError, HTTPClientError, TimeoutError):
                if attempt == _ATTEMPTS - 1:
                    raise
        raise AssertionError

    @property
    def _store(self) -> Any:
        with _connecting:
            return _client(_environment())

    @contextmanager
    def _translated(self, path: str = "") -> Iterator[None]:
        """Turn what the library raises into an error of ours: about an object, or about all of them."""
        try:
            with translate_errors(lambda reason: FolderUnavailableError(f"{self} cannot be read: {reason}")):
                yield
        except FolderUnavailableError as error:
            cause = error.__cause__
            if isinstance(cause, ModuleNotFoundError):
                raise FolderUnavailableError(f"what is at {self} is read by s3fs: pip install 'quotewise[s3]'") from cause
            answer = getattr((cause and cause.__cause__) or cause, "response", None) or {}
            code = answer.get("Error", {}).get("Code", "")
            if path and (code in _OF_ONE_OBJECT or (isinstance(cause, FileNotFoundError) and code != "NoSuchBucket")):
                raise _of_object(cause, code) from cause
            _client.cache_clear()  # its credentials may have ended, and others be there
            if type(cause).__name__ == "NoCredentialsError":
                raise FolderUnavailableError(f"{self} cannot be read without credentials: {_CREDENTIALS}") from cause
            raise


def _environment() -> frozenset[tuple[str, str]]:
    """What of the environment says who asks whom."""
    return frozenset(item for item in os.environ.items() if item[0].startswith(("AWS_", "FSSPEC_")))


@lru_cache(1)
def _client(environment: frozenset[tuple[str, str]]) -> Any:
    """What asks the store, with its connections: making one takes longer than a page does, so all buckets share it."""
    from s3fs import S3FileSystem

    limits = {"connect_timeout": 10, "read_timeout": 60, "retries": {"max_attempts": 3}}
    made = S3FileSystem(use_listings_cache=False, skip_instance_cache=True, config_kwargs=limits)
    made.connect()  # now, since threads that do it at the same time make several
    return made


class _Object:
    """An object of a bucket; what is read of it is of one version."""

    def __init__(self, bucket: Bucket, path: str) -> None:
        self._bucket, self._path = bucket, path
        self.stamp: Stamp | None = None

    def read(self, limit: int) -> bytes:
        data, self.stamp = self._bucket.get(self._path, limit)
        if not data:
            raise AlteredError("is empty")
        return data

    def is_as_read(self) -> bool:
        return True


class _Ignoring:
    """The rules of the ignore files of a bucket, which are read when an object below them is looked at."""

    def __init__(self, bucket: Bucket, paths: set[str]) -> None:
        self._bucket, self._paths = bucket, paths
        self._of: dict[str, IgnoreRules | None] = {}

    def match(self, path: str) -> bool:
        """Whether an object is ignored, or a folder that it is in."""
        rules = self._rules(path.rpartition("/")[0])
        return rules is None or rules.match(path)

    def _rules(self, folder: str) -> IgnoreRules | None:
        """Those that hold in a folder; None in one that is ignored itself."""
        if folder not in self._of:
            outer = self._rules(folder.rpartition("/")[0]) if folder else IgnoreRules()
            within = f"{folder}/" if folder else ""
            if outer is not None and folder and outer.match(within):
                outer = None
            for path in (within + name for name in NAMES if outer is not None and within + name in self._paths):
                with suppress(DocumentError):
                    assert outer is not None
                    outer = outer.and_those(within, self._bucket.get(path, _LARGEST_RULES)[0][:MAX_BYTES])
            self._of[folder] = outer
        return self._of[folder]


def _of_object(cause: BaseException | None, code: str) -> QuotewiseError:
    if isinstance(cause, FileNotFoundError):
        return MissingFileError("vanished before it could be read")
    return DocumentError(f"cannot be read: {' '.join(str(cause).split()) or code}")


def _is_no_path(path: str) -> bool:
    return bool({"", ".", ".."} & set(path.split("/"))) or "\0" in path


def _is_hidden(path: str) -> bool:
    return path.startswith(".") or "/." in path


def _problem(path: str, objects: dict[str, Stamp]) -> str | None:
    if _is_no_path(path):
        return "its key is no path below the prefix, since a part of it is empty, '.' or '..'; rename the object"
    if path.isascii() or (composed := unicodedata.normalize("NFC", path)) == path:
        return None
    if composed in objects:
        return "has the same name as another but for how its characters are composed; rename one"
    if path != unicodedata.normalize("NFD", path):
        return "file name is in neither form of Unicode, composed nor decomposed; rename the object"
    return None


def _source(path: str, problem: str | None, stamp: Stamp) -> SourceFile:
    is_document = may_be_document(path.rpartition("/")[2])
    if not is_document:
        problem = problem or "has no known format"
    return SourceFile(unicodedata.normalize("NFC", path), problem, is_document, None if problem else stamp)
