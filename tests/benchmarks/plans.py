"""What PostgreSQL says of a statement: the partitions that its plan touches, and how long it took."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy

SQL = Path(__file__).parent / "sql"
# A clock reading for each row would cost more than the row: only the whole is timed.
MEASURED = "EXPLAIN (ANALYZE, TIMING OFF, BUFFERS OFF, FORMAT JSON) "


@cache
def statement(name: str) -> str:
    """The text of sql/`name`.sql beside this file."""
    return (SQL / f"{name}.sql").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Plan:
    """A plan as EXPLAIN (FORMAT JSON) returns it."""

    json: dict[str, Any]

    @property
    def partitions(self) -> tuple[str, ...]:
        """The tables that are in the plan, none of them twice."""
        return tuple(sorted({node["Relation Name"] for node in _nodes(self.json["Plan"]) if "Relation Name" in node}))

    @property
    def scans(self) -> tuple[str, ...]:
        """How the tables are read, for example Index Scan; each way once."""
        return tuple(sorted({node["Node Type"] for node in _nodes(self.json["Plan"]) if "Relation Name" in node}))

    @property
    def planning_ms(self) -> float:
        return float(self.json["Planning Time"])

    @property
    def execution_ms(self) -> float:
        return float(self.json["Execution Time"])

    @property
    def rows(self) -> float:
        """The rows that the statement returned."""
        return float(self.json["Plan"]["Actual Rows"])


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("Plans", []):
        yield from _nodes(child)


def measured(engine: sqlalchemy.Engine, name: str, **parameters: Any) -> Plan:
    """Execute sql/`name`.sql in a transaction; what the server says of it."""
    return _plan(engine, sqlalchemy.text(MEASURED + statement(name)), parameters)


def prepare(engine: sqlalchemy.Engine, name: str, parameter: str) -> None:
    """Prepare sql/`name`.sql, which has one parameter, a text, for as long as the connection of the engine lasts."""
    with engine.begin() as connection:
        prepared = statement(name).replace(f":{parameter}", "$1")
        connection.execute(sqlalchemy.text(f"PREPARE {name} (text) AS {prepared}"))


def measured_prepared(engine: sqlalchemy.Engine, name: str, argument: str) -> Plan:
    """Execute the statement that was prepared as `name`; what the server says of it."""
    # EXECUTE takes no parameters from a client: the value stands in the text, as SQLAlchemy quotes it.
    value = sqlalchemy.bindparam("value", type_=sqlalchemy.Text(), literal_execute=True)
    query = sqlalchemy.text(f"{MEASURED} EXECUTE {name}(:value)").bindparams(value)
    return _plan(engine, query, {"value": argument})


def _plan(engine: sqlalchemy.Engine, query: sqlalchemy.TextClause, parameters: dict[str, Any]) -> Plan:
    with engine.begin() as connection:
        plan = Plan(connection.execute(query, parameters).scalar_one()[0])
    assert plan.rows > 0, f"{query} found nothing: its time would say nothing"
    return plan
