"""The system user of PostgreSQL and PgBouncer, which both refuse to run as root."""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import subprocess
from pathlib import Path

from local.errors import LocalError
from local.terminal import errors

NAME = "embedded_postgres"


def system_user() -> str | None:
    """The user that database processes run as: None where that is the present one, made where we are root."""
    if os.geteuid() != 0:
        return None
    try:
        pwd.getpwnam(NAME)
    except KeyError:
        _make()
    return NAME


def give(path: Path) -> None:
    """Hand a file or folder to the system user, where there is one."""
    user = system_user()
    if user is not None:
        shutil.chown(path, user)


def let_pass(path: Path) -> None:
    """Let the system user pass through the folders above a path, without the right to list them."""
    if system_user() is None:
        return
    for folder in path.resolve().parents:
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            folder.chmod(stat.S_IMODE(mode) | stat.S_IXOTH)
            errors.print(f"PostgreSQL runs as {NAME}: let others pass through {folder}, not list it (chmod o+x).")


def _make() -> None:
    useradd = shutil.which("useradd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if useradd is None:
        raise LocalError(
            "PostgreSQL refuses to run as root, and there is no `useradd` to make it a user of its own. "
            f"Make a system user {NAME!r}, or run as an ordinary user."
        )
    subprocess.run([useradd, "--system", "--shell", "/bin/false", NAME], check=True)
