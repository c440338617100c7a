"""What the page Upload says of a file before it is sent."""

import gzip

import pytest

from dashboard import preview
from functions.errors import PermanentError
from tests.warehouse.files import customer, customers, product, products, retail, retail_line, sale, sales

ENOUGH = 10**9
USUAL = [sale("A1", line, quantity=line % 3 + 1) for line in range(1, 21)]


@pytest.mark.parametrize(
    ("content", "source"),
    [
        (sales(sale()), "sales"),
        (retail(retail_line()), "online-retail"),
        (products(product()), "products"),
        (customers(customer()), "customers"),
    ],
)
def test_a_file_is_matched_by_its_columns_and_a_snapshot_comes_last(content: str, source: str) -> None:
    found = preview.matches("x.csv", content.encode(), ENOUGH)
    assert found[0].contract.source == source
    assert [match.contract.is_snapshot for match in found] == sorted(match.contract.is_snapshot for match in found)


def test_a_packed_file_is_matched_too() -> None:
    assert preview.matches("x.csv.gz", gzip.compress(sales(sale()).encode()), ENOUGH)[0].contract.source == "sales"


def test_a_file_that_no_contract_reads_says_what_each_misses() -> None:
    with pytest.raises(PermanentError) as refused:
        preview.matches("x.csv", b"colour,size\nred,2\n", ENOUGH)
    for source in ("sales", "online-retail", "products", "customers"):
        assert f"- {source}: " in str(refused.value)


def test_what_is_wrong_for_all_contracts_is_said_once() -> None:
    with pytest.raises(PermanentError, match=r"^x\.pdf is of a type that is not read here"):
        preview.matches("x.pdf", b"%PDF", ENOUGH)


def test_the_object_has_the_folder_of_the_contract_and_the_name_of_the_file() -> None:
    [match] = preview.matches("x.csv", retail(retail_line()).encode(), ENOUGH)
    assert preview.object_name(match.contract, "../secret/x.csv") == "sales/online-retail/x.csv"
    assert preview.object_name(match.contract, "C:\\shop\\x.csv") == "sales/online-retail/x.csv"


def test_rows_are_counted_as_the_functions_would() -> None:
    content = sales(*USUAL, sale("A2", 1, price="1000"), sale("A3", 1, quantity="x"), sale("A4", 1, currency="pounds"))
    seen = preview.of_file("sales/x.csv", content.encode(), None, ENOUGH)
    assert (seen.rows_read, seen.rows_passing, seen.rejected.num_rows, seen.held.num_rows) == (23, 20, 2, 1)
    assert seen.held["anomaly_reason"].to_pylist() == ["unit price 1,000.00 is 100 times the usual 10.00 for P1"]
    assert seen.rejected["source_row"].to_pylist() == [22, 23]
    assert seen.is_whole and seen.broken is None


def test_drift_is_told() -> None:
    content = "\n".join(
        f"{line},{more}" for line, more in zip(sales(sale()).splitlines(), ("colour", "red"), strict=True)
    )
    assert "colour" in " ".join(preview.of_file("sales/x.csv", content.encode(), None, ENOUGH).drift)
