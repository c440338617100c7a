"""What each database role may do, and that all else is refused: every table, every action, tried as that role."""

import pytest
import sqlalchemy

from tests.pipeline import Pipeline

REFUSED = "42501"  # insufficient_privilege
ACTIONS = {
    "select": "SELECT * FROM eco.{table} LIMIT 0",
    "insert": "INSERT INTO eco.{table} DEFAULT VALUES",
    "update": "UPDATE eco.{table} SET {column} = NULL WHERE false",
    "delete": "DELETE FROM eco.{table} WHERE false",
    "truncate": "TRUNCATE eco.{table}",
}
ALERTS = dict.fromkeys(("alert", "alert_message", "alert_told"), "select insert update")
MAY: dict[str, dict[str, str]] = {
    "eco_validator": {
        "pipeline_run": "select insert update",
        "quality_log": "select insert",
        "run_quality": "insert",
        "run_column_quality": "insert",
    },
    "eco_scorer": {},
    "eco_transformer": {},
    "eco_loader": {
        "pipeline_run": "select update",
        "pipeline_part": "select insert update",
        "quality_log": "select insert",
        "review_decision": "insert",
        "dimension_change": "select insert update",
        "dimension_snapshot": "select insert",
        "dim_product": "select insert update",
        "dim_customer": "select insert update",
        "snapshot_mention": "select insert update delete",
        "fact_sales": "select insert update delete",
        "sale_tombstone": "select insert update delete",
        **dict.fromkeys(("daily_sales", "daily_product_sales", "monthly_product_sales"), "select insert update delete"),
        "monthly_country_sales": "select delete",
        "forgotten_customer": "select",
        "sales_archive": "select",
    },
    "eco_maintainer": {
        **dict.fromkeys(("pipeline_run", "fact_sales", "fact_sales_default", "sales_archive"), "select"),
        **dict.fromkeys(("dim_product", "dim_customer"), "select"),
        **dict.fromkeys(("monthly_product_sales", "monthly_country_sales"), "select"),
        "maintenance_log": "select insert",
        **ALERTS,
    },
}
READERS = ("eco_reader", "eco_reviewer")
# A partition is reached through its table, and what a role may do there is what counts.
TABLES = """
SELECT
    relname AS name,
    (
        SELECT attname FROM pg_attribute
        WHERE attrelid = pg_class.oid AND attnum > 0 AND attidentity = '' AND attgenerated = ''
        ORDER BY attnum LIMIT 1
    ) AS column
FROM pg_class WHERE relnamespace = 'eco'::regnamespace AND relkind IN ('r', 'p')
"""


def refused(pipeline: Pipeline, role: str) -> set[tuple[str, str]]:
    """Every action on a table for which the role has no right; what it may do may fail for another reason."""
    found = set()
    for table in pipeline.rows(TABLES):
        for action, sql in ACTIONS.items():
            try:
                pipeline.rows(sql.format(table=table["name"], column=table["column"]), role)
            except sqlalchemy.exc.DBAPIError as error:
                if f"'{REFUSED}'" in str(error.orig):
                    found.add((table["name"], action))
    return found


def every_action(pipeline: Pipeline) -> set[tuple[str, str]]:
    return {(table["name"], action) for table in pipeline.rows(TABLES) for action in ACTIONS}


@pytest.mark.parametrize("role", MAY)
def test_a_function_may_do_what_it_needs_and_nothing_else(pipeline: Pipeline, role: str) -> None:
    allowed = {(table, action) for table, actions in MAY[role].items() for action in actions.split()}
    assert every_action(pipeline) - refused(pipeline, role) == allowed


@pytest.mark.parametrize("role", READERS)
def test_who_reads_changes_nothing(pipeline: Pipeline, role: str) -> None:
    everything = every_action(pipeline)
    assert everything - refused(pipeline, role) == {
        (table, action) for table, action in everything if action == "select"
    }


# The functions that do more than their caller may.
CALLS = {
    "eco.fail_run(gen_random_uuid(), 'score', 'a reason', NULL)": {
        "eco_validator", "eco_scorer", "eco_transformer", "eco_loader", "eco_maintainer", "eco_operator",
    },
    "eco.ensure_sales_partition('2026-01-01')": {"eco_loader", "eco_maintainer", "eco_operator"},
    "eco.announce_sales_partition('2026-01-01')": {"eco_loader", "eco_maintainer", "eco_operator"},
    "eco.own_sales_month('2026-01-01')": {"eco_maintainer", "eco_operator"},
    "eco.drop_sales_partition('2026-01-01', 'x', 0)": {"eco_maintainer", "eco_operator"},
    "eco.forget_customer('C1')": {"eco_operator"},
    "eco.review('{1}', 'release', 'me')": {"eco_reviewer", "eco_operator"},
}  # fmt: skip


@pytest.mark.parametrize("role", [*MAY, *READERS, "eco_operator"])
def test_a_role_calls_only_the_functions_that_it_needs(pipeline: Pipeline, role: str) -> None:
    for call, callers in CALLS.items():
        try:
            pipeline.rows(f"SELECT {call}", role)
        except sqlalchemy.exc.DBAPIError as error:
            was_refused = f"'{REFUSED}'" in str(error.orig)
        else:
            was_refused = False
        assert was_refused == (role not in callers), call


@pytest.mark.parametrize("role", [*MAY, *READERS, "eco_operator"])
def test_no_role_makes_anything_or_becomes_the_owner(pipeline: Pipeline, role: str) -> None:
    for sql in ("CREATE TABLE eco.x ()", "CREATE TABLE public.x ()", "CREATE SCHEMA x", "SET LOCAL ROLE eco_owner"):
        with pytest.raises(sqlalchemy.exc.DBAPIError, match=REFUSED):
            pipeline.rows(sql, role)
