"""What became of every file and every row of it, and where the time went."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pandas as pd
import streamlit as st

from dashboard import charts, figures_first, glance, outage, picture, queries, stage_chart, table, zone
from dashboard import format as show

REFRESH_SECONDS = 3
STATUSES = ("SUCCESS", "FAILED", "RUNNING")
WINDOWS = {"24 hours": 1, "7 days": 7, "30 days": 30, "All": None}
COUNTS = ("rows_read", *charts.OUTCOMES)
BARS = 30
COLUMNS: table.Columns = {
    "object_name": st.column_config.TextColumn("file", width="medium", pinned=True),
    "source": "source",
    "status": "status",
    "balances": st.column_config.TextColumn(
        "balances", help="Rows read = loaded + unchanged + superseded + held + rejected.", alignment="center"
    ),
    "rows_read": table.count("read"),
    **{column: table.count(name) for column, (name, _) in charts.OUTCOMES.items()},
    "seconds": st.column_config.NumberColumn("seconds", format="%.1f"),
    "attempts": table.count("attempts", "How often its validation was begun."),
    "started_at": None,
    "utc": "started, UTC",
    "reason": st.column_config.TextColumn("reason", width="large"),
}


@st.fragment(run_every=REFRESH_SECONDS)
def page() -> None:
    """The page, redrawn every few seconds, so that a run is seen on its way."""
    with outage.told():
        with st.container(horizontal=True):
            glance.draw(queries.health(), glance.FILES)
        figures_first.shown("pipeline")
        sources, statuses, since = _filters(queries.sources())
        runs = queries.recent_runs(sources, statuses, since, _named())
        if runs.empty:
            st.info(_nothing(bool(sources or statuses or since)), icon=":material/upload_file:")
        else:
            _runs(runs, only_failed=statuses == ("FAILED",))


def _named() -> UUID | None:
    """The run that the URL names; None where it names none."""
    try:
        return UUID(st.query_params.get("run", ""))
    except ValueError:
        return None


def _filters(sources: list[str]) -> tuple[tuple[str, ...], tuple[str, ...], datetime | None]:
    """The chosen sources, statuses and the time from which on; they stand in the URL, so that a view can be shared."""
    with st.container(horizontal=True):
        chosen = st.pills("Source", sources, selection_mode="multi", key="source", bind="query-params")
        statuses = st.pills("Status", STATUSES, selection_mode="multi", key="status", bind="query-params")
        window = st.segmented_control(
            "Started in the last", WINDOWS, default="All", required=True, key="window", bind="query-params"
        )
    days = WINDOWS[str(window)]
    # To the minute, so that the same question has the same answer in the cache for a while.
    now = datetime.now(zone.viewer()).replace(second=0, microsecond=0)
    return tuple(sorted(chosen or ())), tuple(sorted(statuses or ())), now - timedelta(days=days) if days else None


def _nothing(is_filtered: bool) -> str:
    if is_filtered:
        return "No run matches these filters. Click a chosen source or status once more to drop it, or choose All."
    return "No run yet. `python -m local upload FILE --prefix sales/` starts one; `make up` loads a sample shop."


def _runs(runs: pd.DataFrame, only_failed: bool) -> None:
    _failures(runs[runs["status"] == "FAILED"], expanded=only_failed)
    st.header("Runs", anchor="runs")
    st.caption(f"The newest {show.counted(len(runs), 'run')}. Choose one by the box at its left to see its stages.")
    shown = with_marks(runs).assign(started_at=zone.here(runs["started_at"]), utc=zone.utc_text(runs["started_at"]))
    st.session_state["runs_shown"] = [str(run_id) for run_id in runs["run_id"]]
    columns = {**COLUMNS, "started_at": table.instant("started", zone.name())}
    table.draw(
        shown.assign(run_id=shown["run_id"].map(str)),
        columns,
        "runs",
        "The newest runs with what became of their rows",
        on_select=_choose,
        selection_mode="single-row",
    )
    _chosen_run(runs)
    if not only_failed:
        st.header("Row accounting", anchor="accounting")
        st.markdown(equation(runs))
        chart = charts.accounting(runs.head(BARS))
        picture.draw(chart, key="accounting", alt=f"Rows of each of the newest {BARS} runs by outcome")


def _failures(failed: pd.DataFrame, expanded: bool) -> None:
    """The reasons in full: the table cuts them off."""
    if failed.empty:
        return
    with st.expander(f"Why {show.counted(len(failed), 'file')} failed, and what to do", expanded=expanded):
        for run in failed.itertuples():
            st.markdown(show.code(str(run.object_name)))
            st.text(str(run.reason))


def _choose() -> None:
    """Remember the run that was clicked, by its id: the rows of the table move when files arrive."""
    rows = st.session_state["runs"].selection.rows
    if rows:
        st.query_params["run"] = st.session_state["runs_shown"][rows[0]]


def _chosen_run(runs: pd.DataFrame) -> None:
    """The run that the URL names, else the newest that has a part in the warehouse."""
    named = runs[runs["run_id"].map(str) == st.query_params.get("run", "")]
    with_parts = runs[runs["parts_loaded"] > 0]
    chosen = named if len(named) else with_parts
    if len(chosen):
        run = chosen.iloc[0]
        st.header("Stages of a run", anchor="stages")
        _details(run)
        _timeline(run["run_id"], run["parts_loaded"])


def _details(run: Any) -> None:
    known = not pd.isna(run["parts_total"])
    parts = f"{run['parts_loaded']} of {run['parts_total']:.0f} parts" if known else "parts not known yet"
    st.markdown(
        f"{show.code(run['object_name'])} **{run['status']}**, {parts}, "
        f"{show.counted(int(run['attempts']), 'attempt')}, {show.size(int(run['size_bytes']))}, "
        f"uploaded {zone.moment(run['uploaded_at'])}",
        help=zone.in_utc(run["uploaded_at"]),
    )
    if pd.notna(run["reason"]):
        st.text(str(run["reason"]))


def _timeline(run_id: UUID, parts: int) -> None:
    stages = queries.run_stages(run_id)
    if stages.empty:
        st.caption("No part of it is in the warehouse: there are no stages to show.")
        return
    if parts > queries.MOST_PARTS:
        st.caption(f"The first {queries.MOST_PARTS} of {parts:,} parts.")
    picture.draw(stage_chart.timeline(stages), key="stages", alt="When each part of the run was in which stage")


def with_marks(runs: pd.DataFrame) -> pd.DataFrame:
    """The table with a check mark where a run adds up; a run that is under way has none yet."""
    ended = runs["balances"].where(runs["status"] != "RUNNING")
    return runs.assign(balances=ended.map({True: "✓", False: "no"}))


def equation(runs: pd.DataFrame) -> str:
    """The rows of the loaded files among these, added up, in one sentence of Markdown."""
    loaded = runs[runs["status"] == "SUCCESS"]
    totals = {column: show.number(int(pd.to_numeric(loaded[column]).fillna(0).sum())) for column in COUNTS}
    outcomes = " + ".join(f"{totals[column]} {name}" for column, (name, _) in charts.OUTCOMES.items())
    among = f"{show.counted(len(loaded), 'loaded file')} among the newest {show.counted(len(runs), 'run')}"
    return f"{among}: **{totals['rows_read']} rows read** = {outcomes}"
