"""Where the rows lie: months, sizes, archives, whether a month's query reads its month alone, and the pooler."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pandas as pd
import streamlit as st

from dashboard import figures_first, outage, picture, pool, queries, sales_charts, table, zone
from dashboard import format as show

REFRESH_SECONDS = 30
NEWEST_TASKS = 30
EMPTY = (
    "There is no partition yet. A file of sales makes those that it needs, and `maintain` those of the months ahead."
)
NO_ARCHIVE = "No month is archived. With ECO_RETENTION_MONTHS set, `maintain` moves older months to the archive bucket."
NO_CONSOLE = (
    "The console of the connection pooler cannot be had from here. PgBouncer shows it to roles in its `stats_users`; "
    "a managed proxy shows its use in the cloud's own monitoring."
)
NO_MAINTENANCE = "Maintenance has not run yet. `python -m local maintain` runs it now."


@st.fragment(run_every=REFRESH_SECONDS)
def page() -> None:
    """The page, redrawn every half minute."""
    with outage.told():
        partitions = queries.storage("partitions")
        months = partitions[partitions["first_day"].notna()]
        if months.empty:
            st.info(EMPTY, icon=":material/database:")
        else:
            _partitions(partitions, months)
            _pruning(months)
        _archives(queries.storage("archives"))
        _pools(pool.pools())
        _maintenance(queries.storage("maintenance", newest=NEWEST_TASKS))


def _partitions(partitions: pd.DataFrame, months: pd.DataFrame) -> None:
    ahead = int((months["state"] == "ahead").sum())
    with st.container(horizontal=True):
        st.metric("Sale lines, about", show.number(int(partitions["estimated_rows"].sum())), border=True)
        st.metric("Size with indexes", show.size(int(partitions["size_bytes"].sum())), border=True)
        st.metric("Months", show.number(len(months)), border=True)
        st.metric("Months ahead", show.number(ahead), help="Partitions that wait for sales to come.", border=True)
    figures_first.shown("storage")
    if not ahead:
        st.warning("No partition is ready for next month: run `maintain`.", icon=":material/warning:")
    st.header("Partitions", anchor="partitions")
    picture.draw(sales_charts.rows_by_month(months), key="months", alt="Sale lines by month")
    columns: table.Columns = {
        "partition_name": "partition",
        "first_day": st.column_config.DateColumn("from", format="D MMM YYYY"),
        "state": "state",
        "estimated_rows": table.count("rows, about"),
        "size_bytes": st.column_config.NumberColumn("size", format="bytes"),
        "age_days": table.count("age in days", "Days since its month began; negative for months ahead."),
    }
    table.draw(partitions, columns, "partitions", "Partitions of the sales")


def _pruning(months: pd.DataFrame) -> None:
    st.header("A month's query reads its month alone", anchor="pruning")
    filled = months[months["estimated_rows"] > 0]["first_day"].tolist() or months["first_day"].tolist()
    chosen = st.selectbox("Month", [f"{day:%Y-%m}" for day in filled], key="month", bind="query-params", width=220)
    first_day = date.fromisoformat(f"{chosen}-01")
    lines = queries.explained_month(_instant(first_day), _instant(_next(first_day)))
    read, took = partitions_read(lines), milliseconds(lines)
    st.markdown(
        f"Executed just now, on the facts themselves: **{took:,.1f} ms**, reading "
        f"**{show.counted(read, 'partition')} of {len(months) + 1}**."
    )
    with st.expander("The plan"):
        st.code("\n".join(lines), language=None)


def partitions_read(plan: list[str]) -> int:
    """The partitions of the sales that a plan reads."""
    return len({name for line in plan for name in re.findall(r"fact_sales_(?:\d{4}_\d{2}|default)", line)})


def milliseconds(plan: list[str]) -> float:
    """The execution time of a plan that was executed."""
    return next(float(line.split()[2]) for line in plan if line.startswith("Execution Time:"))


def _instant(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _next(first_day: date) -> date:
    return date(first_day.year + first_day.month // 12, first_day.month % 12 + 1, 1)


def _archives(archives: pd.DataFrame) -> None:
    st.header("Archived months", anchor="archives")
    if archives.empty:
        st.info(NO_ARCHIVE, icon=":material/inventory_2:")
        return
    columns: table.Columns = {
        "first_day": st.column_config.DateColumn("month", format="MMM YYYY"),
        "sale_lines": table.count("sale lines"),
        "archived_at": table.instant("archived", zone.name()),
        "restored_at": table.instant("brought back", zone.name()),
        "object_name": st.column_config.TextColumn("archive", width="large"),
    }
    shown = archives.assign(**{name: zone.here(archives[name]) for name in ("archived_at", "restored_at")})
    table.draw(shown, columns, "archives", "Archived months")


def _pools(pools: pd.DataFrame | None) -> None:
    st.header("Connection pooler", anchor="pools")
    if pools is None:
        st.info(NO_CONSOLE, icon=":material/hub:")
        return
    waiting = int(pd.to_numeric(pools["cl_waiting"]).sum())
    st.caption(f"{show.counted(waiting, 'client')} waiting for a connection. From SHOW POOLS of PgBouncer.")
    columns: table.Columns = {
        "database": "database",
        "user": "role",
        "cl_active": table.count("clients active"),
        "cl_waiting": table.count("clients waiting"),
        "sv_active": table.count("servers active"),
        "sv_idle": table.count("servers idle"),
        "maxwait": table.count("longest wait, s"),
        "pool_mode": "mode",
    }
    numbers = [name for name in pools if str(name).startswith(("cl_", "sv_", "maxwait"))]
    table.draw(pools.astype(dict.fromkeys(numbers, "int64")), columns, "pools", "Pools of PgBouncer")


def _maintenance(tasks: pd.DataFrame) -> None:
    st.header("What maintenance did", anchor="maintenance")
    if tasks.empty:
        st.info(NO_MAINTENANCE, icon=":material/build:")
        return
    columns: table.Columns = {
        "logged_at": table.instant("when", zone.name()),
        "task": "task",
        "target": "target",
        "outcome": "outcome",
        "detail": st.column_config.TextColumn("detail", width="large"),
        "utc": "UTC",
    }
    shown = tasks.assign(logged_at=zone.here(tasks["logged_at"]), utc=zone.utc_text(tasks["logged_at"]))
    table.draw(shown, columns, "maintenance", "What maintenance did lately")
