"""infra/aws applied to a moto server: Terraform's command line, and clients of what it has made."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import boto3
import pytest
import urllib3

from local.home import REPOSITORY
from tests.local.stacks import free_port

REGION = "eu-central-1"
PROVIDER = "registry.terraform.io/hashicorp/aws"
SERVICES = (
    "cloudwatch", "ec2", "iam", "kms", "lambda", "logs", "rds", "s3", "scheduler", "secretsmanager", "sns", "sqs",
    "sts",
)  # fmt: skip
# The account's address is all that differs from a real one; every other line of infra/aws is applied as it stands.
OVERRIDE = """
provider "aws" {{
  access_key                  = "test"
  secret_key                  = "test"
  s3_use_path_style           = true
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
  endpoints {{
{endpoints}
  }}
}}
"""
IMAGES = ("functions", "score", "platform")
IMAGE = f"123456789012.dkr.ecr.{REGION}.amazonaws.com/eco@sha256:{{digest}}"
VARIABLES: dict[str, Any] = {
    "region": REGION,
    "images": {name: IMAGE.format(digest=digest * 64) for name, digest in zip(IMAGES, "123", strict=True)},
    "alert_email": "alarms@example.com",
    "mail": {"to": "ada@example.com", "user": "AKIAIOSFODNN7EXAMPLE"},
    "smtp_password": "of the mail server",
    "protect": False,
}


@dataclass(frozen=True)
class Deployed:
    """A copy of infra/aws in a folder, and the server that it is applied to."""

    folder: Path
    url: str

    def terraform(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "TF_IN_AUTOMATION": "1", "CHECKPOINT_DISABLE": "1"}
        return subprocess.run(
            ["terraform", f"-chdir={self.folder}", *arguments], env=environment, capture_output=True, text=True
        )

    @cached_property
    def outputs(self) -> dict[str, Any]:
        told = json.loads(self.terraform("output", "-json").stdout)
        return {name: output["value"] for name, output in told.items()}

    def client(self, service: str, credentials: dict[str, str] | None = None) -> Any:
        """A client of the account's owner, or of whom the credentials belong to."""
        known = credentials or {"AccessKeyId": "test", "SecretAccessKey": "test", "SessionToken": ""}
        return boto3.client(
            service,
            region_name=REGION,
            endpoint_url=self.url,
            aws_access_key_id=known["AccessKeyId"],
            aws_secret_access_key=known["SecretAccessKey"],
            aws_session_token=known["SessionToken"] or None,
        )

    def enforce_rights(self, enforced: bool) -> None:
        """Whether the server refuses what a policy does not allow."""
        count = b"0" if enforced else b"inf"
        assert urllib3.request("POST", f"{self.url}/moto-api/reset-auth", body=count).status == 200


@contextlib.contextmanager
def prepared(folder: Path) -> Iterator[Deployed]:
    """The server, and a copy of infra/aws that is ready to be applied; skips the tests where that cannot be had."""
    if not shutil.which("terraform"):
        pytest.skip("terraform is not on this machine")
    shutil.copytree(REPOSITORY / "infra" / "aws", folder, ignore=shutil.ignore_patterns(".terraform*", "*.tfstate*"))
    port = free_port()
    deployed = Deployed(folder, f"http://127.0.0.1:{port}")
    endpoints = "\n".join(f'    {service} = "{deployed.url}"' for service in SERVICES)
    (folder / "moto_override.tf").write_text(OVERRIDE.format(endpoints=endpoints))
    (folder / "test.auto.tfvars.json").write_text(json.dumps(VARIABLES))
    _initialize(deployed)
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "tests.infra.aws_server", str(port)], cwd=REPOSITORY, stdout=log, stderr=log
        )
    try:
        _wait_for(deployed.url)
        yield deployed
    finally:
        server.terminate()
        server.wait()


def _initialize(deployed: Deployed) -> None:
    """With the provider from a plugin directory of this machine, or else from the registry."""
    mirrors = [path.parents[2] for root in ("opt", "usr", "var") for path in Path("/", root).glob(f"*/{PROVIDER}")]
    options = [f"-plugin-dir={mirror}" for mirror in mirrors]
    done = deployed.terraform("init", "-input=false", "-no-color", *options)
    if done.returncode != 0:
        pytest.skip(f"the AWS provider of Terraform cannot be had here: {done.stderr.strip()[-500:]}")


def _wait_for(url: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with contextlib.suppress(urllib3.exceptions.HTTPError):
            urllib3.request("GET", f"{url}/moto-api/", retries=False)
            return
        time.sleep(0.2)
    raise AssertionError("the moto server did not start")
