"""What the files of a source are like: what was rejected or held and why, duplicates, nulls, drift, missing days."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import duplicates_section, figures_first, filters, outage, picture, quality_charts, queries, table, zone
from dashboard import format as show
from dashboard.period import Period

REFRESH_SECONDS = 60
MOST_RUNS, CHARTED_RUNS, CALENDAR_WEEKS = 100, 40, 26
EMPTY = "No file of a known source has arrived yet. `make up` loads a sample shop; the page Upload takes your own."
NO_ROWS = "No file of this source arrived in this period. Choose a longer one."
NO_REASONS = "No row was rejected or held in this period."
NO_DRIFT = "The columns of every file were those of the contract."
NO_QUALITY = "No file of this period has a valid row, so there is nothing to count."


@st.fragment(run_every=REFRESH_SECONDS)
def page() -> None:
    """The page, redrawn every minute."""
    with outage.told():
        sources = [str(name) for name in queries.freshness()["source"] if name != queries.NO_SOURCE]
        if not sources:
            st.info(EMPTY, icon=":material/upload_file:")
            return
        source = st.segmented_control(
            "Source", sources, default=sources[0], required=True, key="source", bind="query-params"
        )
        span = queries.uploads_span(str(source))
        if period := filters.chosen_period(*span):
            _draw(str(source), period)


def _draw(source: str, period: Period) -> None:
    runs = queries.quality_runs(source, period, MOST_RUNS)
    newest = f", the newest {MOST_RUNS} of them" if len(runs) == MOST_RUNS else ""
    st.caption(f"Files uploaded {show.day(period.first)} to {show.day(period.last)}, UTC{newest}")
    if runs.empty:
        st.info(NO_ROWS, icon=":material/event_busy:")
        return
    _figures(runs)
    figures_first.shown("quality")
    _reasons(queries.quality_reasons(source, period, MOST_RUNS))
    duplicates_section.draw(queries.quality_duplicates(source, period, MOST_RUNS))
    _nulls(source, period)
    _drift(runs)
    _calendar(source)
    _runs(runs)


def _figures(runs: pd.DataFrame) -> None:
    numbers = {name: int(pd.to_numeric(runs[name]).fillna(0).sum()) for name in COUNTED}
    with st.container(horizontal=True):
        st.metric("Files", show.number(len(runs)), border=True)
        st.metric("Rows read", show.number(numbers["rows_read"]), border=True)
        for label, name in SHARES.items():
            st.metric(label, show.share(numbers[name], numbers["rows_read"]), border=True)
        st.metric("Repeated rows", show.share(numbers["duplicate_rows"], numbers["rows_valid"]), border=True)
        st.metric("Files that drifted", show.number(int(runs["drift"].notna().sum())), border=True)


SHARES = {
    "Rejected": "rows_rejected",
    "Held": "rows_held",
    "Unchanged": "rows_unchanged",
    "Superseded": "rows_superseded",
}
COUNTED = ("rows_read", *SHARES.values(), "rows_valid", "duplicate_rows")


def _reasons(rows: pd.DataFrame) -> None:
    st.header("Rejected and held, by reason", anchor="reasons")
    if rows.empty:
        st.caption(NO_REASONS)
        return
    for kind in ("rejected", "held"):
        if (rows["kind"] == kind).any():
            chart = quality_charts.reasons(rows, kind)
            picture.draw(chart, key=f"reasons_{kind}", alt=f"Rows {kind} by day of upload and reason")
    totals = rows.groupby(["kind", "reason"], as_index=False)[["logged_rows", "open_rows"]].sum()
    columns: table.Columns = {
        "kind": "kind",
        "reason": st.column_config.TextColumn("reason", width="large"),
        "logged_rows": table.count("rows"),
        "open_rows": table.count("open", "Rows that wait for a decision on the page Review."),
    }
    ordered = totals.sort_values("logged_rows", ascending=False)
    table.draw(ordered, columns, "reasons", "Rejected and held rows by reason")
    if int(totals["open_rows"].sum()):
        st.link_button("Decide about the open ones", "review", icon=":material/arrow_forward:")


def _nulls(source: str, period: Period) -> None:
    st.header("Nulls by column", anchor="nulls")
    shares = queries.quality_nulls(source, period, CHARTED_RUNS)
    if shares.empty:
        st.caption(NO_QUALITY)
        return
    st.caption(
        f"Of the rows that keep their contract, in the newest {show.counted(shares['run_id'].nunique(), 'file')}."
    )
    picture.draw(quality_charts.nulls(shares), key="nulls", alt="Share of nulls by column and file")
    columns: table.Columns = {
        "object_name": st.column_config.TextColumn("file", width="medium"),
        "column_name": "column",
        "nulls": table.count("nulls"),
        "rows_valid": table.count("valid rows"),
        "share": table.percent("share"),
    }
    with st.expander("These figures as a table"):
        table.draw(shares.assign(run_id=shares["run_id"].map(str)), columns, "nulls_table", "Nulls by column and file")


def _drift(runs: pd.DataFrame) -> None:
    st.header("Schema drift", anchor="drift")
    drifted = runs[runs["drift"].notna()]
    if drifted.empty:
        st.caption(NO_DRIFT)
        return
    shown = pd.DataFrame(
        {
            "object_name": drifted["object_name"],
            "uploaded_at": zone.here(drifted["uploaded_at"]),
            "new": [_named(drift.get("new")) for drift in drifted["drift"]],
            "missing": [_named(drift.get("missing")) for drift in drifted["drift"]],
            "retyped": [_named(drift.get("retyped")) for drift in drifted["drift"]],
            "utc": zone.utc_text(drifted["uploaded_at"]),
        }
    )
    columns: table.Columns = {
        "object_name": st.column_config.TextColumn("file", width="medium"),
        "new": "new columns, not read",
        "missing": "missing columns",
        "retyped": "columns of another type",
        "uploaded_at": table.instant("uploaded", zone.name()),
        "utc": "uploaded, UTC",
    }
    table.draw(shown, columns, "drift", "Files whose columns are not those of their contract")


def _named(found: Any) -> str:
    if isinstance(found, dict):
        return ", ".join(f"{name} ({how})" for name, how in found.items())
    return ", ".join(found or [])


def _calendar(source: str) -> None:
    st.header("Days of the source", anchor="calendar")
    mondays = last_mondays(queries.today(), CALENDAR_WEEKS)
    days = queries.source_calendar(source, mondays[0])
    missing = days[days["is_missing"]]
    said = (
        f"{show.counted(len(missing), 'day')} without a file that usually comes"
        if len(missing)
        else "No day is missing"
    )
    st.caption(
        f"{said}, in the last {CALENDAR_WEEKS} weeks. A weekday is judged by the eight before it, and by at least four."
    )
    picture.draw(quality_charts.calendar(days, mondays), key="calendar", alt=f"Days of the source {source}: {said}")
    if len(missing):
        columns: table.Columns = {
            "day": st.column_config.DateColumn("missing day, UTC", format="ddd D MMM YYYY"),
            "usual_rows": table.count("rows on such a day"),
        }
        table.draw(missing, columns, "missing_days", "Missing days")


def last_mondays(today: date, weeks: int) -> list[date]:
    """The Mondays of that many weeks, this one the last."""
    monday = today - timedelta(days=today.weekday())
    return [monday - timedelta(weeks=week) for week in reversed(range(weeks))]


def _runs(runs: pd.DataFrame) -> None:
    st.header("File by file", anchor="files")
    st.caption("Choose a file by the box at its left to see its columns.")
    shown = runs.assign(
        uploaded_at=zone.here(runs["uploaded_at"]),
        utc=zone.utc_text(runs["uploaded_at"]),
        run_id=runs["run_id"].map(str),
    )
    st.session_state["quality_shown"] = shown["run_id"].tolist()
    columns: table.Columns = {
        "object_name": st.column_config.TextColumn("file", width="medium"),
        "status": "status",
        "rows_read": table.count("read"),
        "rows_rejected": table.count("rejected"),
        "rows_held": table.count("held"),
        "rows_unchanged": table.count("unchanged"),
        "rows_superseded": table.count("superseded"),
        "duplicate_rows": table.count("repeated"),
        "is_estimate": st.column_config.CheckboxColumn("estimated", help="Whether the repeats are estimated."),
        "uploaded_at": table.instant("uploaded", zone.name()),
        "utc": "uploaded, UTC",
    }
    table.draw(
        shown.assign(drift=runs["drift"].map(str, na_action="ignore")),
        columns,
        "quality_runs",
        "Quality of the newest files",
        on_select=_choose,
        selection_mode="single-row",
    )
    named = runs[shown["run_id"] == st.query_params.get("run", "")]
    _columns((named if len(named) else runs).iloc[0])


def _choose() -> None:
    """Remember the file that was clicked, by its run: the rows of the table move when files arrive."""
    rows = st.session_state["quality_runs"].selection.rows
    if rows:
        st.query_params["run"] = st.session_state["quality_shown"][rows[0]]


def _columns(run: Any) -> None:
    st.subheader("Columns of a file", anchor="columns")
    st.markdown(show.code(run["object_name"]))
    found = queries.quality_columns(run["run_id"])
    if found.empty:
        st.caption("Nothing is known of its columns: it has no valid row, or was read before columns were counted.")
        return
    columns: table.Columns = {
        "column_name": "column",
        "nulls": table.count("nulls"),
        "share": table.percent("share of nulls"),
        "distinct_values": table.count("different values"),
        "is_estimate": st.column_config.CheckboxColumn("estimated", help="Beyond 65,536 they are estimated."),
        "lowest": "lowest",
        "highest": "highest",
    }
    table.draw(found, columns, "quality_columns", "Columns of the file")
