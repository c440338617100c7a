"""PgBouncer in front of PostgreSQL: found, configured, and installed where the system lets us."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from local.credentials import SUPERUSER, write_private
from local.home import ADDRESS, Home
from local.system_user import give

SEARCH_PATH = f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin:/usr/local/sbin:/opt/homebrew/bin"
HOW_TO_GET_IT = (
    "PgBouncer is not installed, so PostgreSQL itself listens on its port; everything works, without pooling. "
    "To get it: `apt install pgbouncer` (Debian, Ubuntu) or `brew install pgbouncer` (macOS), then `down` and `up`."
)
CONFIGURATION = """\
[databases]
* = host={address} port={server_port}

[pgbouncer]
listen_addr = {address}
listen_port = {port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = {folder}/users.txt
pool_mode = transaction
default_pool_size = 20
server_login_retry = 1
max_client_conn = 500
; COPY sends megabytes: by the default of 4 kB, the pooler took twice as long
pkt_buf = 65536
ignore_startup_parameters = extra_float_digits
admin_users = {superuser}
stats_users = eco_reader
log_connections = 0
log_disconnections = 0
"""


def find() -> Path | None:
    """The program; None where it is not installed."""
    found = shutil.which("pgbouncer", path=SEARCH_PATH)
    return Path(found) if found else None


def database_port(home: Home) -> int:
    """Where PostgreSQL listens: on the pooler's port where there is no pooler, so that nobody else has to know."""
    return home.port("postgres" if find() else "pgbouncer")


def configuration_file(home: Home) -> Path:
    """Where the configuration is written."""
    return home.path / "pgbouncer" / "pgbouncer.ini"


def prepare(home: Home, passwords: dict[str, str]) -> None:
    """Write the configuration and the passwords, for the eyes of PgBouncer's user alone."""
    folder = configuration_file(home).parent
    folder.mkdir(mode=0o700, exist_ok=True)
    settings = CONFIGURATION.format(
        address=ADDRESS,
        server_port=home.port("postgres"),
        port=home.port("pgbouncer"),
        folder=folder,
        superuser=SUPERUSER,
    )
    write_private(configuration_file(home), settings)
    users = "".join(f'"{role}" "{password}"\n' for role, password in passwords.items())
    write_private(folder / "users.txt", users)
    for path in (folder, configuration_file(home), folder / "users.txt"):
        give(path)
