"""What is up, where, and what is under way."""

from __future__ import annotations

from typing import Any

from rich.console import Group
from rich.table import Table

from local import database, relay_client, stack, state
from local.home import ADDRESS, Home

HTTP_PORTS = ("storage", "relay-inlet", "validate", "score", "transform", "load", "maintain", "dashboard")


def processes(home: Home, record: state.State) -> tuple[Table, bool]:
    """Every process of a running stack, and whether all of them are up."""
    shown = Table("process", "state", "pid", "restarts", "address")
    all_up = True
    for process in (*stack.first(home), *stack.then(home)):
        found = record.processes.get(process.name)
        is_up = found is not None and found.is_alive() and process.healthy()
        all_up = all_up and is_up
        shown.add_row(
            process.name,
            "[green]up" if is_up else "[red]down",
            str(found.pid) if found else "",
            str(found.restarts) if found else "",
            ", ".join(_address(home, port) for port in process.ports),
        )
    return shown, all_up


def work(home: Home) -> Group:
    """The runs by status and the queue of the relay; raises LocalError where the relay does not answer."""
    with database.reading(database.warehouse(home)) as transaction:
        rows = transaction.run("local/runs_by_status").mappings().all()
    runs = Table("runs", "count", "last started")
    for row in rows:
        runs.add_row(row["status"], f"{row['runs']:,}", f"{row['last_started_at']:%Y-%m-%d %H:%M:%S} UTC")
    stats = relay_client.stats(home)
    return Group(runs, _queue(stats), *([_letters(stats)] if stats["dead_letters"] else []))


def _queue(stats: dict[str, Any]) -> Table:
    shown = Table("events for", "pending", "in flight", "dead letters")
    for function in stats["in_flight"]:
        counts = (stats[kind].get(function, 0) for kind in ("pending", "in_flight", "dead"))
        shown.add_row(function, *(f"{count:,}" for count in counts))
    return shown


def _letters(stats: dict[str, Any]) -> Table:
    shown = Table("dead letter", "for", "attempts", "last error", title="`python -m local redrive` sends these again")
    for letter in stats["dead_letters"]:
        shown.add_row(letter["subject"], letter["function"], str(letter["attempts"]), letter["error"])
    return shown


def _address(home: Home, port: str) -> str:
    return home.url(port) if port in HTTP_PORTS else f"{ADDRESS}:{home.port(port)}"
