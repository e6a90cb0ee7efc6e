"""The part of the catalogue beside documents: collections, and API keys and feedback as JSON that it does not interpret."""

from collections.abc import Iterable, Mapping
from typing import Any

from quotewise.index.connections import Database, digest
from quotewise.index.errors import IndexDamagedError, InvalidNameError, NameTakenError, UnknownCollectionError
from quotewise.index.left_out import LeftOut, Refusal
from quotewise.index.printable import printable
from quotewise.index.store import Collection, valid_collection_name

FEEDBACK_KEPT = 20_000
"""Entries of all collections together; the oldest are deleted."""
_COLLECTION = "SELECT name, root, embedder, fingerprint, dimension, chunk_tokens, language, id FROM collections"

_ADD_LEFT_OUT = (
    "INSERT INTO left_out (collection, path, in_part, reason) VALUES (?, ?, ?, ?) "
    "ON CONFLICT (collection, path, in_part) DO UPDATE SET reason = excluded.reason"
)

_FORGET_FEEDBACK = "DELETE FROM feedback WHERE row <= (SELECT row FROM feedback ORDER BY row DESC LIMIT 1 OFFSET ?)"


class Records:
    """The methods of ``Catalogue`` for what is no document."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def collections(self) -> list[Collection]:
        return [Collection(*row) for row in self._database.rows(f"{_COLLECTION} ORDER BY name")]

    def collection(self, name: str) -> Collection:
        rows = self._database.rows(f"{_COLLECTION} WHERE name = ?", name)
        if not rows:
            known = ", ".join(collection.name for collection in self.collections())
            listed = f"there are: {known}" if known else "there are none yet; make one with: quotewise index FOLDER"
            raise UnknownCollectionError(f"there is no collection '{printable(name)}'; {listed}")
        return Collection(*rows[0])

    def add_collection(self, collection: Collection) -> None:
        self._check_free(collection.name)
        columns = ("name", "root", "embedder", "fingerprint", "dimension", "chunk_tokens", "language")
        values = [getattr(collection, column) for column in columns]
        with self._database.transaction() as connection:
            connection.execute(f"INSERT INTO collections ({', '.join(columns)}) VALUES (?, ?, ?, ?, ?, ?, ?)", values)

    def update_collection(self, collection: Collection) -> None:
        values = (collection.root, collection.language, self._key(collection.name))
        with self._database.transaction() as connection:
            connection.execute("UPDATE collections SET root = ?, language = ? WHERE id = ?", values)

    def remove_collection(self, name: str) -> None:
        key = self._key(name)
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM collections WHERE id = ?", (key,))
            connection.execute("DELETE FROM changes WHERE collection = ?", (key,))

    def api_keys(self) -> dict[str, str]:
        rows = self._database.rows("SELECT digest, id, content FROM keys ORDER BY row")
        if any(stored != digest(key_id, content) for stored, key_id, content in rows):
            raise IndexDamagedError(f"the API keys in {self._database.name} are damaged; restore it from a backup")
        return {key_id: content for _, key_id, content in rows}

    def api_keys_revision(self) -> int:
        return int(self._database.rows("SELECT coalesce(max(revision), 0) FROM keys")[0][0])

    def put_api_key(self, key_id: str, content: str) -> None:
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO keys (id, content, digest, revision) "
                "VALUES (?, ?, ?, (SELECT coalesce(max(revision), 0) + 1 FROM keys)) "
                "ON CONFLICT (id) DO UPDATE SET content = excluded.content, digest = excluded.digest, "
                "revision = excluded.revision",
                (key_id, content, digest(key_id, content)),
            )

    def feedback(self, name: str) -> list[tuple[str, str]]:
        query = "SELECT id, content FROM feedback WHERE collection = ? ORDER BY row"
        return self._database.rows(query, self._key(name))

    def put_feedback(self, name: str, request: str, content: str) -> str:
        values = (self._key(name), request, content)
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM feedback WHERE request = ? AND collection <> ?", (request, values[0]))
            written = connection.execute(
                "INSERT INTO feedback (collection, request, content) VALUES (?, ?, ?) "
                "ON CONFLICT (collection, request) DO UPDATE SET content = excluded.content RETURNING id",
                values,
            ).fetchone()
            connection.execute(_FORGET_FEEDBACK, (FEEDBACK_KEPT,))
        return str(written[0])

    def left_out(self, name: str) -> list[LeftOut]:
        query = "SELECT path, reason, in_part FROM left_out WHERE collection = ? ORDER BY path, in_part"
        rows = self._database.rows(query, self._key(name))
        return [LeftOut(path, reason, bool(in_part)) for path, reason, in_part in rows]

    def put_left_out(self, name: str, files: Iterable[LeftOut]) -> None:
        key = self._key(name)
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM left_out WHERE collection = ? AND in_part = 0", (key,))
            connection.executemany(_ADD_LEFT_OUT, [(key, printable(f.path), 0, f.reason) for f in files if not f.in_part])

    def refusals(self, name: str) -> dict[str, Refusal]:
        query = "SELECT path, sha256, parser, reason FROM refusals WHERE collection = ?"
        return {path: Refusal(*refusal) for path, *refusal in self._database.rows(query, self._key(name))}

    def put_refusals(self, name: str, refusals: Mapping[str, Refusal]) -> None:
        key = self._key(name)
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM refusals WHERE collection = ?", (key,))
            connection.executemany(
                "INSERT INTO refusals (collection, path, sha256, parser, reason) VALUES (?, ?, ?, ?, ?)",
                [(key, path, refusal.sha256, refusal.parser, refusal.reason) for path, refusal in refusals.items()],
            )

    def _put_unread_part(self, connection: Any, key: int, path: str, reason: str | None) -> None:
        """What of the document at a path is not read, None for nothing; the file was left out no longer."""
        connection.execute("DELETE FROM left_out WHERE collection = ? AND path = ?", (key, path))
        if reason:
            connection.execute(_ADD_LEFT_OUT, (key, path, 1, reason))

    def check(self) -> None:
        self._database.check()

    def close(self) -> None:
        self._database.close()

    def _check_free(self, name: str) -> None:
        """Raises InvalidNameError unless a collection can get this name."""
        if not valid_collection_name(name):
            raise InvalidNameError(f"the collection name {name!r} is not valid; use 1 to 64 letters, digits, '-', '_' and '.'")
        if self._database.rows("SELECT 1 FROM collections WHERE name = ?", name):
            raise NameTakenError(f"there is a collection {name!r} already")

    def _key(self, name: str) -> int:
        return self.collection(name).key
