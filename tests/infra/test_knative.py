"""The manifests of infra/knative: each function as itself, each stage told of the bucket before it."""

from __future__ import annotations

import subprocess
from typing import Any

import pytest
import yaml

from functions.settings import Settings
from local.credentials import ROLE_OF_FUNCTION
from local.home import REPOSITORY

FUNCTIONS, SCORE = "registry.example/eco-functions@sha256:0", "registry.example/eco-score@sha256:0"
BUCKETS = {
    "validate": Settings().bucket_raw,
    "score": Settings().bucket_validated,
    "transform": Settings().bucket_scored,
    "load": Settings().bucket_curated,
}


@pytest.fixture(scope="module")
def manifests() -> dict[tuple[str, str], dict[str, Any]]:
    done = subprocess.run(
        [REPOSITORY / "infra/knative/render", FUNCTIONS, SCORE], capture_output=True, text=True, check=True
    )
    return {(item["kind"], item["metadata"]["name"]): item for item in yaml.safe_load_all(done.stdout)}


@pytest.mark.parametrize(("function", "role"), ROLE_OF_FUNCTION.items())
def test_each_function_runs_as_itself(
    manifests: dict[tuple[str, str], dict[str, Any]], function: str, role: str
) -> None:
    pod = manifests["Service", f"eco-{function}"]["spec"]["template"]["spec"]
    container = pod["containers"][0]
    environment = {item["name"]: item.get("value") or item["valueFrom"]["secretKeyRef"] for item in container["env"]}
    assert environment["ECO_DB_USER"] == role
    assert {item["name"] for item in environment.values() if isinstance(item, dict)} == {role.replace("_", "-")}
    assert environment["ECO_DB_PASSWORD"] == {"name": role.replace("_", "-"), "key": "password"}
    assert pod["serviceAccountName"] == role.replace("_", "-")
    assert container["image"] == (SCORE if function in ("score", "maintain") else FUNCTIONS)
    assert container["args"] == [function]
    assert container["securityContext"]["runAsNonRoot"] and container["securityContext"]["readOnlyRootFilesystem"]


def test_each_stage_is_told_of_the_bucket_before_it(manifests: dict[tuple[str, str], dict[str, Any]]) -> None:
    triggers = {name: item["spec"] for (kind, name), item in manifests.items() if kind == "Trigger"}
    assert {
        spec["subscriber"]["ref"]["name"]: spec["filter"]["attributes"]["source"].rpartition("/")[2]
        for spec in triggers.values()
    } == {f"eco-{stage}": bucket for stage, bucket in BUCKETS.items()}
    assert all(spec["delivery"]["deadLetterSink"] for spec in triggers.values())
