"""What the processes of a service share in PostgreSQL beside documents: jobs, the latest answers, counts of requests."""

from quotewise.index.connections import Database

_SILENT_SECONDS = 30
"""A job that is not told for so long has ended with its process."""


class PostgresSharedRecords:
    """``SharedRecords`` in tables of the catalogue; each method is one short statement, which waits for no writer of documents.

    Time is that of the database, so that the clocks of the processes may differ.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def put_job(self, job_id: str, content: str, finished: bool) -> None:
        self._database.rows(
            "WITH old AS (DELETE FROM jobs WHERE told < now() - interval '1 day') "
            "INSERT INTO jobs (id, content, finished) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE "
            "SET content = excluded.content, finished = excluded.finished, told = now() RETURNING id",
            *(job_id, content, finished),
        )

    def job(self, job_id: str) -> tuple[str, bool] | None:
        rows = self._database.rows(
            f"SELECT content, finished OR told > now() - interval '{_SILENT_SECONDS} seconds' FROM jobs WHERE id = ?", job_id
        )
        return rows[0] if rows else None

    def put_answer(self, caller: str, request: str, content: str, kept: int) -> None:
        self._database.rows(
            "WITH old AS (DELETE FROM answers WHERE row <= (SELECT max(row) FROM answers) - ? AND (caller, request) <> (?, ?)) "
            "INSERT INTO answers (caller, request, content) VALUES (?, ?, ?) ON CONFLICT (caller, request) DO UPDATE "
            "SET content = excluded.content RETURNING row",
            *(kept, caller, request, caller, request, content),
        )

    def answer(self, caller: str, request: str) -> str | None:
        rows = self._database.rows("SELECT content FROM answers WHERE caller = ? AND request = ?", caller, request)
        return str(rows[0][0]) if rows else None

    def count_request(self, name: str, amount: int, seconds: int) -> float:
        return float(self._database.rows("SELECT count_request(?, ?, ?)", name, amount, seconds)[0][0])
