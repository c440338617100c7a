"""What `setup` adds to the machine: PgBouncer, and a browser for the dashboard's tests. It never fails."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from rich.console import Console

from local import pgbouncer

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
MANUAL = "Could not install {package} ({why}). To have it: `{command}`."


def pgbouncer_if_possible(console: Console) -> bool:
    """Install PgBouncer where it is missing; whether it is there now."""
    if pgbouncer.find():
        return True
    if _install("pgbouncer", console):
        _stop_service("pgbouncer")
    return pgbouncer.find() is not None


def browser_if_possible(console: Console) -> bool:
    """Install Chromium where no browser of its kind is there; whether one is there now."""
    if any(shutil.which(name) for name in BROWSERS):
        return True
    return _install("chromium", console)


def _install(package: str, console: Console) -> bool:
    command = _installer(package)
    if command is None:
        console.print(MANUAL.format(package=package, why="no apt or brew that we may use", command=_by_hand(package)))
        return False
    with console.status(f"installing {package}"):
        result = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if result.returncode != 0:
        why = (result.stderr.strip() or result.stdout.strip()).splitlines()[-1:]
        console.print(MANUAL.format(package=package, why=" ".join(why), command=_by_hand(package)), markup=False)
    return result.returncode == 0


def _installer(package: str) -> list[str] | None:
    """The command that installs a package without asking anything; None where there is none that we may run."""
    apt, brew = shutil.which("apt-get"), shutil.which("brew")
    root = _as_root()
    if apt and root is not None:
        script = f"({apt} install -y {package} || ({apt} update && {apt} install -y {package}))"
        return [*root, "/usr/bin/env", "DEBIAN_FRONTEND=noninteractive", "/bin/sh", "-c", script]
    return [brew, "install", package] if brew else None


def _as_root() -> list[str] | None:
    """What comes before a command to run it as root: nothing, sudo without a password, or None: not possible."""
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo and subprocess.run([sudo, "-n", "true"], capture_output=True).returncode == 0:
        return [sudo, "-n"]
    return None


def _stop_service(name: str) -> None:
    """Debian starts the service of a package by itself; the stack runs its own, on the same port."""
    systemctl, root = shutil.which("systemctl"), _as_root()
    if systemctl and root is not None and Path("/run/systemd/system").exists():
        subprocess.run([*root, systemctl, "disable", "--now", name], capture_output=True)


def _by_hand(package: str) -> str:
    return f"brew install {package}" if shutil.which("brew") else f"sudo apt install {package}"
