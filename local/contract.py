"""`python -m local contract`: contracts checked, drafted and tried, without a stack."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from local.errors import LocalError, UsageError
from local.terminal import console, errors, told

if TYPE_CHECKING:
    from functions.contract import Contract
    from functions.contract_try import Reasons, Trial

app = typer.Typer(
    no_args_is_help=True,
    help="Check, draft and try contracts: what the files of a source must look like. docs/contracts.md explains them.",
)

Sample = Annotated[
    Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="A file of any kind that is read here.")
]
ContractFile = Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="A contract, YAML.")]


@app.command()
def check(file: ContractFile) -> None:
    """Say everything that is wrong with a contract. Exit code 0 where nothing is, 1 otherwise."""
    from functions import contract_check

    with told():
        found = contract_check.problems(file)
        for problem in found:
            console.print(f"{file}: {problem}", markup=False, highlight=False)
        if found:
            raise LocalError(f"{file.name} has {_count(len(found), 'problem')}.")
        console.print(f"{file.name} is a contract that can be used.", markup=False, highlight=False)


@app.command("try")
def try_(
    contract: ContractFile,
    sample: Sample,
    most: Annotated[int, typer.Option("--reasons", help="Kinds of reasons to show at most.", min=1)] = 10,
) -> None:
    """Say what a contract would make of a file: rows read, rejected, held, and why. Nothing is written.

    Exit code 0 where every row is read and keeps the contract (a held row does), 1 otherwise.
    """
    with told():
        known = _usable(contract)
        trial = _tried(known, sample)
        _show(trial, sample, most, "flagged" if known.flags_anomalies else "held")
        raise typer.Exit(0 if trial.is_read_whole else 1)


@app.command()
def infer(
    sample: Sample,
    out: Annotated[Path | None, typer.Option(help="Where to write the contract; standard output if not given.")] = None,
    source: Annotated[str | None, typer.Option(help="Name of the source; from the file's name if not given.")] = None,
    entity: Annotated[
        str | None, typer.Option(help="sales, products or customers; what the columns look like if not given.")
    ] = None,
    currency: Annotated[
        str | None, typer.Option(help="Currency where the files state none, as ISO 4217: EUR, GBP.")
    ] = None,
    timezone: Annotated[str, typer.Option(help="Zone of the times that state none.")] = "Etc/UTC",
    encoding: Annotated[
        str | None, typer.Option(help="Encoding, where it is neither Unicode nor Windows-1252.")
    ] = None,
    delimiter: Annotated[str | None, typer.Option(help="Delimiter, where it is none of the usual.")] = None,
    sheet: Annotated[str | None, typer.Option(help="The sheet of a workbook that counts.")] = None,
) -> None:
    """Draft a contract from a sample file; lines marked DECIDE need a person.

    Exit code 0 where the draft reads the sample, 1 where it does not yet or the sample cannot be read.
    """
    from functions.contract import Layout
    from functions.errors import PermanentError
    from functions.inference import draft

    with told():
        if out is not None and out.exists():
            raise UsageError(f"{out} exists already; delete it first, or name another file.")
        wishes = draft.Wishes(source, entity, currency, timezone)
        layout = Layout(delimiter=delimiter, encoding=encoding, sheet=sheet)
        try:
            text = draft.drafted(sample, layout, wishes)
        except (PermanentError, draft.DraftError) as error:
            raise LocalError(str(error)) from error
        if out is None:
            typer.echo(text, nl=False)
        else:
            out.write_text(text, encoding="utf-8")
        _tell(text, sample)


def _tell(text: str, sample: Path) -> None:
    """How far the draft is one: on standard error, since standard output may be the draft itself."""
    import yaml

    from functions.contract import from_document

    trial = _tried(from_document(yaml.safe_load(text)), sample)
    decisions = _count(text.count("DECIDE:"), "line")
    read = trial.rows_read - trial.rejected.rows
    errors.print(f"{decisions} marked DECIDE; reads {read:,} of {trial.rows_read:,} rows.", highlight=False)
    if trial.refused:
        raise LocalError(trial.refused)


def _usable(path: Path) -> Contract:
    from functions import contract, contract_check

    found = contract_check.problems(path)
    if found:
        raise LocalError(
            f"{path.name} cannot be used. {found[0]} `python -m local contract check {path}` shows everything."
        )
    return contract.load(path)


def _tried(contract: Contract, sample: Path) -> Trial:
    from functions import contract_try
    from functions.settings import Settings

    settings = Settings()
    with errors.status(f"reading {sample.name}"):
        return contract_try.tried(contract, sample, settings.max_file_bytes, settings.part_rows)


def _show(trial: Trial, sample: Path, most: int, fate: str) -> None:
    valid = trial.rows_read - trial.rejected.rows
    rows = "row" if trial.rows_read == 1 else "rows"
    console.print(
        f"{sample.name}: {trial.rows_read:,} {rows} read, {valid:,} keep the contract, "
        f"{trial.rejected.rows:,} rejected, {trial.held.rows:,} would be {fate} as anomalous, without a trained model.",
        markup=False,
        highlight=False,
    )
    for title, reasons in (("rejected", trial.rejected), (fate, trial.held)):
        if reasons.rows:
            console.print(_reasons(title, reasons, most))
    for sentence in trial.drift:
        console.print(sentence, markup=False, highlight=False)
    if trial.refused:
        errors.print(f"Refused: {trial.refused}", style="red", markup=False, highlight=False)


def _reasons(title: str, reasons: Reasons, most: int) -> Table:
    shown = Table()
    for name in (title, "first row"):
        shown.add_column(name, justify="right")
    shown.add_column("its reason", overflow="fold")
    ordered = sorted(reasons.kinds.values(), key=lambda kind: -kind[0])
    for count, first, example in ordered[:most]:
        shown.add_row(f"{count:,}", f"{first:,}", escape(example))
    return shown


def _count(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"
