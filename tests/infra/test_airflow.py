"""The DAGs of infra/airflow in the real Airflow, on real buckets and a real warehouse."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from functions import verify
from functions.settings import Settings, variable
from functions.warehouse import connect
from local.home import REPOSITORY
from tests.pipeline import Pipeline

pytestmark = pytest.mark.timeout(1200)

FOLDER = REPOSITORY / "infra" / "airflow"
DAYS = 20
PREFIX = "sales/online-retail/"


@pytest.fixture(scope="module")
def airflow() -> Path:
    """The command of an Airflow in a virtual environment of its own, made once."""
    made = subprocess.run(["make", "airflow"], cwd=REPOSITORY, capture_output=True, text=True)
    if made.returncode != 0:
        pytest.skip(f"Airflow cannot be installed here: {made.stderr.strip()[-500:]}")
    return REPOSITORY / ".airflow" / "bin" / "airflow"


@pytest.fixture(scope="module")
def environment(airflow: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Airflow with a home and a database of its own."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "ECO_"))},
        "AIRFLOW_HOME": str(tmp_path_factory.mktemp("airflow")),
        "AIRFLOW__CORE__DAGS_FOLDER": str(FOLDER / "dags"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "ECO_PYTHON": sys.executable,
    }
    subprocess.run([airflow, "db", "migrate"], env=environment, check=True, capture_output=True)
    return environment


def test_the_dags_are_imported_without_an_error(airflow: Path, environment: dict[str, str]) -> None:
    program = (
        "from airflow.dag_processing.dagbag import DagBag\n"
        f"bag = DagBag({str(FOLDER / 'dags')!r})\n"
        "print(bag.import_errors, sorted(bag.dag_ids), sorted(bag.dags['eco_daily'].task_dict))"
    )
    done = subprocess.run(
        [airflow.with_name("python"), "-W", "ignore", "-c", program], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    tasks = ["cleanup", "file_sensor", "pending", "process.extract", "process.load", "process.transform"]
    assert done.stdout.splitlines()[-1] == f"{{}} ['eco_backfill', 'eco_daily'] {tasks}"


@pytest.fixture
def twin(pipeline: Pipeline) -> Iterator[Pipeline]:
    """Another warehouse, which is filled from the same raw bucket."""
    with Pipeline.made(pipeline.home, f"test_{uuid.uuid4().hex[:12]}") as made:
        made.changes["bucket_raw"] = f"{pipeline.name}-raw"
        yield made


def test_a_backfill_gives_what_the_functions_give_without_airflow(
    pipeline: Pipeline,
    twin: Pipeline,
    online_retail: list[Path],
    airflow: Path,
    environment: dict[str, str],
) -> None:
    uploads = [pipeline.upload(f"{PREFIX}{day.name}", day.read_bytes()) for day in online_retail[:DAYS]]
    done = subprocess.run(
        [airflow, "dags", "test", "eco_backfill", "--conf", f'{{"prefix": "{PREFIX}", "uploads_per_task": 10}}'],
        env={
            **environment,
            **_variables(pipeline.settings("eco_operator")),
            "STORAGE_EMULATOR_HOST": _emulator(pipeline),
        },
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-5000:]
    assert {pipeline.run(upload)["status"] for upload in uploads} == {"SUCCESS"}, done.stdout[-5000:]
    assert pipeline.rows("SELECT * FROM eco.maintenance_log WHERE outcome = 'failed'") == []

    twin.process(*uploads)
    with_airflow, without = (verify.checksums(connect(one.settings("eco_reader"))) for one in (pipeline, twin))
    assert with_airflow == without
    assert with_airflow["fact_sales"][0] > 20_000


def _variables(settings: Settings) -> dict[str, str]:
    return {variable(name): str(value) for name, value in vars(settings).items()}


def _emulator(pipeline: Pipeline) -> str:
    return pipeline.home.url("storage")
