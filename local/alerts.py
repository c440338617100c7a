"""Shows the alerts that stand in the warehouse."""

from __future__ import annotations

from rich.markup import escape
from rich.table import Table

from functions.alert_text import KINDS
from local import database
from local.home import Home


def shown(home: Home) -> list[Table | str]:
    """A table of them, or a sentence that says there are none; raises LocalError."""
    with database.reading(database.warehouse(home)) as transaction:
        alerts = transaction.run("local/open_alerts").all()
    if not alerts:
        return ["Nothing is wrong that maintain knows of."]
    table = Table("alert", "file", "what", "times", "last seen (UTC)", "told")
    for alert in alerts:
        seen_at = f"{alert.last_seen_at:%Y-%m-%d %H:%M}"
        cells = (KINDS[alert.kind].one, alert.object_name or "", alert.what, f"{alert.seen:,}", seen_at)
        table.add_row(*map(escape, cells), escape(alert.told or "nobody"))
    advice = {alert.kind: alert.advice for alert in alerts}
    return [table, *(f"{KINDS[kind].one}: {escape(said)}" for kind, said in advice.items())]
