"""The events on their way, durably: an event that was taken in is never lost, and may be delivered twice."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from local.relay.event import Event

SCHEMA = """
CREATE TABLE IF NOT EXISTS event (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    function TEXT NOT NULL,
    headers TEXT NOT NULL,
    body BLOB NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    is_dead INTEGER NOT NULL DEFAULT 0,
    last_error TEXT
);
CREATE INDEX IF NOT EXISTS event_by_state ON event (is_dead, function);
"""
# A killed process loses nothing, a power cut may lose the last moments; maintain finds what was missed.
PRAGMAS = "PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;"


@dataclass(frozen=True)
class DeadLetter:
    """An event that was given up on, and why."""

    function: str
    subject: str
    attempts: int
    error: str


class Queue:
    """Events in a SQLite file; safe to use from several threads."""

    def __init__(self, file: Path) -> None:
        """Open the file, made where it is missing."""
        file.parent.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(file, check_same_thread=False)
        self._lock = threading.Lock()
        self._connection.executescript(PRAGMAS + SCHEMA)

    def add(self, event: Event) -> int:
        """Keep an event; its id. It is on disk when this returns."""
        with self._transaction() as connection:
            cursor = connection.execute(
                "INSERT INTO event (function, headers, body) VALUES (?, ?, ?)",
                (event.function, json.dumps(dict(event.headers)), event.body),
            )
        return int(cursor.lastrowid or 0)

    def get(self, event_id: int) -> Event:
        """The event with this id."""
        with self._transaction() as connection:
            row = connection.execute("SELECT function, headers, body FROM event WHERE id = ?", (event_id,)).fetchone()
        return Event(row[0], json.loads(row[1]), row[2])

    def pending(self) -> list[tuple[int, str]]:
        """Id and function of every event that is still to be delivered, oldest first."""
        with self._transaction() as connection:
            return connection.execute("SELECT id, function FROM event WHERE NOT is_dead ORDER BY id").fetchall()

    def delivered(self, event_id: int) -> None:
        """The function took the event."""
        with self._transaction() as connection:
            connection.execute("DELETE FROM event WHERE id = ?", (event_id,))

    def failed(self, event_id: int, error: str, attempts_allowed: int) -> int | None:
        """An attempt failed; how many did so far, or None where the event is a dead letter now."""
        with self._transaction() as connection:
            attempts, is_dead = connection.execute(
                "UPDATE event SET attempts = attempts + 1, last_error = ?, is_dead = attempts + 1 >= ? "
                "WHERE id = ? RETURNING attempts, is_dead",
                (error, attempts_allowed, event_id),
            ).fetchone()
        return None if is_dead else int(attempts)

    def revive(self) -> list[tuple[int, str]]:
        """Make every dead letter pending again, with all its attempts; their ids and functions."""
        with self._transaction() as connection:
            return connection.execute(
                "UPDATE event SET is_dead = 0, attempts = 0 WHERE is_dead RETURNING id, function"
            ).fetchall()

    def counts(self) -> tuple[dict[str, int], dict[str, int]]:
        """How many events are pending, and how many are dead letters, by function."""
        with self._transaction() as connection:
            rows = connection.execute("SELECT is_dead, function, count(*) FROM event GROUP BY 1, 2").fetchall()
        pending = {function: count for is_dead, function, count in rows if not is_dead}
        return pending, {function: count for is_dead, function, count in rows if is_dead}

    def dead_letters(self, limit: int = 20) -> list[DeadLetter]:
        """The newest dead letters."""
        with self._transaction() as connection:
            rows = connection.execute(
                "SELECT function, coalesce(headers ->> 'ce-subject', ''), attempts, last_error "
                "FROM event WHERE is_dead ORDER BY id DESC LIMIT ?",
                (limit,),
            ).fetchall()
        return [DeadLetter(*row) for row in rows]

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock, self._connection:
            yield self._connection
