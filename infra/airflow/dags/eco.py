"""Airflow for those who have it: backfills shared among the executors, and a daily reconciliation.

Both run the functions' own handlers, in the Python of the platform (ECO_PYTHON), not in Airflow's: neither has to
agree with the other's versions. Events may go on meanwhile: what both of them do is done once. The settings ECO_* are
those of the role eco_operator.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from typing import Any

from airflow.providers.standard.sensors.bash import BashSensor
from airflow.sdk import Param, chain, dag, task, task_group

PYTHON = os.environ.get("ECO_PYTHON", "/opt/venv/bin/python")
ANYTHING_PENDING = (
    f"{PYTHON} -c 'import sys; from functions import batch, runtime; sys.exit(not batch.pending(runtime.platform()))'"
)
COMMON: dict[str, Any] = {
    "start_date": datetime(2025, 1, 1, tzinfo=UTC),
    "catchup": False,
    "max_active_runs": 1,
    "default_args": {
        "retries": 3,
        "retry_delay": timedelta(seconds=30),
        "retry_exponential_backoff": True,
        "max_retry_delay": timedelta(minutes=10),
    },
    "params": {
        "prefix": Param("", type="string", description="only uploads whose names begin so"),
        "uploads_per_task": Param(20, type="integer", minimum=1, description="uploads that one task takes on"),
    },
    "doc_md": __doc__,
}


@task.external_python(python=PYTHON)
def pending(prefix: str, size: str) -> list[list[dict[str, str]]]:
    """The uploads that have not ended, in groups."""
    from functions import batch, runtime

    return batch.batches(runtime.platform(), prefix, int(size))


@task.external_python(python=PYTHON)
def extract(uploads: list[dict[str, str]]) -> list[dict[str, str]]:
    """Check each file, and cut it into parts."""
    from functions import batch, runtime

    batch.run(runtime.platform(), uploads, "validate")
    return uploads


@task.external_python(python=PYTHON)
def transform(uploads: list[dict[str, str]]) -> list[dict[str, str]]:
    """Find anomalous sales, compute money and carbon."""
    from functions import batch, runtime

    batch.run(runtime.platform(), uploads, "score", "transform")
    return uploads


@task.external_python(python=PYTHON)
def load(uploads: list[dict[str, str]]) -> None:
    """Load each part into the warehouse."""
    from functions import batch, runtime

    batch.run(runtime.platform(), uploads, "load")


@task.external_python(python=PYTHON, trigger_rule="all_done")
def cleanup() -> None:
    """One tick of maintenance, also where an upload is still in trouble."""
    from functions import batch, runtime

    batch.clean_up(runtime.platform())


@task_group
def process(uploads: list[dict[str, str]]) -> None:
    """One group of uploads, from file to facts."""
    load(transform(extract(uploads)))


def _process_all() -> tuple[Any, Any]:
    """Everything that is pending; returns the first task and the last ones."""
    groups = pending("{{ params.prefix }}", "{{ params.uploads_per_task }}")
    return groups, process.expand(uploads=groups)


@dag(schedule=None, tags=["eco"], **COMMON)
def eco_backfill() -> None:
    """Process what lies in the raw bucket and has not been processed yet."""
    _, processed = _process_all()
    chain(processed, cleanup())


@dag(schedule="@daily", tags=["eco"], **COMMON)
def eco_daily() -> None:
    """file_sensor -> extract -> transform -> load -> cleanup: what events have missed, once a day."""
    file_sensor = BashSensor(
        task_id="file_sensor",
        bash_command=ANYTHING_PENDING,
        retry_exit_code=1,
        mode="reschedule",
        poke_interval=600,
        timeout=20 * 3600,
        soft_fail=True,
    )
    groups, processed = _process_all()
    chain(file_sensor, groups)
    chain(processed, cleanup())


eco_backfill()
eco_daily()
