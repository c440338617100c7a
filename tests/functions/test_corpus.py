"""Every file of the corpus is read exactly, or refused with a message that names the place."""

import io

import pyarrow as pa
import pytest

from functions import readers, rules
from functions.errors import PermanentError
from functions.readers import detect
from tests.functions.accounting import CASES
from tests.functions.corpus.case import Case


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.name.split('.', 1)[-1]}: {case.id}")
def test_file(case: Case) -> None:
    if case.refused:
        with pytest.raises(PermanentError) as refusal:
            _read(case)
        assert case.refused in str(refusal.value)
        assert case.name in str(refusal.value)
        return
    valid, rejected = _read(case)
    rows = valid.to_pylist()
    assert [{name: value for name, value in row.items() if name != "source_row"} for row in rows] == case.rows
    reasons = {row["source_row"]: row["reason"] for row in rejected.to_pylist()}
    assert reasons.keys() == case.rejected.keys()
    assert all(part in reasons[number] for number, part in case.rejected.items())
    assert len({row["source_row"] for row in rows} | reasons.keys()) == len(rows) + len(reasons)


def test_the_corpus_is_as_large_as_it_has_to_be() -> None:
    assert len({(case.name, case.id) for case in CASES}) == len(CASES) >= 150


def _read(case: Case) -> tuple[pa.Table, pa.Table]:
    contract = case.contract
    opened = detect.open_file(case.name, io.BytesIO(case.content), case.limit)
    checked = [rules.check(contract, rows) for rows in readers.read(opened, contract, case.name)]
    if not checked:
        return pa.table({}), pa.table({})
    return pa.concat_tables([item.valid for item in checked]), pa.concat_tables([item.rejected for item in checked])
