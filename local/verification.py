"""Shows what the checks on the warehouse found, and the checksums of its content."""

from __future__ import annotations

from rich.markup import escape
from rich.table import Table

from functions import verify
from functions.verify import PROPERTIES, Finding
from local import database
from local.home import Home


def run(home: Home) -> list[Finding]:
    """Run every check as the role that reads; raises LocalError where the database does not answer."""
    with database.answering():
        return list(verify.verify(database.warehouse(home)))


def checksums(home: Home) -> Table:
    """Rows and checksum of the content of each table; raises LocalError."""
    with database.answering():
        found = verify.checksums(database.warehouse(home))
    return checksums_table(found)


def checksums_table(found: dict[str, tuple[int, str]]) -> Table:
    """Content checksums for a person, or a program, to compare."""
    shown = Table("table")
    shown.add_column("rows", justify="right")
    shown.add_column("checksum", justify="right")
    for table, (rows, checksum) in found.items():
        shown.add_row(table, f"{rows:,}", checksum)
    return shown


def table(findings: list[Finding]) -> Table:
    """A section a property, a line a check."""
    shown = Table("", "what holds", "")
    for name in ("checked", "wrong"):
        shown.add_column(name, justify="right")
    for name, says in PROPERTIES.items():
        shown.add_section()
        shown.add_row(f"[bold]{name}", f"[bold]{says}")
        for finding in findings:
            if finding.check.property == name:
                verdict = "[green]✓" if finding.holds else "[red]✗"
                shown.add_row("", finding.check.says, verdict, f"{finding.checked:,}", f"{finding.violated:,}")
    return shown


def faults(findings: list[Finding]) -> list[str]:
    """A sentence for each check that failed: what, where, what to do."""
    return [
        f"[red]{finding.check.property} does not hold:[/] {finding.check.says} — not so {finding.violated:,} times in "
        f"{finding.checked:,} (e.g. {escape(finding.example or '')}). {finding.check.hint} "
        f"The query is sql/verify/{finding.check.name}.sql."
        for finding in findings
        if not finding.holds
    ]
