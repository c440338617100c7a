"""The contracts: valid in their standard, and each found by its objects' names."""

from pathlib import Path

import pytest
import yaml
from open_data_contract_standard.model import OpenDataContractStandard

from functions import contract
from functions.errors import PermanentError
from functions.parsing import PARSERS

FILES = sorted(contract.FOLDER.glob("*.yaml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_contract_is_valid_in_the_open_data_contract_standard(path: Path) -> None:
    document = OpenDataContractStandard.model_validate(yaml.safe_load(path.read_text()))
    assert document.kind == "DataContract"


@pytest.mark.parametrize("known", contract.contracts(), ids=lambda known: known.source)
def test_every_type_of_a_contract_can_be_read(known: contract.Contract) -> None:
    assert {column.logical_type for column in known.columns} <= PARSERS.keys()


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("sales/2026-01.csv", "sales"),
        ("sales/online-retail/2010-12-01.csv", "online-retail"),
        ("products/new.json", "products"),
        ("customers/2026/01.ndjson.gz", "customers"),
        ("customers/snapshot/all.csv", "customers-snapshot"),
    ],
)
def test_an_object_is_read_by_the_most_specific_contract(name: str, source: str) -> None:
    assert contract.for_object(name).source == source


def test_an_unknown_object_is_refused_with_the_names_that_are_known() -> None:
    with pytest.raises(PermanentError, match=r"'suppliers/a.csv'.*products/\*"):
        contract.for_object("suppliers/a.csv")
