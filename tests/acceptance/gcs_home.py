"""The home on one machine with Google's event format: the stack of `python -m local up`."""

from __future__ import annotations

import os
import signal

import urllib3

from functions.delivery import deliver
from functions.gcs_store import CloudStorage
from functions.settings import Settings
from local import scheduler
from local.credentials import credentials
from local.home import ADDRESS, DATABASE
from tests.acceptance.homes import Home, command_of
from tests.pipeline import storage_client
from tests.running_stack import RunningStack


def home(stack: RunningStack) -> Home:
    def kill(function: str) -> None:
        os.killpg(stack.command_line.record()["processes"][function]["pid"], signal.SIGKILL)

    def dead_letters() -> int:
        stats = urllib3.request("GET", f"{stack.home.url('relay-inlet')}/stats").json()
        return sum(stats["dead"].values())

    deliveries = f"{stack.home.url('relay-inlet')}/{{function}}"
    reviewer = stack.environment_of("eco_reviewer")
    settings = Settings(
        db_host=ADDRESS,
        db_port=stack.home.port("pgbouncer"),
        db_name=DATABASE,
        db_user="eco_reader",
        db_password=credentials(stack.home)["eco_reader"],
        delivery_url=deliveries,
    )
    store = CloudStorage(storage_client(stack.home))
    return Home(
        "embedded gcp",
        store,
        settings,
        lambda event, function: deliver(event, function, settings),
        kill,
        lambda: scheduler.fire(stack.home),
        dead_letters,
        command_of({**reviewer, "STORAGE_EMULATOR_HOST": stack.home.url("storage"), "ECO_DELIVERY_URL": deliveries}),
    )
