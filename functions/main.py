"""The five functions as CloudEvent targets, for functions-framework and Cloud Run functions alike.

Each imports its own code when it is first called: only maintain, when it trains a model, imports scikit-learn.
"""

from __future__ import annotations

import sys
from pathlib import Path

import functions_framework
from cloudevents.http import CloudEvent

# functions-framework puts the folder of this file on the path, but the package lies beside it.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from functions.events import DECIDED, from_object_resource
from functions.lean import without_pandas
from functions.runtime import Handler, platform, run_stage


def _run(stage: str, event: CloudEvent, handler: Handler) -> None:
    run_stage(stage, from_object_resource(event.get_data()), handler, platform())


@functions_framework.cloud_event
def validate(event: CloudEvent) -> None:
    """An upload in the raw bucket: check it, and cut it into parts."""
    without_pandas()
    from functions.validate import handle

    _run("validate", event, handle)


@functions_framework.cloud_event
def score(event: CloudEvent) -> None:
    """A part in the validated bucket: find anomalous sales."""
    from functions.score import handle

    _run("score", event, handle)


@functions_framework.cloud_event
def transform(event: CloudEvent) -> None:
    """A part in the scored bucket: compute money and carbon."""
    without_pandas()
    from functions.transform import handle

    _run("transform", event, handle)


@functions_framework.cloud_event
def load(event: CloudEvent) -> None:
    """A part in the curated bucket: load it into the warehouse. Or a person's decision: load what was released."""
    without_pandas()
    if event["type"] == DECIDED:
        from functions import review

        review.handle(platform())
        return
    from functions.load import handle

    _run("load", event, handle)


@functions_framework.cloud_event
def maintain(_event: CloudEvent) -> None:
    """A tick of the scheduler: partitions, retention, clean-up, missed uploads."""
    without_pandas()
    from functions.maintain import handle

    handle(platform())
