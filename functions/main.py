"""The five functions as CloudEvent targets, for functions-framework and Cloud Run functions alike.

Each imports its own code when it is first called, and what only some events need with the first of those.
"""

from __future__ import annotations

import sys
from pathlib import Path

import functions_framework
from cloudevents.http import CloudEvent

# functions-framework puts the folder of this file on the path, but the package lies beside it.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from functions.events import DECIDED, from_object_resource
from functions.runtime import ready, run_stage


def _run(stage: str, event: CloudEvent) -> None:
    handle, on = ready(stage)
    run_stage(stage, from_object_resource(event.get_data()), handle, on)


@functions_framework.cloud_event
def validate(event: CloudEvent) -> None:
    """An upload in the raw bucket: check it, and cut it into parts."""
    _run("validate", event)


@functions_framework.cloud_event
def score(event: CloudEvent) -> None:
    """A part in the validated bucket: find anomalous sales."""
    _run("score", event)


@functions_framework.cloud_event
def transform(event: CloudEvent) -> None:
    """A part in the scored bucket: compute money and carbon."""
    _run("transform", event)


@functions_framework.cloud_event
def load(event: CloudEvent) -> None:
    """A part in the curated bucket: load it into the warehouse. Or a person's decision: load what was released."""
    if event["type"] == DECIDED:
        _, on = ready("load")
        from functions import review

        review.handle(on)
        return
    _run("load", event)


@functions_framework.cloud_event
def maintain(_event: CloudEvent) -> None:
    """A tick of the scheduler: partitions, retention, clean-up, missed uploads."""
    handle, on = ready("maintain")
    handle(on)
