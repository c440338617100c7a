"""The processes of the stack: what runs, with which command and environment, and how it is found healthy."""

from __future__ import annotations

import signal
import sys

from local import pgbouncer, postgres, schema, storage
from local.credentials import ROLE_OF_FUNCTION, credentials
from local.home import ADDRESS, DATABASE, FUNCTIONS, HAS_DASHBOARD, Home
from local.processes import Process, answers, is_listening
from local.system_user import system_user

THREADS = 8
# As infra/docker/Dockerfile sets it, which says why.
ALLOCATION = {
    "ARROW_DEFAULT_MEMORY_POOL": "jemalloc",
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_MMAP_THRESHOLD_": "8388608",
    "MALLOC_TRIM_THRESHOLD_": "67108864",
}


def prepare(home: Home) -> None:
    """Write what the processes find at their start: folders, passwords, configuration."""
    home.make()
    passwords = credentials(home)
    postgres.prepare(home, passwords["postgres"])
    pgbouncer.prepare(home, passwords)


def set_up(home: Home) -> None:
    """Make what lives inside the processes that are now healthy: database, schema, buckets."""
    schema.set_up(home)
    storage.make_buckets(home)


def first(home: Home) -> list[Process]:
    """The processes that start at once, all together."""
    pooler = [_pgbouncer(home)] if pgbouncer.find() else []
    return [_postgres(home), *pooler, _relay(home), _storage(home), *(_function(home, name) for name in FUNCTIONS)]


def then(home: Home) -> list[Process]:
    """The processes that start when the first ones are healthy and set up."""
    return [_scheduler(home), *([_dashboard(home)] if HAS_DASHBOARD else [])]


def _postgres(home: Home) -> Process:
    without_pooler = pgbouncer.find() is None
    return Process(
        name="postgres",
        command=postgres.command(home, pgbouncer.database_port(home)),
        healthy=lambda: schema.accepts_connections(home),
        ports=("pgbouncer",) if without_pooler else ("postgres",),
        stop_signal=signal.SIGINT,  # PostgreSQL's fast shutdown
        user=system_user(),
        last=True,
    )


def _pgbouncer(home: Home) -> Process:
    return Process(
        name="pgbouncer",
        command=(str(pgbouncer.find()), str(pgbouncer.configuration_file(home))),
        healthy=lambda: is_listening(home.port("pgbouncer")),
        ports=("pgbouncer",),
        user=system_user(),
        last=True,
    )


def _relay(home: Home) -> Process:
    return Process(
        name="relay",
        command=(sys.executable, "-m", "local.relay"),
        environment=home.environment(),
        healthy=lambda: answers(f"{home.url('relay-inlet')}/healthz") and is_listening(home.port("relay")),
        ports=("relay", "relay-inlet"),
    )


def _storage(home: Home) -> Process:
    return Process(
        name="storage",
        command=storage.command(home),
        environment={"PUBSUB_EMULATOR_HOST": f"{ADDRESS}:{home.port('relay')}", **storage.ENVIRONMENT},
        healthy=lambda: answers(f"{home.url('storage')}/storage/v1/b"),
        ports=("storage",),
    )


def _function(home: Home, name: str) -> Process:
    source = ("--source", "functions/main.py", "--target", name, "--signature-type", "cloudevent")
    address = ("--host", ADDRESS, "--port", str(home.port(name)))
    return Process(
        name=name,
        command=(sys.executable, "-m", "functions_framework", *source, *address),
        environment=function_environment(home, name),
        healthy=lambda: answers(f"{home.url(name)}/robots.txt"),
        ports=(name,),
    )


def function_environment(home: Home, name: str) -> dict[str, str]:
    """What a function reads from its environment: its database role, the emulator, where missed events go."""
    return {
        **database_environment(home, ROLE_OF_FUNCTION[name]),
        "STORAGE_EMULATOR_HOST": home.url("storage"),
        "ECO_DELIVERY_URL": f"{home.url('relay-inlet')}/{{function}}",
        "ECO_DEAD_LETTER_URL": f"{home.url('relay-inlet')}/stats",
        "ECO_DASHBOARD_URL": home.url("dashboard"),
        "THREADS": str(THREADS),
        # One core each: the functions share the machine, and idle threads of numerical libraries cost memory.
        "OMP_NUM_THREADS": "1",
        **ALLOCATION,
    }


def dashboard_environment(home: Home) -> dict[str, str]:
    """What the dashboard reads from its environment: it reads as one role, reviews as another, and can upload."""
    return {
        **database_environment(home, "eco_reader"),
        "ECO_REVIEWER_PASSWORD": credentials(home)["eco_reviewer"],
        "ECO_ACCOUNTS_FILE": str(home.accounts),
        "ECO_DELIVERY_URL": f"{home.url('relay-inlet')}/{{function}}",
        "STORAGE_EMULATOR_HOST": home.url("storage"),
    }


def database_environment(home: Home, role: str) -> dict[str, str]:
    """The variables with which a process reaches the database as a role, through the pooler."""
    return {
        "ECO_DB_HOST": ADDRESS,
        "ECO_DB_PORT": str(home.port("pgbouncer")),
        "ECO_DB_NAME": DATABASE,
        "ECO_DB_USER": role,
        "ECO_DB_PASSWORD": credentials(home)[role],
    }


def _scheduler(home: Home) -> Process:
    return Process(
        name="scheduler",
        command=(sys.executable, "-m", "local.scheduler"),
        environment=home.environment(),
    )


def _dashboard(home: Home) -> Process:
    options = {
        "server.address": ADDRESS,
        "server.port": str(home.port("dashboard")),
        "server.headless": "true",
        "browser.gatherUsageStats": "false",
    }
    arguments = (part for name, value in options.items() for part in (f"--{name}", value))
    return Process(
        name="dashboard",
        command=(sys.executable, "-m", "streamlit", "run", "dashboard/app.py", *arguments),
        environment=dashboard_environment(home),
        healthy=lambda: answers(f"{home.url('dashboard')}/_stcore/health"),
        ports=("dashboard",),
    )
