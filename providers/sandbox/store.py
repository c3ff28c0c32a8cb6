"""What must survive `kill -9`: jobs (and so the bill), attested faces, the secret for links.

One SQLite file, read into memory at start and written before an answer leaves. WAL with
`synchronous=NORMAL` loses nothing to a killed process, only to a power cut.
"""

import json
import secrets
import sqlite3
from pathlib import Path

from providers.sandbox.jobs import Job

_SCHEMA = """
CREATE TABLE IF NOT EXISTS jobs (seq INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS consents (key_id TEXT, sha256 TEXT, PRIMARY KEY (key_id, sha256));
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


class Store:
    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.executescript(_SCHEMA)

    def read_jobs(self) -> list[Job]:
        rows = self._db.execute("SELECT body FROM jobs ORDER BY seq")
        return [Job.from_row(json.loads(body)) for (body,) in rows]

    def save_job(self, job: Job) -> None:
        body = json.dumps(job.to_row())
        self._db.execute(
            "INSERT INTO jobs (id, body) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body",
            (job.id, body),
        )

    def read_consents(self) -> set[tuple[str, str]]:
        return set(self._db.execute("SELECT key_id, sha256 FROM consents"))

    def save_consents(self, key_id: str, hashes: list[str]) -> None:
        rows = [(key_id, sha256) for sha256 in hashes]
        self._db.executemany("INSERT OR IGNORE INTO consents VALUES (?, ?)", rows)

    def drop_consents(self) -> None:
        self._db.execute("DELETE FROM consents")

    def get_secret(self) -> bytes:
        self._db.execute("INSERT OR IGNORE INTO facts VALUES ('secret', ?)", (secrets.token_hex(32),))
        ((value,),) = self._db.execute("SELECT value FROM facts WHERE name = 'secret'")
        return bytes.fromhex(value)

    def close(self) -> None:
        self._db.close()
