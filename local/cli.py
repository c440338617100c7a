"""The command line: `python -m local COMMAND`.

Exit codes: 0 it worked, 1 it did not, 2 the command line is wrong, 130 stopped with Ctrl-C.

Each command imports its own code: `psql` shall not wait for the storage client.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated

import typer

from local import contract, lifecycle, review, state
from local.errors import LocalError, UsageError
from local.home import Home
from local.terminal import addresses, console, errors, told

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
    help="The whole platform on this machine, without Docker.",
    epilog="Exit codes: 0 it worked, 1 it did not, 2 the command line is wrong. "
    "ECO_HOME is the data folder (.eco), ECO_PORT_OFFSET is added to every port.",
)
app.add_typer(contract.app, name="contract")
app.add_typer(review.app, name="review")


@app.command()
def up(detach: Annotated[bool, typer.Option("--detach", "-d", help="Return when all is ready.")] = False) -> None:
    """Start everything; Ctrl-C stops it again. With --detach it goes on in the background until `down`."""
    with told():
        home = Home.from_environment()
        if not detach:
            _up_in_foreground(home)
            return
        with errors.status("starting"):
            is_new = lifecycle.up(home)
        console.print("The stack is up." if is_new else "The stack is running already.")
        _show_addresses(home)


def _show_addresses(home: Home) -> None:
    from local import pgbouncer

    console.print(addresses(home))
    if pgbouncer.find() is None:
        console.print(pgbouncer.HOW_TO_GET_IT)


def _up_in_foreground(home: Home) -> None:
    from local.supervisor import Supervisor

    def announce() -> None:
        _show_addresses(home)
        console.print("Ready. Ctrl-C stops everything.")

    Supervisor(home).run(announce)


@app.command()
def down() -> None:
    """Stop everything, whatever a killed stack left behind included. The data stays."""
    with told():
        with errors.status("stopping"):
            was_running = lifecycle.down(Home.from_environment())
        console.print("Stopped." if was_running else "Nothing was running.")


@app.command()
def reset(yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False) -> None:
    """Stop everything and delete all its data."""
    with told():
        home = Home.from_environment()
        if not yes:
            typer.confirm(f"Delete the database, the buckets and the passwords in {home.path}?", abort=True)
        with errors.status("deleting"):
            lifecycle.reset(home)
        console.print(f"Deleted the data in {home.path}.", highlight=False)


@app.command("status")
def show_status() -> None:
    """What is up, the runs by status, and the events on their way. Exit code 1 where something is down."""
    from local import status

    with told():
        home = Home.from_environment()
        table, all_up = status.processes(home, _running(home))
        console.print(table)
        console.print(status.work(home))
        raise typer.Exit(0 if all_up else 1)


def _home_of_running_stack() -> Home:
    home = Home.from_environment()
    _running(home)
    return home


def _running(home: Home) -> state.State:
    record = state.running(home)
    if record is None:
        raise LocalError(f"The stack in {home.path} is down; `python -m local up --detach` starts it.")
    return record


@app.command("upload")
def upload_files(
    paths: Annotated[list[Path], typer.Argument(help="Files, or folders whose files are meant.")],
    prefix: Annotated[str, typer.Option(help="What comes before the file's name in the object's, e.g. sales/.")],
    wait: Annotated[bool, typer.Option("--wait", help="Wait until the runs have ended.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Write the results as JSON.")] = False,
    timeout: Annotated[float, typer.Option(help="Seconds to wait at most.", min=0)] = 600,
) -> None:
    """Upload files to the raw bucket. With --wait, exit code 0 only when every run is a SUCCESS."""
    from local import runs, upload

    with told():
        home = _home_of_running_stack()
        events = upload.with_progress(home, upload.plan(paths, prefix), errors)
        results = runs.wait_with_progress(home, events, timeout, errors) if wait else runs.unawaited(events)
        if as_json:
            typer.echo(json.dumps([result.as_dict() for result in results], indent=2))
        else:
            console.print(runs.table(results))
        raise typer.Exit(0 if not wait or all(result.status == "SUCCESS" for result in results) else 1)


@app.command()
def account(name: Annotated[str, typer.Argument(help="Under which decisions are kept.")]) -> None:
    """Let somebody review and upload in the dashboard; asks for a password, or takes the first line of the input."""
    from dashboard import accounts

    with told():
        home = Home.from_environment()
        home.make()
        try:
            accounts.add(home.accounts, name, accounts.asked())
        except accounts.AccountError as error:
            raise UsageError(str(error)) from error
        console.print(f"{name} can log in at {home.url('dashboard')}/review.", markup=False, highlight=False)


@app.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
def psql(
    arguments: Annotated[list[str] | None, typer.Argument(help="Passed on to psql as they are.")] = None,
    role: Annotated[str, typer.Option(help="Database role; comes before the arguments.")] = "eco_reader",
) -> None:
    """Run psql on the warehouse, through the pooler."""
    from local import postgres

    with told():
        home = _home_of_running_stack()
        environment = {**os.environ, **postgres.psql_environment(home, role)}
        program = str(postgres.psql())
        os.execve(program, [program, *(arguments or [])], environment)  # noqa: S606 - no shell is wanted


@app.command()
def maintain(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Change nothing; show what it would do by the settings in this shell.")
    ] = False,
) -> None:
    """Run maintain now, wait for it, and show what it did."""
    from local import maintenance

    with told():
        with errors.status("maintaining"):
            home = _home_of_running_stack()
            table = maintenance.dry_run(home) if dry_run else maintenance.run(home)
        console.print(table)


@app.command("alerts")
def show_alerts() -> None:
    """The alerts that stand: what happened, to which file, what to do, and who was told."""
    from local import alerts

    with told():
        for line in alerts.shown(_home_of_running_stack()):
            console.print(line, highlight=False)


@app.command()
def restore(month: Annotated[str, typer.Argument(help="The month, as YYYY-MM.")]) -> None:
    """Bring a month of sales back that retention has archived; it stays for at least 30 days."""
    from local import maintenance

    with told():
        first_day = maintenance.first_day(month)
        with errors.status("restoring"):
            archive = maintenance.restore(_home_of_running_stack(), first_day)
        console.print(f"{month} is back, from {archive}; the archive stays too.", highlight=False)


@app.command()
def verify(
    checksums: Annotated[
        bool, typer.Option("--checksums", help="Instead, show a checksum of the content of each table.")
    ] = False,
) -> None:
    """Check on the live warehouse that what must never break holds. Exit code 0 only when all of it does."""
    from local import verification

    with told():
        home = _home_of_running_stack()
        with errors.status("verifying"):
            if checksums:
                shown, faults = verification.checksums(home), []
            else:
                findings = verification.run(home)
                shown, faults = verification.table(findings), verification.faults(findings)
        console.print(shown)
        for fault in faults:
            errors.print(fault, highlight=False)
        raise typer.Exit(1 if faults else 0)


@app.command()
def rebuild(
    keep: Annotated[bool, typer.Option("--keep", help="Keep the rebuilt database also where it is equal.")] = False,
) -> None:
    """Build the warehouse anew from the raw bucket, beside the old one, and compare. Exit code 0 only when equal."""
    from local import rebuilding

    with told():
        rebuilt = rebuilding.run(_home_of_running_stack(), errors, keep)
        console.print(rebuilding.table(rebuilt))
        for sentence in rebuilding.sentences(rebuilt, keep):
            console.print(sentence, markup=False, highlight=False)
        raise typer.Exit(0 if rebuilt.is_equal else 1)


@app.command()
def forget(customer_id: Annotated[str, typer.Argument(help="The customer's id, as the files have it.")]) -> None:
    """Erase what is known of a customer, for good; the sales stay, under the id alone."""
    from local import forgetting

    with told():
        with errors.status("forgetting"):
            sentences = forgetting.run(_home_of_running_stack(), customer_id)
        for sentence in sentences:
            console.print(sentence, markup=False, highlight=False)


@app.command()
def redrive() -> None:
    """Send the dead letters again: the events that a function refused until the relay gave up."""
    from local import relay_client

    with told():
        count = relay_client.redrive(_home_of_running_stack())
        console.print(f"{count} dead letters are on their way again." if count else "There are no dead letters.")


@app.command()
def demo() -> None:
    """Upload a shop's history, faults and all, and show what becomes of it."""
    from local import demo as demonstration

    with told():
        raise typer.Exit(demonstration.run(console))


@app.command()
def setup(
    with_browser: Annotated[
        bool, typer.Option("--with-browser", help="Also a browser, for the dashboard's tests.")
    ] = False,
) -> None:
    """Install PgBouncer where the system lets us; the stack works without it too."""
    from local import install, pgbouncer

    if not install.pgbouncer_if_possible(errors):
        errors.print(pgbouncer.HOW_TO_GET_IT)
    if with_browser:
        install.browser_if_possible(errors)
