"""Section 2: what became of every row of the newest files."""

from __future__ import annotations

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from dashboard import charts, outage, queries
from dashboard import format as show

REFRESH_SECONDS = 5
STATUSES = ("SUCCESS", "FAILED", "RUNNING")
COUNTS = ("rows_read", *charts.OUTCOMES)
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
COLUMNS: dict[str, ColumnConfig | str | None] = {
    "object_name": st.column_config.TextColumn("file", width="medium", pinned=True),
    "source": "source",
    "status": "status",
    "balances": st.column_config.TextColumn(
        "balances", help="Rows read = loaded + unchanged + superseded + held + rejected.", alignment="center"
    ),
    "rows_read": st.column_config.NumberColumn("read", format="localized"),
    **{
        column: st.column_config.NumberColumn(name, format="localized") for column, (name, _) in charts.OUTCOMES.items()
    },
    "seconds": st.column_config.NumberColumn("seconds", format="%.1f"),
    "started_at": st.column_config.DatetimeColumn("started", format="D MMM YYYY HH:mm:ss", timezone="UTC"),
    "reason": st.column_config.TextColumn("reason", width="large"),
}


@st.fragment(run_every=REFRESH_SECONDS)
def section() -> None:
    """The newest runs, redrawn every few seconds."""
    st.header("Row accounting", anchor="runs")
    with outage.told():
        sources, statuses = _filters(queries.sources())
        runs = queries.recent_runs(tuple(sources), tuple(statuses))
        if runs.empty:
            st.info(_nothing(bool(sources or statuses)), icon=":material/upload_file:")
        else:
            _draw(runs, only_failed=statuses == ["FAILED"])


def _filters(sources: list[str]) -> tuple[list[str], list[str]]:
    """The chosen sources and statuses; they stand in the URL, so that a link shows what its sender saw."""
    with st.container(horizontal=True):
        chosen = st.pills("Source", sources, selection_mode="multi", key="source", bind="query-params")
        statuses = st.pills("Status", STATUSES, selection_mode="multi", key="status", bind="query-params")
    return sorted(chosen), sorted(statuses)


def _nothing(is_filtered: bool) -> str:
    if is_filtered:
        return "No run matches these filters. Click a chosen source or status once more to drop it."
    return "No run yet. `python -m local upload FILE --prefix sales/` starts one; `make up` loads a sample shop."


def _draw(runs: pd.DataFrame, only_failed: bool) -> None:
    if not only_failed:
        st.markdown(equation(runs))
        st.altair_chart(charts.accounting(runs), key="accounting", alt="Rows of each run by outcome")
    _failures(runs[runs["status"] == "FAILED"], expanded=only_failed)
    st.dataframe(
        with_marks(runs),
        column_config=COLUMNS,
        column_order=list(COLUMNS),
        hide_index=True,
        placeholder="",
        key="runs",
        alt="The newest runs with what became of their rows",
    )
    _download(runs)


def _failures(failed: pd.DataFrame, expanded: bool) -> None:
    """The reasons in full: the table cuts them off."""
    if failed.empty:
        return
    with st.expander(f"Why {show.counted(len(failed), 'file')} failed, and what to do", expanded=expanded):
        for run in failed.itertuples():
            st.markdown(show.code(str(run.object_name)))
            st.text(str(run.reason))


def with_marks(runs: pd.DataFrame) -> pd.DataFrame:
    """The table with a check mark where a run adds up; a run that is under way has none yet."""
    ended = runs["balances"].where(runs["status"] != "RUNNING")
    return runs.assign(balances=ended.map({True: "✓", False: "no"}))


def _download(runs: pd.DataFrame) -> None:
    st.download_button(
        "Download as CSV",
        data=lambda: as_csv(runs),
        file_name="runs.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
    )


def equation(runs: pd.DataFrame) -> str:
    """The rows of the loaded files among these, added up, in one sentence of Markdown."""
    loaded = runs[runs["status"] == "SUCCESS"]
    totals = {column: show.number(int(pd.to_numeric(loaded[column]).fillna(0).sum())) for column in COUNTS}
    outcomes = " + ".join(f"{totals[column]} {name}" for column, (name, _) in charts.OUTCOMES.items())
    among = f"{show.counted(len(loaded), 'loaded file')} among the newest {show.counted(len(runs), 'run')}"
    return f"{among}: **{totals['rows_read']} rows read** = {outcomes}"


def as_csv(runs: pd.DataFrame) -> str:
    """The table as CSV; text that a spreadsheet would take for a formula is quoted."""
    safe = runs.assign(**{name: runs[name].map(_not_a_formula) for name in ("object_name", "reason")})
    return safe.to_csv(index=False)


def _not_a_formula(text: object) -> object:
    return f"'{text}" if isinstance(text, str) and text.startswith(FORMULA_STARTS) else text
