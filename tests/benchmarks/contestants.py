"""The ways to get the same sales into the same PostgreSQL: ours, the database's own COPY, and other tools."""

from __future__ import annotations

import contextlib
import subprocess
import time
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from uuid import UUID

import sqlalchemy

from functions.events import ObjectEvent
from functions.warehouse import Warehouse
from local import database, postgres
from local.credentials import SUPERUSER, credentials
from local.home import ADDRESS, DATABASE, REPOSITORY
from local.upload import Upload, upload_all
from tests.benchmarks.processes_used import Used, Watch
from tests.pipeline import superuser
from tests.running_stack import RunningStack

FACTS = (
    "eco.fact_sales, eco.sale_tombstone, eco.daily_sales, eco.daily_product_sales, eco.monthly_product_sales,"
    " eco.monthly_country_sales"
)
COPY_DATABASE, RIVAL_DATABASE = "copied", "rival"
WAIT_SECONDS = 7200.0
LOOK_SECONDS = 0.25  # the ledger tells when a run ended: to look often would only slow down what is measured
# It takes minutes for more, and its time is the same for each row.
MOST_ROWS = {"pandas": 100_000}
RIVALS = ("dlt-arrow", "dlt-csv", "pandas")


@dataclass(frozen=True)
class Contest:
    """A running stack whose warehouse knows the products and customers, and an interpreter that has the rivals."""

    stack: RunningStack
    rival_python: Path

    @cached_property
    def _reader(self) -> Warehouse:
        """Kept, so that looking costs next to nothing."""
        return database.warehouse(self.stack.home)

    def ours(self, files: dict[str, Path]) -> tuple[float, Used]:
        """Seconds from the beginning of the first upload to the last row visible, into a warehouse without sales.

        The files are uploaded one after the other: the emulator of storage holds each in memory several times.
        """
        self.execute(f"TRUNCATE {FACTS}")
        self.execute("CHECKPOINT")
        watch = Watch(self.stack)
        began = time.time()
        seconds = self._waited(began, [upload for name, file in files.items() for upload in self._upload({name: file})])
        return seconds, watch.used()

    def burst(self, files: dict[str, Path]) -> float:
        """Seconds from the first upload to the end of the last run, all of them successful."""
        began = time.time()
        return self._waited(began, self._upload(files))

    def _upload(self, files: dict[str, Path]) -> list[ObjectEvent]:
        return upload_all(self.stack.home, [Upload(file, name) for name, file in files.items()], lambda _count: None)

    def _waited(self, began: float, uploads: list[ObjectEvent]) -> float:
        run_ids = [upload.run_id for upload in uploads]
        while (runs := self._ended(run_ids)) is None:
            assert time.time() - began < WAIT_SECONDS, f"not done after {WAIT_SECONDS:.0f} s"
            time.sleep(LOOK_SECONDS)
        return runs - began

    def _ended(self, run_ids: list[UUID]) -> float | None:
        """When the last of the runs ended, in seconds since 1970; None while one is under way."""
        query = (
            "SELECT count(*), min(reason) FILTER (WHERE status = 'FAILED'), max(extract(EPOCH FROM finished_at)) "
            "FROM eco.pipeline_run WHERE run_id = ANY(:run_ids) AND status <> 'RUNNING'"
        )
        with self._reader.engine.begin() as connection:
            count, failed, last = connection.execute(sqlalchemy.text(query), {"run_ids": run_ids}).one()
        assert failed is None, failed
        return float(last) if count == len(run_ids) else None

    def finished_rows(self, folder: Path) -> Path:
        """The facts as the warehouse has them now, as a CSV in the order of loading."""
        file = folder / "facts.csv"
        query = "SELECT * FROM eco.fact_sales ORDER BY run_id, source_row"
        self._psql(DATABASE, f"\\copy ({query}) TO '{file}' CSV")
        return file

    def make_copy_database(self) -> None:
        """A database with the table, its partitions and its indexes as they are now, and no rows."""
        dump = [str(postgres.binary("pg_dump")), "--schema-only", "--dbname", self.url(DATABASE)]
        schema = subprocess.run(dump, check=True, capture_output=True).stdout
        self.execute(f"DROP DATABASE IF EXISTS {COPY_DATABASE}")
        self.execute(f"CREATE DATABASE {COPY_DATABASE}")
        self._psql(COPY_DATABASE, schema.decode())

    def copied(self, facts: Path) -> float:
        """Seconds of `psql \\copy` of the finished rows into the empty table."""
        self.execute("CHECKPOINT")
        began = time.perf_counter()
        self._psql(COPY_DATABASE, f"\\copy eco.fact_sales FROM '{facts}' CSV")
        seconds = time.perf_counter() - began
        # Or autovacuum would be busy with it when others are timed.
        self._psql(COPY_DATABASE, "TRUNCATE eco.fact_sales")
        return seconds

    def rival(self, how: str, file: Path, rows: int) -> float:
        """Seconds that another tool takes for the file, into a database without tables; for all `rows` of it."""
        self.execute(f"CREATE DATABASE {RIVAL_DATABASE}")
        self.execute("CHECKPOINT")
        taken = min(rows, MOST_ROWS.get(how, rows))
        script = REPOSITORY / "tests" / "benchmarks" / "rival_load.py"
        command = [str(self.rival_python), str(script), how, str(file), str(taken), self.url(RIVAL_DATABASE)]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=file.parent)
        # Or autovacuum would be busy with it when others are timed.
        self.execute(f"DROP DATABASE {RIVAL_DATABASE} WITH (FORCE)")
        return float(done.stdout.splitlines()[-1]) * rows / taken

    def url(self, database: str) -> str:
        """Where the database is, past the pooler."""
        home = self.stack.home
        password = credentials(home)[SUPERUSER]
        return f"postgresql://{SUPERUSER}:{password}@{ADDRESS}:{home.port('postgres')}/{database}"

    def settle(self) -> None:
        """Do now what autovacuum and the next checkpoint would do to the sales in the minutes to come."""
        self.execute(f"VACUUM (ANALYZE) {FACTS}")
        self.execute("CHECKPOINT")

    def execute(self, sql: str) -> None:
        with contextlib.closing(superuser(self.stack.home, DATABASE)) as connection:
            connection.run(sql)

    def _psql(self, database: str, script: str) -> None:
        command = [
            str(postgres.psql()),
            "--quiet",
            "--no-psqlrc",
            "--set=ON_ERROR_STOP=1",
            "--dbname",
            self.url(database),
        ]
        subprocess.run(command, input=script.encode(), check=True, stdout=subprocess.DEVNULL)
