"""`python -m local contract`: check, infer and try, as a person at a shell or a script meets them."""

import gzip
import subprocess
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner, Result

from functions import contract, contract_check, contract_try
from local.cli import app

GERMAN = """\
Verkäufe Januar;;;;;

Bestellnummer;Datum;Artikelnummer;Menge;Einzelpreis;Farbe
1001;31.01.2026 10:30;A-1;2;1.234,50 €;blau
1001;31.01.2026 10:30;A-2;1;9,90 €;rot
R1002;01.02.2026 09:05;A-1;1;1.234,50 €;blau
"""
ORDERS = (
    '[{"number": "A1", "createdAt": "2026-01-31T10:30:00Z", "customer": {"id": 7, "email": "a@b.example"}, '
    '"currency": "EUR", "items": [{"sku": "P1", "quantity": 2, "price": 9.5}, '
    '{"sku": "P2", "quantity": 1, "price": 5}]}]'
)
PRODUCTS = "sku,title,price,currency,updated_at,warehouse\nP1,Lamp,9.50,EUR,2026-01-31 10:30:00,north\n"
CUSTOMERS = "id,loyalty,country,email,joined\nC1,gold,France,a@b.example,2020-05-01\n"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["contract", *map(str, arguments)])


def drafted(folder: Path, name: str, data: str | bytes, *options: str) -> contract.Contract:
    """The contract that is inferred from a file; it has no problems and reads each of the file's rows."""
    sample, draft = folder / name, folder / "draft.yaml"
    sample.write_bytes(data.encode() if isinstance(data, str) else data)
    result = run("infer", sample, "--out", draft, *options)
    assert result.exit_code == 0, result.output
    assert contract_check.problems(draft) == []
    tried = run("try", draft, sample)
    assert tried.exit_code == 0, tried.output
    return contract.load(draft)


def names(known: contract.Contract) -> dict[str, str]:
    return {column.name: column.physical_name for column in known.columns}


def test_a_german_export_with_a_title_is_understood(tmp_path: Path) -> None:
    known = drafted(tmp_path, "verkauf-2026-01.csv.gz", gzip.compress(GERMAN.encode("cp1252")))
    assert (known.source, known.pattern, known.entity) == ("verkauf", "sales/verkauf/*", "sales")
    assert names(known) == {
        "order_id": "Bestellnummer", "sale_timestamp": "Datum", "product_id": "Artikelnummer", "quantity": "Menge",
        "unit_price": "Einzelpreis", "currency": "currency", "farbe": "Farbe",
    }  # fmt: skip
    columns = {column.name: column for column in known.columns}
    assert columns["sale_timestamp"].options["format"] == "d.M.yyyy[ H:mm[:ss]]"
    assert columns["unit_price"].options["decimalSeparator"] == ","
    assert columns["unit_price"].options["thousandsSeparator"] == "."
    assert columns["currency"].default == "EUR"


def test_nested_orders_are_unfolded_and_personal_columns_left_out(tmp_path: Path) -> None:
    known = drafted(tmp_path, "orders.json", ORDERS)
    assert known.layout.lines == "items"
    assert names(known)["product_id"] == "items.sku"
    assert names(known)["customer_id"] == "customer.id"
    assert "customer.email" not in names(known).values()
    assert "customer.email" in (tmp_path / "draft.yaml").read_text()


def test_products_and_customers_are_told_apart(tmp_path: Path) -> None:
    products = drafted(tmp_path, "items.csv", PRODUCTS)
    assert (products.entity, names(products)["product_name"]) == ("products", "title")
    (tmp_path / "draft.yaml").unlink()
    customers = drafted(tmp_path, "people.csv", CUSTOMERS)
    assert (customers.entity, names(customers)["joined_on"]) == ("customers", "joined")
    assert customers.personal_names == ["customer_id", "loyalty_tier", "country", "joined_on"]


def test_what_a_person_must_decide_is_marked(tmp_path: Path) -> None:
    drafted(tmp_path, "shop.csv", "order,date,sku,qty,price\nA1,01/02/2026,P1,2,1.234\n")
    text = (tmp_path / "draft.yaml").read_text()
    assert "DECIDE: values such as '01/02/2026' can also be read with format 'M/d/yyyy'" in text
    assert "DECIDE: values such as '1.234' can also be read with decimalSeparator ','" in text
    assert "DECIDE: in which time zone" in text
    assert "DECIDE: the file states no currency" in text


def test_what_a_person_says_is_not_asked(tmp_path: Path) -> None:
    data = "order#date#sku#qty#price\nA1#2026-01-31 10:00#P1#2#9.5\n"
    options = ("--currency", "GBP", "--timezone", "Europe/London", "--source", "corner", "--delimiter", "#")
    known = drafted(tmp_path, "shop.csv", data, *options)
    assert (known.source, known.layout.delimiter) == ("corner", "#")
    assert {column.default for column in known.columns} == {None, "GBP"}
    assert "time zone" not in (tmp_path / "draft.yaml").read_text()


def test_a_sample_that_is_no_table_of_ours_is_refused_with_a_sentence(tmp_path: Path) -> None:
    sample = tmp_path / "weather.csv"
    sample.write_text("station,wind\nx,3\n")
    result = run("infer", sample)
    assert result.exit_code == 1
    assert "looks like neither sales, products nor customers" in result.output
    sample.write_text("order,date,qty\nA1,2026-01-31,2\n")
    result = run("infer", sample)
    assert result.exit_code == 1
    assert "DECIDE: which column is this?" in result.output
    assert run("infer", tmp_path / "absent.csv").exit_code == 2


def test_a_draft_overwrites_nothing(tmp_path: Path) -> None:
    sample, out = tmp_path / "shop.csv", tmp_path / "mine.yaml"
    sample.write_text(PRODUCTS)
    out.write_text("mine")
    assert run("infer", sample, "--out", out).exit_code == 2
    assert out.read_text() == "mine"


def test_check_says_what_is_wrong_and_where(tmp_path: Path) -> None:
    assert run("check", contract.FOLDER / "sales.yaml").exit_code == 0
    broken = tmp_path / "shop.yaml"
    broken.write_text((contract.FOLDER / "online_retail.yaml").read_text().replace("integer", "int"))
    result = run("check", broken)
    assert result.exit_code == 1
    assert "shop.yaml: line " in result.output
    assert "'int' is not read here" in result.output
    result = run("try", broken, broken)
    assert (result.exit_code, "cannot be used" in result.output) == (1, True)


def test_try_says_what_would_be_rejected_and_held_and_what_has_drifted(tmp_path: Path) -> None:
    head = "InvoiceNo,StockCode,Quantity,InvoiceDate,UnitPrice,CustomerID,Country,Colour\n"
    line = "{0},P{1},2,2026-01-31 10:{0}:00,{2},17850.0,France,[red]\n"
    rows = [line.format(number, number % 3, 9.5 if number != 40 else 950) for number in range(10, 50)]
    sample = tmp_path / "day.csv"
    sample.write_text(head + "".join(rows) + rows[0].replace(",2,", ",two,") * 3 + "10,11\n")
    result = run("try", contract.FOLDER / "online_retail.yaml", sample)
    assert result.exit_code == 1
    assert "day.csv: 44 rows read, 40 keep the contract, 4 rejected, 1 would be held" in result.output
    assert "Quantity: 'two' is not a whole number" in result.output
    assert "unit price 950.00 is 100 times" in result.output
    assert "New columns, which are not read: Colour." in result.output
    assert "Columns of the contract that are missing: Description." in result.output
    sample.write_text("InvoiceNo\n1\n")
    result = run("try", contract.FOLDER / "online_retail.yaml", sample)
    assert (result.exit_code, "Refused: day.csv lacks 4 of the columns" in result.output) == (1, True)


def test_an_online_retail_day_is_read_by_the_contract_that_is_inferred_from_it(
    online_retail: list[Path], tmp_path: Path
) -> None:
    for number, sample in enumerate(online_retail[::60]):
        draft = tmp_path / f"{number}.yaml"
        assert run("infer", sample, "--out", draft).exit_code == 0
        assert contract_check.problems(draft) == []
        known = contract.load(draft)
        trial = contract_try.tried(known, sample, 10**9, 100_000)
        assert trial.is_read_whole
        assert trial.drift == []
        assert trial.rows_read == sum(1 for _ in sample.open(encoding="utf-8")) - 1
        shipped = {column.name: column for column in contract.load(contract.FOLDER / "online_retail.yaml").columns}
        assert {name: column.physical_name for name, column in shipped.items()} == names(known)
        assert all(column.remove == shipped[column.name].remove for column in known.columns)


def test_the_returns_rule_is_the_only_edit_that_a_day_needs(online_retail: list[Path], tmp_path: Path) -> None:
    draft = tmp_path / "draft.yaml"
    run("infer", online_retail[0], "--out", draft)
    marked = [line.removeprefix("    # ") for line in draft.read_text().splitlines() if "property: returns" in line]
    document = yaml.safe_load(draft.read_text())
    document["schema"][0].update(yaml.safe_load(marked[0]))
    draft.write_text(yaml.safe_dump(document))
    assert contract_check.problems(draft) == []
    assert contract.load(draft).returns == contract.Returns("order_id", "^C")


@pytest.fixture(scope="session")
def datacontract() -> Path:
    """The command line of datacontract-cli, in an environment of its own."""
    root = Path(__file__).parents[2]
    subprocess.run(["make", "--silent", ".venv-datacontract/.installed"], cwd=root, check=True, timeout=500)
    return root / ".venv-datacontract" / "bin" / "datacontract"


@pytest.mark.parametrize(
    "path", [*sorted(contract.FOLDER.glob("*.yaml")), Path("inferred")], ids=lambda path: path.stem
)
def test_other_tools_accept_every_contract(
    path: Path, datacontract: Path, online_retail: list[Path], tmp_path: Path
) -> None:
    if path.stem == "inferred":
        path = tmp_path / "inferred.yaml"
        run("infer", online_retail[0], "--out", path)
    done = subprocess.run([datacontract, "lint", path], check=False, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout
    assert "Data contract is valid" in done.stdout
    assert "warning" not in done.stdout
