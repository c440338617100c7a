"""What an alert says: what happened, to which file, what to do, and where to look. Never the content of a row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

SHOWN = 20


@dataclass(frozen=True)
class Kind:
    """A kind of trouble: its name for one and for many, and what to do about it."""

    one: str
    many: str
    advice: str


KINDS = {
    "failed_run": Kind(
        "A file could not be processed",
        "files could not be processed",
        "The dashboard says what is wrong with each. Put it right and upload it again under the same name.",
    ),
    "hanging_run": Kind(
        "A file made no progress and was given up",
        "files made no progress and were given up",
        "Upload them again; if that does not help, the logs of the functions say why.",
    ),
    "quality_threshold": Kind(
        "Many rows of a file were rejected or held",
        "files have many rejected or held rows",
        "The quality log says why, row by row. Correct the file and upload it again, or release what is right.",
    ),
    "missing_file": Kind(
        "A file that usually comes did not",
        "files that usually come did not",
        "Ask whoever sends it. A file that comes late is taken as ever; on a holiday there is nothing to do.",
    ),
    "partition_horizon": Kind(
        "Partitions are missing",
        "tables lack partitions",
        "maintain could not make them; eco.maintenance_log says why. Until then each load makes those it needs.",
    ),
    "dead_letter": Kind(
        "Events were given up",
        "functions have events that were given up",
        "The log of the function says why. Once it works, `python -m local redrive` sends them again.",
    ),
}


def title(kind: str, count: int, told: Sequence[Any]) -> str:
    """One line: what it is about, and the file where there is but one. `told` are rows of sql/alerts/told.sql."""
    if count > 1:
        return f"{count:,} {KINDS[kind].many}"
    name = told[0].object_name
    return f"{KINDS[kind].one}: {_clean(name)}" if name else KINDS[kind].one


def body(kind: str, count: int, told: Sequence[Any], dashboard_url: str) -> str:
    """The whole message: each alert in a line, as many as a person reads."""
    lines = [_line(alert) for alert in told[:SHOWN]]
    rest = [f"- and {count - len(lines):,} more"] if count > len(lines) else []
    headline = f"{title(kind, count, told)}."
    return "\n".join([headline, "", *lines, *rest, "", KINDS[kind].advice, "", f"Dashboard: {dashboard_url}", ""])


def _line(alert: Any) -> str:
    said = " ".join(filter(None, (_clean(alert.object_name or ""), _clean(alert.what))))
    often = f" ({alert.seen:,} times, last {alert.last_seen_at:%Y-%m-%d %H:%M} UTC)" if alert.seen > 1 else ""
    return f"- {said}{often}"


def _clean(text: str) -> str:
    """On one line, and nothing that a terminal or a mail would take for a command."""
    return "".join(character if character.isprintable() else " " for character in text)
