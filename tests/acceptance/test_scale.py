"""One, two and four of each function share a backfill, and make the warehouse that a single process makes of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from functions import verify
from functions.warehouse import connect
from tests.acceptance import compose_home
from tests.acceptance.homes import SETTINGS
from tests.pipeline import Pipeline

pytestmark = pytest.mark.timeout(2400)  # the first start in containers builds the images

DAYS = 10


@pytest.mark.parametrize("instances", [1, 2, 4])
def test_any_number_of_each_function_makes_the_warehouse_that_one_process_makes(
    instances: int, pipeline: Pipeline, online_retail: list[Path]
) -> None:
    days = online_retail[:DAYS]
    pipeline.changes |= {
        "part_rows": int(SETTINGS["ECO_PART_ROWS"]),
        "model_version": SETTINGS["ECO_MODEL_VERSION"],
    }
    pipeline.process(*(pipeline.upload(compose_home.retail_name(day), day.read_bytes()) for day in days))
    with compose_home.project_up("gcp", instances) as (project, home):
        uploads = [home.upload(compose_home.retail_name(day), day.read_bytes()) for day in days]
        assert {run["status"] for run in home.finished(*uploads)} == {"SUCCESS"}
        one = verify.checksums(connect(pipeline.settings("eco_reader")), with_generations=False)
        assert home.checksums() == one
        assert len(compose_home.instances_that_worked(project, "load")) >= min(instances, 2)
