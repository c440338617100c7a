"""What a person does to the platform: `python -m functions COMMAND`, with the settings ECO_* of eco_operator.

`review` needs no more than those of eco_reviewer.

Exit codes: 0 it worked, 1 it did not, 2 the command line or a setting is wrong.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from functions import review_command
from functions.runtime import Platform, platform
from functions.settings import SettingsError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    options = _parser().parse_args(arguments)
    try:
        on = platform()
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    commands = {
        "verify": _verify,
        "rebuild": _rebuild,
        "forget": _forget,
        "restore": _restore,
        "maintain": _maintain,
        "review": review_command.run,
    }
    return commands[options.command](on, options)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m functions", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    verify = commands.add_parser("verify", help="check that what must never break holds")
    verify.add_argument("--checksums", action="store_true", help="instead, a checksum of the content of each table")
    verify.add_argument("--across-buckets", action="store_true", help="leave out what two buckets number differently")
    rebuild = commands.add_parser("rebuild", help="fill an empty warehouse from the raw bucket, and compare")
    rebuild.add_argument("--into", required=True, metavar="NAME", help="an empty, migrated database beside ECO_DB_NAME")
    forget = commands.add_parser("forget", help="erase what is known of a customer; the sales stay")
    forget.add_argument("customer_id")
    restore = commands.add_parser("restore", help="bring an archived month back")
    restore.add_argument("month", type=_month, help="YYYY-MM")
    maintain = commands.add_parser("maintain", help="run maintenance now")
    maintain.add_argument("--dry-run", action="store_true", help="change nothing; show what it would do")
    review_command.add_to(commands)
    return parser


def _month(text: str) -> date:
    if not re.fullmatch(r"(?!0000)[0-9]{4}-(0[1-9]|1[0-2])", text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a month: write it as YYYY-MM")
    return date.fromisoformat(f"{text}-01")


def _tell(*columns: object) -> None:
    sys.stdout.write("\t".join(map(str, columns)) + "\n")


def _verify(on: Platform, options: argparse.Namespace) -> int:
    from functions import verify

    if options.checksums:
        for table, (rows, checksum) in verify.checksums(on.warehouse, not options.across_buckets).items():
            _tell(table, rows, checksum)
        return 0
    all_hold = True
    for finding in verify.verify(on.warehouse):
        verdict = "holds" if finding.holds else f"DOES NOT HOLD, e.g. {finding.example}. {finding.check.hint}"
        _tell(finding.check.property, finding.check.says, finding.checked, finding.violated, verdict)
        all_hold &= finding.holds
    return 0 if all_hold else 1


def _rebuild(on: Platform, options: argparse.Namespace) -> int:
    from functions.model import ModelError
    from functions.rebuild import RebuildError, rebuild
    from functions.warehouse import connect

    new = connect(replace(on.settings, db_name=options.into))
    try:
        rebuilt = rebuild(on, new, lambda done, total: _tell("replayed", done, total))
    except (RebuildError, ModelError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    for note in rebuilt.notes:
        _tell(note)
    for table, old in rebuilt.old.items():
        _tell(table, old[0], rebuilt.new[table][0], "equal" if old == rebuilt.new[table] else "DIFFERENT")
    return 0 if rebuilt.is_equal else 1


def _forget(on: Platform, options: argparse.Namespace) -> int:
    from functions.forget import ForgetError, forget, told

    try:
        sentences = told(forget(on, options.customer_id))
    except ForgetError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    for sentence in sentences:
        _tell(sentence)
    return 0


def _restore(on: Platform, options: argparse.Namespace) -> int:
    from functions.restore import RestoreError, restore_month

    try:
        _tell(f"{options.month:%Y-%m} is back, from {restore_month(on, options.month)}; the archive stays too.")
    except RestoreError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _maintain(on: Platform, options: argparse.Namespace) -> int:
    from functions.maintain import MaintenanceError, handle

    try:
        for result in handle(on, dry_run=options.dry_run):
            _tell(result.task, result.target, result.outcome, result.detail)
    except MaintenanceError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
