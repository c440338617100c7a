"""Accounts on one machine, in a file that only its owner can read: a name and what scrypt makes of a password.

`python -m dashboard.accounts NAME` adds one, in a container too; ECO_ACCOUNTS_FILE is the file.
"""

from __future__ import annotations

import argparse
import getpass
import hashlib
import hmac
import json
import os
import secrets
import sys
from pathlib import Path

SCRYPT = {"n": 2**15, "r": 8, "p": 1, "maxmem": 2**26}
SALT_BYTES = 16
LEAST_CHARACTERS = 10
NOBODY = {"salt": "00" * SALT_BYTES, "key": ""}


class AccountError(ValueError):
    """The account cannot be made like that; the message says what to do."""


def add(file: Path, name: str, password: str) -> None:
    """Add an account, or give it a new password; raises AccountError."""
    if not name.strip() or not name.isprintable():
        raise AccountError("Give the account a name.")
    if len(password) < LEAST_CHARACTERS:
        raise AccountError(f"The password is too short: take at least {LEAST_CHARACTERS} characters.")
    salt = secrets.token_bytes(SALT_BYTES)
    known = {**_read(file), name: {"salt": salt.hex(), "key": _key(password, salt).hex()}}
    new = file.with_name(file.name + ".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as stream:
        json.dump(known, stream, indent=2)
    new.replace(file)


def matches(file: Path, name: str, password: str) -> bool:
    """Whether there is such an account with that password. An unknown name takes as long as a wrong password."""
    account = _read(file).get(name, NOBODY)
    key = _key(password, bytes.fromhex(account["salt"]))
    return hmac.compare_digest(key.hex(), account["key"])


def exist(file: Path) -> bool:
    """Whether anybody has an account."""
    return bool(_read(file))


def _read(file: Path) -> dict[str, dict[str, str]]:
    try:
        known: dict[str, dict[str, str]] = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return known


def _key(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, **SCRYPT)


def asked() -> str:
    """A password, typed twice at a terminal, or else the first line of the input; raises AccountError."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass.getpass("Password: ")
    if getpass.getpass("Once more: ") != password:
        raise AccountError("The two passwords differ: nothing was changed.")
    return password


def main() -> int:
    """Add an account on the command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m dashboard.accounts", description="Add somebody who may review.")
    parser.add_argument("name")
    file = os.environ.get("ECO_ACCOUNTS_FILE")
    if not file:
        parser.error("Set ECO_ACCOUNTS_FILE to the file of the accounts.")
    try:
        add(Path(file), parser.parse_args().name, asked())
    except AccountError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
