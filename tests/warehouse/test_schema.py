"""The schema: one file to read, migrations that lead to it, and rules that the database itself enforces."""

import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy

from local.credentials import SUPERUSER, credentials
from local.home import ADDRESS, REPOSITORY
from local.postgres import binary
from tests.pipeline import Pipeline, migrate, superuser
from tests.running_stack import RunningStack
from tests.warehouse import reviewing
from tests.warehouse.other_server import running

SCHEMA = REPOSITORY / "sql" / "schema.sql"
DEBIAN_SERVERS = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))


@pytest.fixture
def two_databases(stack: RunningStack) -> Iterator[tuple[str, str]]:
    names = ("test_by_schema", "test_by_migrations")
    with contextlib.closing(superuser(stack.home)) as connection:
        for name in names:
            connection.run(f"CREATE DATABASE {name}")
        yield names
        for name in names:
            connection.run(f"DROP DATABASE {name} WITH (FORCE)")


def dumped(stack: RunningStack, database: str) -> str:
    command = [str(binary("pg_dump")), "--schema-only", "--exclude-table=public.alembic_version", "-d", database]
    return "\n".join(
        line
        for line in subprocess.run(
            [*command, "-h", ADDRESS, "-p", str(stack.home.port("postgres")), "-U", SUPERUSER],
            env={"PGPASSWORD": credentials(stack.home)[SUPERUSER]},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.splitlines()
        if not line.startswith(("\\restrict", "\\unrestrict"))
    )


def test_the_migrations_lead_to_the_schema_that_is_written_down(
    stack: RunningStack, two_databases: tuple[str, str]
) -> None:
    by_schema, by_migrations = two_databases
    with contextlib.closing(superuser(stack.home, by_schema)) as connection:
        connection.run("BEGIN")
        connection.run(SCHEMA.read_text())
        connection.run("COMMIT")
    migrate(stack.home, by_migrations)
    assert dumped(stack, by_schema) == dumped(stack, by_migrations)


def refused(pipeline: Pipeline, role: str, sql: str) -> str:
    """The message with which the database refuses a statement to a role."""
    with pytest.raises(sqlalchemy.exc.DBAPIError) as refusal:
        pipeline.rows(sql, role)
    return str(refusal.value)


RUN = """
INSERT INTO eco.pipeline_run (run_id, bucket, object_name, generation, uploaded_at, size_bytes)
VALUES (gen_random_uuid(), 'b', 'n', 1, now(), 1)
"""


def test_a_success_that_does_not_add_up_is_refused(pipeline: Pipeline) -> None:
    pipeline.rows(RUN, "eco_validator")
    finish = "UPDATE eco.pipeline_run SET status = 'SUCCESS', finished_at = now(), parts_total = 0, rows_rejected = 0, "
    assert "success_adds_up" in refused(pipeline, "eco_validator", finish + "rows_read = 1")
    assert "success_adds_up" in refused(pipeline, "eco_validator", finish + "rows_read = NULL")
    assert "success_has_all_parts" in refused(pipeline, "eco_validator", finish + "rows_read = 0, parts_loaded = 1")
    pipeline.rows(finish + "rows_read = 0", "eco_validator")


WRITABLE = """
SELECT relname, right_to
FROM pg_class
CROSS JOIN unnest(ARRAY['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) AS right_to
WHERE
    relnamespace = 'eco'::regnamespace
    AND relkind IN ('r', 'p', 'v')
    AND (
        has_table_privilege(:role, oid, right_to)
        OR (right_to IN ('INSERT', 'UPDATE') AND has_any_column_privilege(:role, oid, right_to))
    )
"""
# Functions that do what their owner may.
CALLABLE = """
SELECT proname FROM pg_proc
WHERE pronamespace = 'eco'::regnamespace AND prosecdef AND has_function_privilege(:role, oid, 'EXECUTE')
ORDER BY proname
"""


@pytest.mark.parametrize(
    ("role", "functions"),
    [("eco_reader", []), ("eco_reviewer", ["review"])],
)
def test_a_reviewer_can_write_decisions_and_a_reader_nothing(
    pipeline: Pipeline, role: str, functions: list[str]
) -> None:
    assert pipeline.rows(WRITABLE.replace(":role", f"'{role}'")) == []
    assert [row["proname"] for row in pipeline.rows(CALLABLE.replace(":role", f"'{role}'"))] == functions


def test_who_only_reads_may_not_even_make_temporary_tables(stack: RunningStack) -> None:
    with pytest.raises(sqlalchemy.exc.DBAPIError, match="permission denied"):
        stack.rows("CREATE TEMPORARY TABLE x ()")


@pytest.mark.parametrize("state", ["'loaded'", "NULL"])
def test_an_open_row_is_released_before_it_is_loaded(pipeline: Pipeline, state: str) -> None:
    reviewing.numbered(pipeline)
    skip = "UPDATE eco.quality_log SET review_state = "
    assert "cannot go from open" in refused(pipeline, "eco_loader", skip + state)


def test_a_loaded_row_stays_so(pipeline: Pipeline) -> None:
    reviewing.decide_and_load(pipeline, reviewing.numbered(pipeline), 21, "release")
    back = "UPDATE eco.quality_log SET review_state = 'open' WHERE review_state = 'loaded'"
    assert "cannot go from loaded to open" in refused(pipeline, "eco_loader", back)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ("'delete', 'me'", "not delete"),
        ("'correct', 'me'", "a correction, and nothing else"),
        ("'release', 'me', NULL, '{\"a\": 1}'", "a correction, and nothing else"),
        ("'release', ' '", "decided_by_somebody"),
    ],
)
def test_a_decision_that_says_too_little_is_refused(pipeline: Pipeline, arguments: str, says: str) -> None:
    reviewing.numbered(pipeline)
    call = "SELECT eco.review((SELECT array_agg(quality_id) FROM eco.quality_log), "
    assert says in refused(pipeline, "eco_reviewer", call + arguments.replace(": 1", "\\:1") + ")")


@pytest.mark.skipif(not DEBIAN_SERVERS, reason="no other PostgreSQL than the wheel's is installed on this machine")
@pytest.mark.parametrize("server", DEBIAN_SERVERS, ids=lambda path: f"PostgreSQL {path.parents[1].name}")
def test_the_schema_works_on_older_servers(server: Path) -> None:
    with running(server.parent) as connection:
        connection.run("BEGIN")
        connection.run(SCHEMA.read_text())
        connection.run("COMMIT")
        assert connection.run("SELECT eco.ensure_sales_partition('2024-02-29')") == [[True]]
        assert connection.run("SELECT count(*) FROM eco.dim_date") == [[29]]
