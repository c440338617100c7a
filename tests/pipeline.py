"""The functions' own handlers on real storage and a real warehouse, a step at a time and in any order.

Each test has its own clone of the migrated database, behind the stack's PgBouncer, and buckets of its own; each stage
connects as its own role, so a missing grant fails a test. The stack's relay does not know these buckets: what is
delivered, when and how often is the test's to say.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import sqlalchemy
from google.auth.credentials import AnonymousCredentials
from google.cloud import storage
from pg8000 import native

from functions import load, maintain, runtime, score, transform, validate
from functions.events import ObjectEvent
from functions.gcs_store import CloudStorage
from functions.runtime import Platform
from functions.settings import Settings
from functions.tick import Result
from functions.warehouse import connect
from local.credentials import SUPERUSER, credentials
from local.home import ADDRESS, REPOSITORY, Home

HANDLERS = {
    "validate": validate.handle,
    "score": score.handle,
    "transform": transform.handle,
    "load": load.handle,
}
ROLES = {
    "validate": "eco_validator",
    "score": "eco_scorer",
    "transform": "eco_transformer",
    "load": "eco_loader",
    "maintain": "eco_maintainer",
    "operator": "eco_operator",
    "reviewer": "eco_reviewer",
}


@dataclass
class Pipeline:
    """A warehouse and buckets of one test's own."""

    home: Home
    name: str
    changes: dict[str, Any] = field(default_factory=dict)

    @classmethod
    @contextlib.contextmanager
    def made(cls, home: Home, name: str) -> Iterator[Pipeline]:
        """Make the database and the buckets, and drop the database at the end."""
        pipeline = cls(home, name)
        with contextlib.closing(superuser(home)) as connection:
            connection.run(f"CREATE DATABASE {name} TEMPLATE {template(home, connection)}")
        for bucket in ("raw", "validated", "scored", "curated", "archive", "models"):
            pipeline.client.create_bucket(f"{name}-{bucket}")
        try:
            yield pipeline
        finally:
            pipeline.close()
            with contextlib.closing(superuser(home)) as connection:
                connection.run(f"DROP DATABASE {name} WITH (FORCE)")

    @cached_property
    def client(self) -> storage.Client:
        return storage_client(self.home)

    @cached_property
    def platforms(self) -> dict[str, Platform]:
        """What each stage is handed: the same buckets, its own role."""
        return {stage: self._platform(role) for stage, role in ROLES.items()}

    def settings(self, role: str) -> Settings:
        return Settings(
            **{
                "db_host": ADDRESS,
                "db_port": self.home.port("pgbouncer"),
                "db_name": self.name,
                "db_user": role,
                "db_password": credentials(self.home)[role],
                "db_pool_size": 4,
                "delivery_url": "http://127.0.0.1:9/{function}",  # nothing listens there
                **{
                    f"bucket_{name}": f"{self.name}-{name}"
                    for name in ("raw", "validated", "scored", "curated", "archive", "models")
                },
                **self.changes,
            }
        )

    def _platform(self, role: str) -> Platform:
        settings = self.settings(role)
        return Platform(settings, CloudStorage(self.client), connect(settings))

    def upload(self, name: str, data: bytes | str) -> ObjectEvent:
        """Put a file into the raw bucket; nothing is delivered yet."""
        blob = self.client.bucket(f"{self.name}-raw").blob(name)
        content = data.encode() if isinstance(data, str) else data
        blob.upload_from_string(content)
        return ObjectEvent(blob.bucket.name, name, int(blob.generation), blob.time_created, len(content))

    def deliver(self, stage: str, event: ObjectEvent) -> None:
        """Deliver one event to one function."""
        runtime.run_stage(stage, event, HANDLERS[stage], self.platforms[stage])

    def parts(self, stage: str, upload: ObjectEvent) -> list[ObjectEvent]:
        """The events that a stage is due for an upload."""
        if stage == "validate":
            return [upload]
        before = {"score": "validated", "transform": "scored", "load": "curated"}[stage]
        return list(CloudStorage(self.client).list(f"{self.name}-{before}", f"{upload.run_id}/"))

    def process(self, *uploads: ObjectEvent) -> None:
        """Deliver all that each upload leads to, upload after upload."""
        for upload in uploads:
            for stage in HANDLERS:
                for event in self.parts(stage, upload):
                    self.deliver(stage, event)

    def maintain(self, **changes: Any) -> list[Result]:
        """One tick of maintenance."""
        return maintain.handle(self.platforms["maintain"], **changes)

    def rows(self, sql: str, role: str = "eco_reader", **parameters: Any) -> list[dict[str, Any]]:
        """What a statement returns to a role."""
        if role not in self._warehouses:
            self._warehouses[role] = connect(self.settings(role)).engine
        with self._warehouses[role].begin() as connection:
            result = connection.execute(sqlalchemy.text(sql), parameters)
            return [dict(row) for row in result.mappings()] if result.returns_rows else []

    def value(self, sql: str, **parameters: Any) -> Any:
        """The one value that a query returns."""
        return next(iter(self.rows(sql, **parameters)[0].values()))

    def run(self, upload: ObjectEvent) -> dict[str, Any]:
        """The ledger's entry of an upload."""
        return self.rows("SELECT * FROM eco.pipeline_run WHERE run_id = :run_id", run_id=upload.run_id)[0]

    @cached_property
    def _warehouses(self) -> dict[str, sqlalchemy.Engine]:
        return {}

    def close(self) -> None:
        for platform in self.platforms.values():
            platform.warehouse.engine.dispose()
        for engine in self._warehouses.values():
            engine.dispose()


def storage_client(home: Home) -> storage.Client:
    """A client of the stack's buckets."""
    return storage.Client(
        project="local",
        credentials=AnonymousCredentials(),  # type: ignore[no-untyped-call] # the library is not typed
        client_options={"api_endpoint": home.url("storage")},
    )


def superuser(home: Home, database: str = "postgres") -> native.Connection:
    """A connection that may do anything, past the pooler."""
    return native.Connection(
        SUPERUSER,
        host=ADDRESS,
        port=home.port("postgres"),
        database=database,
        password=credentials(home)[SUPERUSER],
    )


def template(home: Home, connection: native.Connection) -> str:
    """A migrated database that holds nothing, which tests clone; made at first use."""
    if not connection.run("SELECT FROM pg_database WHERE datname = 'eco_template'"):
        connection.run("CREATE DATABASE eco_template")
        migrate(home, "eco_template")
    return "eco_template"


def migrate(home: Home, database: str) -> None:
    """Run the migrations on a database."""
    url = f"postgresql+pg8000://{SUPERUSER}:{credentials(home)[SUPERUSER]}@{ADDRESS}:{home.port('postgres')}/{database}"
    subprocess.run(
        [sys.executable, "-m", "alembic", "-c", "sql/alembic.ini", "upgrade", "head"],
        cwd=REPOSITORY,
        env={**os.environ, "ECO_MIGRATION_URL": url},
        check=True,
    )
