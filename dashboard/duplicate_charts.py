"""Charts of duplicates: pure functions from what files said twice to what is drawn."""

from __future__ import annotations

import altair as alt
import pandas as pd

from dashboard.charts import run_labels
from dashboard.format import tail

# What became of rows that were there already; the colors of the outcomes are those of the page Pipeline.
KINDS = {
    "rows_unchanged": ("unchanged: said before", "#8f99a3"),
    "rows_superseded": ("superseded by a later file", "#56b4e9"),
    "repeats_rejected": ("rejected: repeat of a row of the file", "#d55e00"),
    "held_again": ("held, and so was the same row before", "#e69f00"),
}
PIXELS, NAME_PIXELS, MOST_BAR_PIXELS, CHART_PIXELS, LABEL_LENGTH = 260, 80, 48, 700, 60


def by_day(files: pd.DataFrame) -> alt.Chart:
    """A bar a day of upload: its rows that were there already, by what became of them."""
    rows = long(files.assign(place=[f"{day:%Y-%m-%d}" for day in files["day"]]), ["place"])
    places = sorted(rows["place"].unique())
    axis = alt.Axis(labelOverlap=True, labelAngle=0)
    tooltip = alt.Tooltip("place:N", title="day")
    return _stacked(rows, places, alt.X("place:N", title="day of upload, UTC", sort=places, axis=axis), tooltip)


def by_file(files: pd.DataFrame) -> alt.Chart:
    """A bar a file, oldest first: the same."""
    ordered = files.iloc[::-1]
    places = run_labels(ordered["object_name"])
    rows = long(ordered.assign(place=places), ["place", "object_name"])
    axis = alt.Axis(labelAngle=-50, labelLimit=170, labelOverlap=True)
    tooltip = alt.Tooltip("object_name:N", title="file")
    chart = _stacked(rows, places, alt.X("place:N", title=None, sort=places, axis=axis), tooltip)
    return chart.properties(height=chart.height + NAME_PIXELS)


def with_any(files: pd.DataFrame) -> pd.DataFrame:
    """The files that have some, as they stand."""
    found: pd.DataFrame = files[files[list(KINDS)].apply(pd.to_numeric).any(axis="columns")]
    return found


def long(files: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """One line a place and kind: how many rows; kinds that there are none of are left out."""
    found = [
        files[by].assign(kind=name, rows=pd.to_numeric(files[column]))
        for column, (name, _) in KINDS.items()
        if pd.to_numeric(files[column]).any()
    ]
    shown = pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=[*by, "kind", "rows"])
    return shown.groupby([*by, "kind"], sort=False, as_index=False)[["rows"]].sum()


def repeats(files: pd.DataFrame) -> alt.Chart:
    """A bar a file, oldest first: the share of its valid rows that repeat another row of it."""
    ordered = files[files["rows_valid"].fillna(0) > 0].iloc[::-1]
    labels = run_labels(ordered["object_name"])
    shown = pd.DataFrame(
        {
            "file": labels,
            "object_name": [tail(name, LABEL_LENGTH) for name in ordered["object_name"]],
            "rows": pd.to_numeric(ordered["duplicate_rows"]).to_numpy(),
            "share": (pd.to_numeric(ordered["duplicate_rows"]) / pd.to_numeric(ordered["rows_valid"])).to_numpy(),
        }
    )
    chart: alt.Chart = (
        alt.Chart(shown)
        .mark_bar(color="#0072b2")
        .encode(
            x=alt.X(
                "file:N", title=None, sort=labels, axis=alt.Axis(labelAngle=-50, labelLimit=170, labelOverlap=True)
            ),
            y=alt.Y("share:Q", title="repeated rows", axis=alt.Axis(format="~%")),
            tooltip=[
                alt.Tooltip("object_name:N", title="file"),
                alt.Tooltip("rows:Q", title="repeated rows", format=",d"),
                alt.Tooltip("share:Q", format=".2%"),
            ],
        )
        .properties(height=PIXELS)
    )
    return chart


def _stacked(rows: pd.DataFrame, places: list[str], x: alt.X, tooltip: alt.Tooltip) -> alt.Chart:
    names = [name for name, _ in KINDS.values() if name in set(rows["kind"])]
    colors = [color for name, color in KINDS.values() if name in names]
    chart: alt.Chart = (
        alt.Chart(rows)
        .mark_bar(size=max(3, min(MOST_BAR_PIXELS, CHART_PIXELS // max(1, len(places)))))
        .encode(
            x=x,
            y=alt.Y("rows:Q", title="rows", stack="zero", axis=alt.Axis(format=",d", tickMinStep=1)),
            color=alt.Color("kind:N", title=None, sort=names, scale=alt.Scale(domain=names, range=colors)).legend(
                orient="bottom", columns=1, labelLimit=360
            ),
            tooltip=[tooltip, alt.Tooltip("kind:N"), alt.Tooltip("rows:Q", format=",d")],
        )
        .properties(height=PIXELS + 24 * len(names))
    )
    return chart
