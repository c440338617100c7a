"""A file on its way: sent to the raw bucket, then watched until its run has ended."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import charts, outage, picture, queries, stage_chart
from dashboard import format as show
from dashboard.settings import current
from dashboard.writing import platform, store
from functions.events import ObjectEvent
from functions.model import Model, ModelError
from functions.model_store import model_for

logger = logging.getLogger(__name__)

SENT, SENT_FILE, TROUBLE = "sent", "sent_file", "sending_trouble"
REFRESH_SECONDS = 1
MODEL_SECONDS = 60
NO_STORAGE = "The storage does not answer, so nothing was sent. Try again in a moment."
STAGES = ("validate", "score", "transform", "load")
MEANINGS = {
    "SUCCESS": "All its rows are accounted for.",
    "FAILED": "It failed, and this is why. Put the file right and send it again under the same name.",
}


@dataclass(frozen=True)
class Newest:
    """The model that sales would be judged by; None where each file is its own baseline."""

    model: Model | None


@st.cache_resource(ttl=MODEL_SECONDS, show_spinner=False)
def model() -> Newest:
    """The anomaly model in use. Without storage, sales are judged by the others of their file."""
    failures: tuple[type[Exception], ...] = (*store().failures, ModelError)
    try:
        return Newest(model_for(platform()))
    except failures as error:
        logger.warning("the preview does without a model: %s", error)
        return Newest(None)


def send(file_id: str, name: str, data: bytes) -> None:
    """Put a file into the raw bucket, and remember its run; `file_id` tells this drop of a file from another."""
    st.session_state.pop(TROUBLE, None)
    try:
        event = store().upload(current().bucket_raw, name, data)
    except store().failures as error:
        logger.warning("a file could not be sent: %s", error)
        st.session_state[TROUBLE] = NO_STORAGE
        return
    st.session_state[SENT], st.session_state[SENT_FILE] = event, (file_id, name)


def is_sent(file_id: str, name: str) -> bool:
    """Whether this very file was sent under that name already."""
    return bool(st.session_state.get(SENT_FILE) == (file_id, name))


@st.fragment(run_every=REFRESH_SECONDS)
def watch() -> None:
    """The file that was sent last, stage by stage."""
    if trouble := st.session_state.get(TROUBLE):
        st.error(trouble, icon=":material/cloud_off:")
    event: ObjectEvent | None = st.session_state.get(SENT)
    if event is None:
        return
    with outage.told():
        st.header("On its way", anchor="progress")
        found = queries.run_progress(event.run_id)
        if found.empty:
            st.markdown(f"{show.code(event.name)} is sent. `validate` has not begun with it yet.")
            return
        run = found.iloc[0]
        st.markdown(f"{show.code(event.name)} **{run['status']}**")
        _stages(run)
        _ended(run)
        st.link_button("Show it on the page Pipeline", f"pipeline?run={event.run_id}", icon=":material/arrow_forward:")


def _stages(run: Any) -> None:
    share, text = progress(run)
    st.progress(share, text)
    stages = queries.run_stages(run["run_id"])
    if len(stages):
        picture.draw(stage_chart.timeline(stages), key="sent_stages", alt="When each part was in which stage")


def progress(run: Any) -> tuple[float, str]:
    """How far a run is, as a share of its parts, and in words."""
    if run["status"] == "FAILED":
        return 1.0, f"It ended in {run['failed_stage']}."
    if pd.isna(run["parts_total"]):
        return 0.0, "validate holds its rows against the contract."
    loaded, total = int(run["parts_loaded"]), int(run["parts_total"])
    if run["status"] == "SUCCESS":
        return 1.0, f"{show.counted(total, 'part')} passed {', '.join(STAGES)}."
    on_their_way = "score, transform and load have the rest"
    return loaded / max(total, 1), f"{loaded} of {show.counted(total, 'part')} loaded; {on_their_way}."


def _ended(run: Any) -> None:
    if run["status"] == "FAILED":
        st.error(MEANINGS["FAILED"], icon=":material/error:")
        st.text(str(run["reason"]))
    if run["status"] == "SUCCESS":
        counts = {name: int(run[column]) for column, (name, _) in charts.OUTCOMES.items()}
        told = " + ".join(f"{show.number(count)} {name}" for name, count in counts.items())
        st.success(
            f"{MEANINGS['SUCCESS']} {show.number(run['rows_read'])} read = {told}.", icon=":material/check_circle:"
        )
        if run["notice"]:
            st.info(str(run["notice"]))
