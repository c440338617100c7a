"""One random password per database role, made once and kept in a file that only its owner can read."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path

from local.home import Home

SUPERUSER = "postgres"
ROLE_OF_FUNCTION = {
    "validate": "eco_validator",
    "score": "eco_scorer",
    "transform": "eco_transformer",
    "load": "eco_loader",
    "maintain": "eco_maintainer",
}
ROLES = (*ROLE_OF_FUNCTION.values(), "eco_reader", "eco_reviewer", "eco_operator")


def credentials(home: Home) -> dict[str, str]:
    """The password of each role; those that are missing are made and saved first."""
    file = home.path / "credentials.json"
    known: dict[str, str] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    missing = [role for role in (SUPERUSER, *ROLES) if role not in known]
    if missing:
        known |= {role: secrets.token_urlsafe(24) for role in missing}
        write_private(file, json.dumps(known, indent=2))
    return known


def write_private(file: Path, text: str) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    new = file.with_name(file.name + ".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as stream:
        stream.write(text)
    new.replace(file)
