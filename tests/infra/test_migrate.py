"""A deployment's migration, as one who is no superuser: nobody is on RDS and Cloud SQL."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from pg8000 import native

from functions.settings import Settings
from local import migrate
from local.credentials import ROLES
from local.errors import UsageError
from local.home import ADDRESS
from tests.pipeline import superuser
from tests.running_stack import started

ADMIN = "eco_admin"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Settings]:
    """A server that knows no role of the platform, and an empty database of one who may make roles."""
    with started(tmp_path) as stack, contextlib.closing(superuser(stack.home)) as connection:
        connection.run("DROP DATABASE eco WITH (FORCE)")
        for role in (*ROLES, "eco_owner"):
            connection.run(f"DROP ROLE {role}")
        connection.run(f"CREATE ROLE {ADMIN} LOGIN CREATEROLE CREATEDB PASSWORD 'secret'")
        connection.run(f"CREATE DATABASE cloud OWNER {ADMIN}")
        yield Settings(
            db_host=ADDRESS,
            db_port=stack.home.port("postgres"),
            db_name="cloud",
            db_user=ADMIN,
            db_password="secret",  # noqa: S106 # of a server that this test makes
        )


def test_one_who_is_no_superuser_migrates_and_each_role_logs_in(server: Settings) -> None:
    passwords = {role: f"of {role}" for role in ROLES}
    for _ in range(2):
        migrate.migrate(server, passwords)
    for role in ROLES:
        login = native.Connection(role, host=ADDRESS, port=server.db_port, database="cloud", password=passwords[role])
        with contextlib.closing(login):
            assert login.run("SELECT has_schema_privilege('eco', 'USAGE'), has_schema_privilege('eco', 'CREATE')") == [
                [True, False]
            ]


def test_every_role_gets_its_own_password() -> None:
    environment = {f"ECO_PASSWORD_{role.upper()}": f"of {role}" for role in ROLES}
    assert migrate.passwords(environment) == {role: f"of {role}" for role in ROLES}


def test_a_role_without_a_password_is_named() -> None:
    with pytest.raises(UsageError, match=r"no password for eco_validator, .*Set ECO_PASSWORD_ECO_VALIDATOR"):
        migrate.passwords({})
