"""Schema drift, repeats and returns: what a contract says of a file beyond its single values."""

import io
from typing import Any

import pytest

from functions import checking
from functions.drift import Drift
from functions.errors import PermanentError
from functions.readers import detect
from functions.rules import Checked
from tests.functions.corpus.case import HEADER, LINE, shop

REFUSING = {"new": "refuse", "missing": "refuse", "retyped": "refuse"}


def read(data: str, schema: dict[str, Any] | None = None, name: str = "shop.csv") -> tuple[list[Checked], Drift]:
    drift = Drift(shop(schema), name)
    opened = detect.open_file(name, io.BytesIO(data.encode()), 10**9)
    return list(checking.checked(opened, drift)), drift


def quantities(chunks: list[Checked]) -> list[int]:
    return [quantity for chunk in chunks for quantity in chunk.valid["quantity"].to_pylist()]


def rejected(chunks: list[Checked]) -> dict[int, str]:
    return {row["source_row"]: row["reason"] for chunk in chunks for row in chunk.rejected.to_pylist()}


def test_a_file_as_its_contract_says_has_not_drifted() -> None:
    _, drift = read(f"{HEADER}\n{LINE}\n")
    assert (drift.as_dict(), drift.sentences()) == ({}, [])


def test_new_and_missing_columns_are_told_from_the_first_file_on() -> None:
    _, drift = read(f"{HEADER.replace('note', 'colour, Size')}\n{LINE}blue,L\n")
    assert drift.as_dict() == {"new": ["colour", "Size"], "missing": ["note"]}
    assert drift.sentences() == [
        "New columns, which are not read: colour, Size.",
        "Columns of the contract that are missing: note.",
    ]


def test_a_column_without_a_name_is_no_new_one() -> None:
    _, drift = read(f"{HEADER},\n{LINE},\n")
    assert drift.as_dict() == {}


@pytest.mark.parametrize(
    ("value", "kind"),
    [("2.5", "number"), ("two", "string"), ("t\x00o", "string"), ("2026-01-31", "timestamp")],
    ids=ascii,
)
def test_a_column_of_which_most_values_are_of_another_type_is_retyped(value: str, kind: str) -> None:
    lines = [LINE.replace(",2,", f",{value},")] * 11 + [LINE] * 9
    chunks, drift = read("\n".join([HEADER, *lines]))
    assert drift.as_dict() == {"retyped": {"qty": f"{kind} instead of integer"}}
    assert len(rejected(chunks)) == 11


def test_some_bad_values_are_rejected_rows_and_no_drift() -> None:
    _, drift = read("\n".join([HEADER, *[LINE.replace(",2,", ",two,")] * 9, *[LINE] * 11]))
    assert drift.as_dict() == {}


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (f"{HEADER},colour\n{LINE},blue\n", "new: colour"),
        (f"{HEADER[:-5]}\n{LINE[:-1]}\n", "missing: note"),
        ("\n".join([HEADER, *[LINE.replace(",2,", ",two,")] * 10]), "retyped: qty"),
    ],
    ids=["new", "missing", "retyped"],
)
def test_a_contract_may_refuse_what_has_drifted(data: str, kind: str) -> None:
    assert read(data)[1].as_dict()
    with pytest.raises(PermanentError, match=rf"shop.csv are not those of its contract 'shop'.*{kind}"):
        read(data, {"schemaDrift": REFUSING})


def test_drift_that_only_some_objects_of_a_json_file_have_is_seen() -> None:
    objects = '[{"order":"A1","date":"2026-01-31","product":"P","qty":1,"price":1,"note":""},{"colour":"blue"}]'
    assert read(objects, name="shop.json")[1].as_dict() == {"new": ["colour"]}


def test_exact_repeats_are_lines_of_their_own_unless_the_contract_says_otherwise() -> None:
    data = "\n".join([HEADER, LINE, LINE, LINE.replace("A1", "A2"), LINE.replace("P1", "P2"), LINE])
    assert quantities(read(data)[0]) == [2] * 5
    chunks, _ = read(data, {"repeats": "reject"})
    # Row 5 stands with row 4, and row 1 is in another stretch of the same order.
    assert rejected(chunks) == {2: "the row repeats row 1"}
    assert len(quantities(chunks)) + len(rejected(chunks)) == 5


def test_a_repeat_is_found_across_chunks_and_among_rejected_rows() -> None:
    wide = LINE + "x" * 1_500_000
    data = "\n".join([HEADER, wide, LINE.replace(",2,", ",two,"), wide.replace("P1", "P2"), wide])
    chunks, _ = read(data, {"repeats": "reject"})
    assert len(chunks) > 1
    assert rejected(chunks)[4] == "the row repeats row 1"


def test_what_the_contract_calls_a_return_is_counted_as_one_whatever_its_sign() -> None:
    lines = [
        LINE,
        LINE.replace("A1", "C1"),
        LINE.replace("A1", "C2").replace(",2,", ",-2,"),
        LINE.replace(",2,", ",-2,"),
    ]
    data = "\n".join([HEADER, *lines])
    assert quantities(read(data)[0]) == [2, 2, -2, -2]
    assert quantities(read(data, {"returns": {"column": "order_id", "pattern": "^C"}})[0]) == [2, -2, -2, -2]
