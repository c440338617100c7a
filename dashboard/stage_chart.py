"""The stages of a run over time, part by part."""

from __future__ import annotations

import altair as alt
import pandas as pd

# Okabe and Ito, as everywhere: told apart on white and on black.
STAGES = {"validate": "#0072b2", "score": "#e69f00", "transform": "#cc79a7", "load": "#009e73"}
ROW_PIXELS, FRAME_PIXELS = 22, 130


def timeline(stages: pd.DataFrame) -> alt.Chart:
    """A row a part, a bar a stage; seconds count from the first moment of the run."""
    shown = in_seconds(stages)
    parts = shown["part"].drop_duplicates().tolist()
    chart: alt.Chart = (
        alt.Chart(shown)
        .mark_bar()
        .encode(
            x=alt.X("from:Q", title="seconds since the run began"),
            x2=alt.X2("to:Q"),
            y=alt.Y("part:N", title=None, sort=parts),
            color=alt.Color(
                "stage:N", title=None, scale=alt.Scale(domain=list(STAGES), range=list(STAGES.values()))
            ).legend(orient="top"),
            tooltip=[
                alt.Tooltip("part:N"),
                alt.Tooltip("stage:N"),
                alt.Tooltip("seconds:Q", format=",.2f"),
                alt.Tooltip("began_utc:N", title="began, UTC"),
                alt.Tooltip("ended_utc:N", title="ended, UTC"),
            ],
        )
        .properties(height=FRAME_PIXELS + ROW_PIXELS * len(parts))
    )
    return chart


def in_seconds(stages: pd.DataFrame) -> pd.DataFrame:
    """Part, stage, and when it began and ended: in seconds since the first moment, and in UTC as text."""
    began, ended = (pd.to_datetime(stages[name], utc=True) for name in ("began_at", "ended_at"))
    first = began.min()
    return pd.DataFrame(
        {
            "part": "part " + (stages["part_no"] + 1).astype(str),
            "stage": stages["stage"],
            "from": (began - first).dt.total_seconds(),
            "to": (ended - first).dt.total_seconds(),
            "seconds": (ended - began).dt.total_seconds(),
            "began_utc": began.dt.strftime("%Y-%m-%d %H:%M:%S.%f").str[:-3],
            "ended_utc": ended.dt.strftime("%Y-%m-%d %H:%M:%S.%f").str[:-3],
        }
    )
