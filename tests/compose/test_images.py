"""The images: each holds what its functions import and no more, no secret, and nobody who may do much."""

from __future__ import annotations

import json
import subprocess

import pytest

from tests.compose.project import Project

pytestmark = pytest.mark.timeout(2400)  # the first start builds the images

IMAGES = ("eco-functions", "eco-score", "eco-platform")
# What runs in each image imports, and in that of the functions, what must not be there.
PROGRAMS = {
    "eco-functions": "import functions.main, awslambdaric, functions.load, functions.transform, functions.validate, "
    "functions.review_command, functions.readers.workbook, functions.readers.columnar; "
    "from importlib.util import find_spec; "
    "assert not any(map(find_spec, ('sklearn', 'streamlit', 'alembic', 'pytest')))",
    "eco-score": "import functions.main, awslambdaric, functions.score, functions.maintain, sklearn.ensemble",
    "eco-platform": "import local.migrate, local.relay.__main__, local.aws.__main__, streamlit, awslambdaric",
}
CLIENTS = "import boto3; [boto3.client(name, region_name='eu-central-1') for name in ('s3', 'secretsmanager', 'sqs')]"
SECRETS = ("/", "-xdev", "-regex", r".*/\(\.env\|\.git\|credentials\.json\|[^/]*\.tfstate\)", "-print")
LOCKED = ("--rm", "--read-only", "--tmpfs=/tmp", "--cap-drop=ALL", "--network=none")


@pytest.fixture(scope="module", autouse=True)
def built(project: Project) -> None:
    project.compose("build")


def docker(*command: str) -> str:
    done = subprocess.run(["docker", *command], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("image", IMAGES)
def test_what_it_runs_is_there_with_no_place_to_write(image: str) -> None:
    docker("run", *LOCKED, "--entrypoint=python", image, "-c", f"{PROGRAMS[image]}; {CLIENTS}")


@pytest.mark.parametrize("image", IMAGES)
def test_it_runs_as_nobody_who_may_do_much(image: str) -> None:
    assert docker("run", *LOCKED, "--entrypoint=id", image, "--user").strip() == "10001"


@pytest.mark.parametrize("image", IMAGES)
def test_no_layer_holds_a_secret(image: str, project: Project) -> None:
    (told,) = json.loads(docker("image", "inspect", image))
    said = json.dumps(told) + docker("history", "--no-trunc", image)
    assert project.password not in said
    assert "PASSWORD" not in said
    assert docker("run", *LOCKED, "--user=0", "--cap-add=DAC_READ_SEARCH", "--entrypoint=find", image, *SECRETS) == ""
