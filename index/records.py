"""The tables of the catalogue that hold JSON whose content it does not interpret: API keys and feedback."""

from quotewise.index.connections import Database
from quotewise.index.errors import IndexDamagedError
from quotewise.index.schema import digest
from quotewise.index.store import Collection

FEEDBACK_KEPT = 20_000
"""Entries of all collections together; the oldest are deleted."""


class Records:
    """The part of ``Catalogue`` about keys and feedback."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def collection(self, name: str) -> Collection:
        raise NotImplementedError

    def api_keys(self) -> dict[str, str]:
        rows = self._database.rows("SELECT digest, id, content FROM keys ORDER BY row")
        if any(stored != digest(key_id, content) for stored, key_id, content in rows):
            raise IndexDamagedError(f"the API keys in {self._database.path} are damaged; restore it from a backup")
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
        return self._database.rows(query, self.collection(name).key)

    def put_feedback(self, name: str, request: str, content: str) -> str:
        values = (self.collection(name).key, request, content)
        with self._database.transaction() as connection:
            written = connection.execute(
                "INSERT INTO feedback (collection, request, content) VALUES (?, ?, ?) "
                "ON CONFLICT (collection, request) DO UPDATE SET content = excluded.content RETURNING id",
                values,
            ).fetchone()
            connection.execute("DELETE FROM feedback WHERE row <= (SELECT max(row) FROM feedback) - ?", (FEEDBACK_KEPT,))
        return str(written[0])
