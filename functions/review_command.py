"""`python -m functions review`: what is held or rejected, and what a person decides about it, as eco_reviewer."""

from __future__ import annotations

import argparse
import getpass
import json
import sys
from typing import TYPE_CHECKING

from functions.runtime import Platform

if TYPE_CHECKING:
    from functions.decisions import Decided, Filter

MOST = 1_000


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command `review` to a command line."""
    review = commands.add_parser("review", help="look at held and rejected rows, and decide about them")
    review.add_argument("step", choices=("list", "release", "correct", "dismiss", "undo", "replay"))
    review.add_argument("ids", nargs="*", type=int, metavar="ID", help="as `review list` shows them")
    for name, says in (
        ("source", "only rows of this source"),
        ("kind", "only `held` or `rejected` rows"),
        ("reason", "only rows whose reason has this text in it"),
        ("run", "only rows of this run: its id, or the name of its object"),
    ):
        review.add_argument(f"--{name}", help=says)
    review.add_argument("--all", action="store_true", help="every open row, where neither ids nor a filter are given")
    review.add_argument("--set", nargs="+", default=[], metavar="COLUMN=VALUE", help="what columns should have said")
    review.add_argument("--by", help="who decides; by default who runs this")
    review.add_argument("--note", help="why; it is kept")


def run(on: Platform, options: argparse.Namespace) -> int:
    """Take one step; returns its exit code."""
    from functions.decisions import Decision, Filter, ReviewError, decide, replay

    wanted = Filter(options.ids or None, options.source, options.kind, options.reason, options.run)
    if options.step == "list":
        return _list(on, wanted)
    if wanted == Filter() and not options.all:
        sys.stderr.write("Say which rows: their ids, or --source, --kind, --reason, --run, or --all.\n")
        return 2
    if wanted.quality_ids is None and options.step != "undo":
        wanted = wanted.in_state("open")
    correction = {name: value or None for name, _, value in (pair.partition("=") for pair in options.set)}
    if (options.step == "correct") != bool(correction):
        sys.stderr.write("`correct`, and nothing else, takes --set COLUMN=VALUE.\n")
        return 2
    by = options.by or _user()
    if not by:
        sys.stderr.write("Say who decides: --by NAME.\n")
        return 2
    try:
        if options.step == "replay":
            decided = replay(on, wanted, by)
        else:
            decided = decide(on, wanted, Decision(options.step, by, options.note, correction or None))
    except ReviewError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return _tell(decided)


def _user() -> str:
    """Who runs this; empty where that is nobody with a name, as in the cloud."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # the latter from Python 3.13 on
        return ""


def _list(on: Platform, wanted: Filter) -> int:
    from functions.decisions import find

    for entry in find(on.warehouse, wanted.in_state("open"), MOST):
        row = json.dumps(entry.row, ensure_ascii=False)
        columns = (entry.quality_id, entry.kind, entry.object_name, entry.source_row, entry.reason, row)
        sys.stdout.write("\t".join(map(str, columns)) + "\n")
    return 0


def _tell(decided: Decided) -> int:
    for outcome, count in decided.counts.items():
        sys.stdout.write(f"{count}\t{outcome}\n")
    if not decided.is_told:
        sys.stdout.write("The load function did not answer; maintenance passes the decision on.\n")
    return 0
