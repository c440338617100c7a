"""The chart of row accounting: pure functions from runs to what is drawn, in the light or dark of Streamlit's theme."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import pandas as pd

from dashboard.format import tail

# Told apart by people who do not see red and green (Okabe and Ito), on white and on black.
OUTCOMES = {
    "rows_loaded": ("loaded", "#009e73"),
    "rows_unchanged": ("unchanged", "#8f99a3"),
    "rows_superseded": ("superseded", "#56b4e9"),
    "rows_held": ("held", "#e69f00"),
    "rows_rejected": ("rejected", "#d55e00"),
}
LABEL_LENGTH = 24
BAR_PIXELS = 20
FRAME_PIXELS = 170  # legend and axis of the accounting chart


def accounting(runs: pd.DataFrame) -> alt.Chart:
    """A bar a run, newest on top: where the rows that were read have gone."""
    labels = list(dict.fromkeys(run_labels(runs["object_name"])))
    names, colors = zip(*OUTCOMES.values(), strict=True)
    chart: alt.Chart = (
        alt.Chart(outcomes_of(runs))
        .mark_bar()
        .encode(
            y=alt.Y("run:N", sort=labels, title=None, axis=alt.Axis(labelLimit=220, labelOverlap=False)),
            x=alt.X("rows:Q", title="rows", stack="zero", axis=alt.Axis(format=",d", tickMinStep=1)),
            color=alt.Color("outcome:N", title=None, sort=names, scale=alt.Scale(domain=names, range=colors)).legend(
                orient="top", columns=2
            ),
            order=alt.Order("position:Q"),
            tooltip=[alt.Tooltip("object:N"), alt.Tooltip("outcome:N"), alt.Tooltip("rows:Q", format=",d")],
        )
        .properties(height=FRAME_PIXELS + BAR_PIXELS * len(labels))
    )
    return chart


def outcomes_of(runs: pd.DataFrame) -> pd.DataFrame:
    """One row a run and outcome: run, object, outcome, position of the outcome in the bar, rows."""
    labeled = runs.assign(run=run_labels(runs["object_name"]))
    parts = [
        pd.DataFrame(
            {
                "run": labeled["run"],
                "object": labeled["object_name"],
                "outcome": name,
                "position": position,
                "rows": pd.to_numeric(labeled[column]).fillna(0).astype("int64"),
            }
        )
        for position, (column, (name, _)) in enumerate(OUTCOMES.items())
    ]
    return pd.concat(parts, ignore_index=True)


def run_labels(names: Sequence[str] | pd.Series[str]) -> list[str]:
    """A short label a run; runs of the same object are numbered, so that each keeps a bar of its own."""
    labels: list[str] = []
    seen: dict[str, int] = {}
    for name in names:
        label = tail(name, LABEL_LENGTH)
        seen[label] = seen.get(label, 0) + 1
        labels.append(label if seen[label] == 1 else f"{label} ({seen[label]})")
    return labels


def arrivals(days: pd.DataFrame) -> alt.LayerChart:
    """A bar a UTC day: the rows that arrived; a stroke where as many as usual would end."""
    texts = [f"{day:%a} {day.day} {day:%b}" for day in days["day"]]
    shown = days.assign(day=texts, usual=pd.to_numeric(days["usual"]))
    base = alt.Chart(shown).encode(
        x=alt.X("day:N", title=None, sort=texts, axis=alt.Axis(labelOverlap=True)),
        tooltip=[
            alt.Tooltip("day:N"),
            alt.Tooltip("rows_read:Q", title="rows", format=",d"),
            alt.Tooltip("usual:Q", title="usual", format=",.0f"),
        ],
    )
    rows = alt.Y("rows_read:Q", title="rows", axis=alt.Axis(format=",d", tickMinStep=1))
    chart: alt.LayerChart = (
        base.mark_bar(color="#0072b2").encode(y=rows)
        + base.mark_tick(color="#e69f00", thickness=3, aria=False).encode(y=alt.Y("usual:Q", title="rows"))
    ).properties(height=200)
    return chart
