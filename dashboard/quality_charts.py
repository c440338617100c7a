"""Charts of quality: pure functions from what the files were like to what is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import altair as alt
import pandas as pd

from dashboard.charts import run_labels

# Light enough at its end to be told from the ground in the light, dark enough at its beginning in the dark.
NULL_COLORS = ("#a9bccb", "#0072b2", "#cc3311")
REASON_COLORS = ("#d55e00", "#e69f00", "#56b4e9", "#0072b2", "#cc79a7", "#009e73", "#8f99a3")
MOST_REASONS = len(REASON_COLORS) - 1
OTHERS = "other reasons"
DAY_STATES = {
    "as usual": "#009e73",
    "more or fewer rows than usual": "#e69f00",
    "missing": "#d55e00",
    "no file, none expected": "#c9d1d6",
}
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
CELL_PIXELS, REASON_PIXELS, LABEL_LENGTH = 22, 260, 60
NULLS_FRAME_PIXELS, CALENDAR_FRAME_PIXELS = 210, 170  # axis and legend


def nulls(shares: pd.DataFrame) -> alt.Chart:
    """A row a column, a field a file, oldest first: the share of nulls."""
    order = shares.drop_duplicates("run_id")
    labels = dict(zip(order["run_id"], run_labels(order["object_name"]), strict=True))
    shown = shares.assign(file=shares["run_id"].map(labels), nulls=pd.to_numeric(shares["nulls"]))
    chart: alt.Chart = (
        alt.Chart(shown[["file", "object_name", "column_name", "nulls", "rows_valid", "share"]])
        .mark_rect(stroke="#8f99a3", strokeWidth=0.4)
        .encode(
            x=alt.X("file:N", title=None, sort=list(labels.values()), axis=alt.Axis(labelAngle=-50, labelLimit=170)),
            y=alt.Y("column_name:N", title=None, axis=alt.Axis(labelLimit=150)),
            color=alt.Color(
                "share:Q", title="nulls", scale=alt.Scale(domain=[0, 0.5, 1], range=list(NULL_COLORS))
            ).legend(orient="top", format="%", gradientLength=160),
            tooltip=[
                alt.Tooltip("object_name:N", title="file"),
                alt.Tooltip("column_name:N", title="column"),
                alt.Tooltip("share:Q", title="nulls", format=".1%"),
                alt.Tooltip("nulls:Q", title="rows without a value", format=",d"),
                alt.Tooltip("rows_valid:Q", title="valid rows", format=",d"),
            ],
        )
        .properties(height=NULLS_FRAME_PIXELS + CELL_PIXELS * shown["column_name"].nunique())
    )
    return chart


def reasons(rows: pd.DataFrame, kind: str) -> alt.Chart:
    """A bar a day of upload, its rows by reason; what is rare is put together."""
    shown = by_day_and_reason(rows[rows["kind"] == kind])
    names = shown.groupby("reason")["rows"].sum().sort_values(ascending=False).index.tolist()
    days = sorted(shown["day"].unique())
    chart: alt.Chart = (
        alt.Chart(shown.assign(day=[f"{day:%Y-%m-%d}" for day in shown["day"]]))
        .mark_bar(size=max(3, min(48, 700 // max(1, len(days)))))
        .encode(
            x=alt.X("day:N", title="day of upload, UTC", axis=alt.Axis(labelOverlap=True, labelAngle=0)),
            y=alt.Y("rows:Q", title=f"{kind} rows", axis=alt.Axis(format=",d", tickMinStep=1)),
            color=alt.Color(
                "reason:N", title=None, sort=names, scale=alt.Scale(domain=names, range=list(REASON_COLORS))
            ).legend(orient="bottom", columns=1, labelLimit=560),
            tooltip=[alt.Tooltip("day:N"), alt.Tooltip("reason:N"), alt.Tooltip("rows:Q", format=",d")],
        )
        .properties(height=REASON_PIXELS + 24 * len(names))
    )
    return chart


def by_day_and_reason(rows: pd.DataFrame) -> pd.DataFrame:
    """Day, reason and rows; reasons beyond the commonest few are one."""
    totals = rows.groupby("reason")["logged_rows"].sum().sort_values(ascending=False)
    kept = {
        str(name): tail_end(str(name))
        for name in totals.index[: MOST_REASONS if len(totals) > MOST_REASONS + 1 else None]
    }
    named = rows.assign(reason=rows["reason"].map(lambda name: kept.get(name, OTHERS)))
    return named.groupby(["day", "reason"])["logged_rows"].sum().rename("rows").reset_index()


def tail_end(reason: str) -> str:
    """A reason short enough for a legend."""
    return reason if len(reason) <= LABEL_LENGTH else f"{reason[: LABEL_LENGTH - 1]}…"


def calendar(days: pd.DataFrame, mondays: Sequence[date]) -> alt.Chart:
    """A field a day, a column a week, a row a weekday: whether the source sent what it usually sends."""
    shown = with_states(days)
    weeks = [f"{monday:%Y-%m-%d}" for monday in mondays]
    chart: alt.Chart = (
        alt.Chart(shown)
        .mark_rect(stroke="#8f99a3", strokeWidth=0.4, cornerRadius=2)
        .encode(
            x=alt.X(
                "week:N",
                title="week from",
                sort=weeks,
                scale=alt.Scale(domain=weeks),
                axis=alt.Axis(labelOverlap=True, labelAngle=0),
            ),
            y=alt.Y(
                "weekday:N",
                title=None,
                sort=list(WEEKDAYS),
                scale=alt.Scale(domain=list(WEEKDAYS)),
                axis=alt.Axis(labelOverlap=False),
            ),
            color=alt.Color(
                "state:N",
                title=None,
                scale=alt.Scale(domain=list(DAY_STATES), range=list(DAY_STATES.values())),
            ).legend(orient="top", columns=2, labelLimit=240),
            tooltip=[
                alt.Tooltip("date:N"),
                alt.Tooltip("state:N"),
                alt.Tooltip("files:Q", format=",d"),
                alt.Tooltip("rows_read:Q", title="rows", format=",d"),
                alt.Tooltip("usual_rows:Q", title="usual rows", format=",.0f"),
            ],
        )
        .properties(height=CALENDAR_FRAME_PIXELS + CELL_PIXELS * len(WEEKDAYS))
    )
    return chart


def with_states(days: pd.DataFrame) -> pd.DataFrame:
    """The days with their week, weekday and state, in words."""
    states = [
        "missing" if day.is_missing
        else "no file, none expected" if not day.files
        else "more or fewer rows than usual" if day.is_unusual
        else "as usual"
        for day in days.itertuples()
    ]  # fmt: skip
    stamps = pd.to_datetime(days["day"])
    mondays = stamps - pd.to_timedelta(stamps.dt.day_of_week, unit="D")
    return pd.DataFrame(
        {
            "date": [f"{WEEKDAYS[day.day_of_week]} {day:%Y-%m-%d}" for day in stamps],
            "week": [f"{day:%Y-%m-%d}" for day in mondays],
            "weekday": [WEEKDAYS[day.day_of_week] for day in stamps],
            "state": states,
            "files": pd.to_numeric(days["files"]),
            "rows_read": pd.to_numeric(days["rows_read"]),
            "usual_rows": pd.to_numeric(days["usual_rows"]),
        }
    )
