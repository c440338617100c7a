"""The compose project under test, as its user meets it: published ports, the reader's login, the engine's account."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import quote

import sqlalchemy
import urllib3

from functions.events import ObjectEvent, from_object_resource
from functions.settings import Settings
from functions.warehouse import connect
from local.home import REPOSITORY

OURS = ("relay", "validate", "score", "transform", "load", "maintain", "scheduler", "dashboard")
FOREIGN = ("postgres", "pgbouncer", "storage", "aws", "mail")
ANY_PORT = "0"
LEFT_NETWORK = "has active endpoints"
ENGINE_SECONDS = 5


@dataclass(frozen=True)
class Project:
    """A project of its own name, password and ports, in one of the two homes; `changes` are further settings."""

    name: str
    password: str
    profile: str = "gcp"
    changes: Mapping[str, str] = field(default_factory=dict)

    @property
    def settings(self) -> dict[str, str]:
        """The environment of every compose command."""
        names = ("ECO_PGBOUNCER_PORT", "ECO_STORAGE_PORT", "ECO_AWS_PORT", "ECO_DASHBOARD_PORT", "ECO_MAIL_PORT")
        ports = dict.fromkeys(names, ANY_PORT)
        return {"COMPOSE_PROFILES": self.profile, "ECO_DB_PASSWORD": self.password, **ports, **self.changes}

    def compose(self, *arguments: str) -> str:
        """Run a compose command; what it wrote."""
        done = self._run(*arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def down(self) -> None:
        """Take everything down, with its data.

        The engine may hold on to a network whose containers are gone (https://github.com/moby/moby/issues/43286). A
        second try mends that or, where only the engine's restart would, leaves an empty network of a name of its own.
        """
        done = self._run("down", "--volumes")
        if LEFT_NETWORK in done.stderr:
            time.sleep(ENGINE_SECONDS)
            done = self._run("down", "--volumes")
        assert done.returncode == 0 or LEFT_NETWORK in done.stderr, done.stderr

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["docker", "compose", "-p", self.name, *arguments],
            cwd=REPOSITORY,
            env={**os.environ, **self.settings},
            capture_output=True,
            text=True,
        )

    def configuration(self) -> dict[str, Any]:
        """What compose makes of the file."""
        configuration: dict[str, Any] = json.loads(self.compose("config", "--format", "json"))
        return configuration

    def images(self) -> set[str]:
        """The images that others publish."""
        return {service["image"] for name, service in self.configuration()["services"].items() if name in FOREIGN}


@dataclass(frozen=True)
class Running:
    """The project when it is up; `port_for` gives the published port of a service."""

    project: Project
    port_for: Callable[[str, int], int]

    def upload(self, name: str, content: str) -> ObjectEvent:
        """Upload a file to the raw bucket from outside the containers."""
        url = f"http://127.0.0.1:{self.port_for('storage', 4443)}/upload/storage/v1/b/eco-raw/o"
        response = urllib3.request("POST", f"{url}?uploadType=media&name={quote(name, safe='')}", body=content.encode())
        assert response.status == 200, response.data
        return from_object_resource(response.json())

    @cached_property
    def _engine(self) -> sqlalchemy.Engine:
        return connect(
            Settings(db_port=self.port_for("pgbouncer", 6432), db_user="eco_reader", db_password=self.project.password)
        ).engine

    def rows(self, sql: str, **parameters: Any) -> list[dict[str, Any]]:
        """What a query returns to the reader, through the published pooler."""
        with self._engine.begin() as connection:
            return [dict(row) for row in connection.execute(sqlalchemy.text(sql), parameters).mappings()]

    def finished(self, upload: ObjectEvent, seconds: float = 120) -> dict[str, Any]:
        """The ledger's entry of an upload, once its run has ended."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            found = self.rows("SELECT * FROM eco.pipeline_run WHERE run_id = :run_id", run_id=upload.run_id)
            if found and found[0]["status"] != "RUNNING":
                return found[0]
            time.sleep(0.3)
        raise AssertionError(f"the run of {upload.name} has not ended\n{self.project.compose('logs', '--tail', '30')}")

    def containers(self) -> dict[str, dict[str, Any]]:
        """The engine's account of each service's container."""
        listed = [json.loads(line) for line in self.project.compose("ps", "--all", "--format", "json").splitlines()]
        ids = {entry["Service"]: entry["ID"] for entry in listed}
        done = subprocess.run(["docker", "inspect", *ids.values()], capture_output=True, text=True, check=True)
        return dict(zip(ids, json.loads(done.stdout), strict=True))
