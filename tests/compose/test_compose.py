"""docker-compose.yml as it stands: a file uploaded from outside ends in the warehouse, and nothing is open."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from dataclasses import fields, replace
from decimal import Decimal
from typing import Protocol

import pytest
import urllib3
from pg8000 import native

import dashboard.settings
from functions.settings import Settings, variable
from local.credentials import ROLE_OF_FUNCTION
from local.home import REPOSITORY
from tests.compose.project import OURS, Project, Running
from tests.warehouse.files import product, products, sale, sales

pytestmark = pytest.mark.timeout(2400)  # the first start builds the image

PRODUCTS = products(product("P1", since="2026-01-01", footprint=1, baseline=3))
SALES = sales(sale("A1", 1, quantity=2), sale("A1", 2, quantity=-1), sale("A2", 1, product="P2"))
FACTS = """
SELECT order_id, line_no, product_id, quantity, net_amount, carbon_savings_kg
FROM eco.fact_sales JOIN eco.dim_product USING (product_key) ORDER BY order_id, line_no
"""


class Services(Protocol):
    """What pytest-docker tells of the services."""

    port_for: Callable[[str, int], int]


@pytest.fixture(scope="module")
def running(project: Project, docker_services: Services) -> Running:
    return Running(project, docker_services.port_for)


def test_uploads_become_facts_once(running: Running) -> None:
    uploads = [running.upload("products/all.csv", PRODUCTS), running.upload("sales/day.csv", SALES)]
    runs = [running.finished(upload) for upload in uploads]
    assert [(run["status"], run["rows_loaded"]) for run in runs] == [("SUCCESS", 1), ("SUCCESS", 3)], runs
    facts = running.rows(FACTS)
    assert [tuple(fact.values()) for fact in facts] == [
        ("A1", 1, "P1", 2, Decimal(20), Decimal(4)),
        ("A1", 2, "P1", -1, Decimal(-10), Decimal(-2)),
        ("A2", 1, "P2", 1, Decimal(10), None),
    ]

    again = running.finished(running.upload("sales/day.csv", SALES))
    assert (again["status"], again["rows_loaded"], again["rows_unchanged"]) == ("SUCCESS", 0, 3)
    assert running.rows(FACTS) == facts


def test_the_dashboard_answers(running: Running) -> None:
    address = f"http://127.0.0.1:{running.port_for('dashboard', 8501)}"
    assert urllib3.request("GET", f"{address}/_stcore/health").data == b"ok"
    assert b"<title>Streamlit</title>" in urllib3.request("GET", address).data


def test_the_scheduler_has_maintained(running: Running) -> None:
    """Its first tick has made the partitions ahead."""
    assert running.rows("SELECT * FROM eco.maintenance_log WHERE task = 'make_partitions' AND outcome = 'done'")
    assert len(running.rows("SELECT * FROM eco.sales_partition WHERE first_day IS NOT NULL")) > 1
    assert running.rows("SELECT * FROM eco.maintenance_log WHERE outcome = 'failed'") == []


def test_only_loopback_is_published(running: Running) -> None:
    bindings = {
        name: [binding for published in container["HostConfig"]["PortBindings"].values() for binding in published]
        for name, container in running.containers().items()
    }
    assert {name for name, of_service in bindings.items() if of_service} == {
        "pgbouncer",
        "storage",
        "dashboard",
        "mail",
    }
    assert {binding["HostIp"] for of_service in bindings.values() for binding in of_service} == {"127.0.0.1"}


@pytest.mark.parametrize("service", [*OURS, "migrate", "buckets"])
def test_our_containers_can_do_little(running: Running, service: str) -> None:
    container = running.containers()[service]
    host = container["HostConfig"]
    assert container["Config"]["User"] not in ("", "0", "root")
    assert host["ReadonlyRootfs"] and not host["Privileged"]
    assert host["CapDrop"] == ["ALL"] and not host["CapAdd"]
    assert "no-new-privileges:true" in host["SecurityOpt"]


def test_a_process_of_ours_is_nobody_and_writes_nothing(running: Running) -> None:
    attempt = running.project.compose("exec", "-T", "load", "sh", "-c", "id -u; touch /app/x 2>&1 || true")
    assert attempt.split("\n", 1)[0] == "10001"
    assert "Read-only file system" in attempt


def test_the_superuser_does_not_get_through_the_pooler(running: Running) -> None:
    with pytest.raises((native.DatabaseError, native.InterfaceError)):
        native.Connection(
            "postgres",
            host="127.0.0.1",
            port=running.port_for("pgbouncer", 6432),
            database="eco",
            password=running.project.password,
        )


def test_each_function_has_its_own_role(project: Project) -> None:
    services = project.configuration()["services"]
    roles = {function: services[function]["environment"]["ECO_DB_USER"] for function in ROLE_OF_FUNCTION}
    assert roles == ROLE_OF_FUNCTION
    assert services["dashboard"]["environment"]["ECO_DB_USER"] == "eco_reader"


def test_the_functions_on_aws_have_the_same_roles_and_settings(project: Project) -> None:
    services = replace(project, profile="aws").configuration()["services"]
    roles = {function: services[f"aws-{function}"]["environment"]["ECO_DB_USER"] for function in ROLE_OF_FUNCTION}
    assert roles == ROLE_OF_FUNCTION
    there = services["aws-maintain"]["environment"]
    assert project.configuration()["services"]["maintain"]["environment"].keys() - there.keys() == {
        "PORT",
        "STORAGE_EMULATOR_HOST",
        "THREADS",
    }


@pytest.mark.parametrize(("profile", "prefix"), [("gcp", ""), ("aws", "aws-")])
def test_each_function_has_its_image(project: Project, profile: str, prefix: str) -> None:
    services = replace(project, profile=profile).configuration()["services"]
    for function in ROLE_OF_FUNCTION:
        service, target = services[f"{prefix}{function}"], "score" if function in ("score", "maintain") else "functions"
        assert (service["image"], service["build"]["target"]) == (f"eco-{target}", target)
        assert service["command"] == [function]


def test_every_setting_reaches_the_functions(project: Project) -> None:
    environment = project.configuration()["services"]["maintain"]["environment"]
    assert {variable(item.name) for item in fields(Settings)} <= environment.keys()


def test_the_mail_servers_password_is_for_maintain_alone(project: Project) -> None:
    services = project.configuration()["services"]
    assert [name for name, service in services.items() if "SMTP_PASSWORD" in service.get("environment", {})] == [
        "maintain"
    ]


def test_a_missing_password_is_named(project: Project) -> None:
    done = subprocess.run(
        ["docker", "compose", "-p", project.name, "config", "--quiet"],
        cwd=REPOSITORY,
        env={**os.environ, "ECO_DB_PASSWORD": ""},
        capture_output=True,
        text=True,
    )
    assert done.returncode != 0
    assert "Set ECO_DB_PASSWORD" in done.stderr


@pytest.mark.parametrize(("profile", "prefix"), [("gcp", ""), ("aws", "aws-")])
def test_the_dashboard_has_the_passwords_of_who_reads_and_who_reviews_alone(
    project: Project, profile: str, prefix: str
) -> None:
    services = replace(project, profile=profile).configuration()["services"]
    environment = services[f"{prefix}dashboard"]["environment"]
    # It sends files to where the functions look for them.
    assert environment["ECO_STORE"] == services[f"{prefix}validate"]["environment"]["ECO_STORE"]
    assert environment["ECO_DELIVERY_URL"] == services[f"{prefix}validate"]["environment"]["ECO_DELIVERY_URL"]
    assert {name for name in environment if "PASSWORD" in name} == {"ECO_DB_PASSWORD", "ECO_REVIEWER_PASSWORD"}
    new = {variable(item.name) for item in fields(dashboard.settings.Settings)} - {
        variable(item.name) for item in fields(Settings)
    }
    assert new <= environment.keys()
