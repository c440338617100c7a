from __future__ import annotations

import gzip
import io
import json
import zipfile
from dataclasses import replace
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from local.shop import Shop, ShopPlan, make_shop
from local.shop.files import UploadFile, write_shop
from local.shop.sales import daily_demand, is_black_friday

FUNCTIONS = Path(__file__).parents[2] / "functions"
FACTORS = pd.read_csv(FUNCTIONS / "reference" / "desnz-2025-material-use.csv").set_index("material")
FIGURES = {
    "primary": "primary_production_kg_co2e_per_tonne",
    "recycled": "closed_loop_kg_co2e_per_tonne",
    "reused": "re_used_kg_co2e_per_tonne",
}
SCHEMAS = [yaml.safe_load(path.read_text())["schema"][0] for path in (FUNCTIONS / "contracts").glob("*.yaml")]
FORMATS = ("csv", "csv.gz", "json", "ndjson", "ndjson.gz", "xlsx")
SMALL = ShopPlan(orders=600, products=24, customers=60, anomalies=8)
small_plans = st.builds(
    ShopPlan,
    seed=st.integers(0, 2**32),
    end=st.dates(date(2000, 1, 1), date(2040, 12, 31)),
    orders=st.integers(200, 500),
    products=st.integers(10, 120),
    customers=st.integers(5, 60),
    anomalies=st.integers(0, 20),
)
few_examples = settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture(scope="module")
def shop() -> Shop:
    return make_shop(ShopPlan())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("shop")


@pytest.fixture(scope="module")
def files(shop: Shop, folder: Path) -> list[UploadFile]:
    return write_shop(folder, shop)


@pytest.fixture(scope="module")
def read(files: list[UploadFile]) -> dict[str, pd.DataFrame]:
    """Every readable file as text, by object name."""
    return {file.object_name: as_text(file.path) for file in files if not file.unreadable}


@pytest.fixture(scope="module")
def labels(files: list[UploadFile], folder: Path) -> pd.DataFrame:
    assert files
    return pd.read_csv(folder / "labels.csv")


# ----------------------------------------------------------------- reading, apart from functions/readers
def as_text(path: Path) -> pd.DataFrame:
    """A file's rows with every value as text, or missing."""
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    extension = path.name.removesuffix(".gz").rsplit(".", 1)[1]
    if extension == "csv":
        return pd.read_csv(io.BytesIO(data), dtype="str")
    if extension == "xlsx":
        rows = list(openpyxl.load_workbook(io.BytesIO(data), read_only=True)["Export"].values)
        return pd.DataFrame(rows[1:], columns=rows[0]).astype("str")
    records = json.loads(data) if extension == "json" else [json.loads(line) for line in data.splitlines()]
    return pd.DataFrame(records).astype("str")


def contract_for(object_name: str) -> dict[str, dict[str, Any]] | None:
    """The columns of the contract with the longest pattern that matches."""
    matching = [schema for schema in SCHEMAS if fnmatchcase(object_name, schema["physicalName"])]
    if not matching:
        return None
    chosen = max(matching, key=lambda schema: len(schema["physicalName"]))
    return {column["physicalName"]: column for column in chosen["properties"]}


def broken_rows(table: pd.DataFrame, columns: dict[str, dict[str, Any]]) -> list[int]:
    """The 1-based numbers of the rows that a contract does not allow."""
    broken = np.zeros(len(table), dtype=bool)
    for name, column in columns.items():
        if name not in table and not column.get("required"):
            continue
        missing = table[name].isna().to_numpy()
        broken |= missing if column.get("required") else False
        broken |= ~missing & ~allowed(table[name], column)
    return [int(place) + 1 for place in np.flatnonzero(broken)]


def allowed(text: pd.Series[str], column: dict[str, Any]) -> np.ndarray[Any, np.dtype[np.bool_]]:
    options = column.get("logicalTypeOptions", {})
    match column["logicalType"]:
        case "string":
            fits = text.str.fullmatch(options.get("pattern", ".*"))
            return np.asarray(fits & (text.str.len() <= options.get("maxLength", np.inf)))
        case "integer" | "number":
            number = pd.to_numeric(text, errors="coerce")
            whole = text.str.fullmatch(r"-?\d+") if column["logicalType"] == "integer" else number.notna()
            return np.asarray(whole & number.between(options["minimum"], options["maximum"]))
        case _:
            return np.asarray(pd.to_datetime(text, format="ISO8601", errors="coerce", utc=True).notna())


# ------------------------------------------------------------------------------------------ the shop
def test_default_shop_is_large_enough_to_be_believed(shop: Shop) -> None:
    assert 40_000 <= len(shop.sales) <= 60_000
    assert shop.products.product_id.nunique() == 120
    assert shop.customers.customer_id.nunique() == 800
    assert shop.sales.product_id.nunique() == 120
    assert 0.10 < shop.sales.customer_id.isna().mean() < 0.15
    assert 0.01 < (shop.sales.quantity < 0).mean() < 0.05
    assert set(shop.sales.line_no) == {1, 2, 3, 4, 5, 6}


@given(small_plans)
@few_examples
def test_equal_plans_make_equal_shops(plan: ShopPlan) -> None:
    one, same, other = make_shop(plan), make_shop(plan), make_shop(replace(plan, seed=plan.seed + 1))
    for table in ("products", "customers", "sales"):
        pd.testing.assert_frame_equal(getattr(one, table), getattr(same, table))
        assert not getattr(one, table).equals(getattr(other, table))


@given(st.dates(date(1990, 1, 1), date(2060, 12, 31)))
def test_year_is_the_last_twelve_months_that_are_over(end: date) -> None:
    days = ShopPlan(end=end).days
    after = days[-1] + pd.Timedelta(days=1)
    assert days[0].day == after.day == 1
    assert days[0] == after - pd.DateOffset(years=1)
    assert days[-1].date() <= end < (after + pd.DateOffset(months=1) - pd.Timedelta(days=1)).date()


@given(small_plans)
@few_examples
def test_tables_fit_together(plan: ShopPlan) -> None:
    shop = make_shop(plan)
    sales = shop.sales
    first, last = plan.days[0], plan.days[-1] + pd.Timedelta(days=1)
    assert not sales.duplicated(["order_id", "line_no", "sale_timestamp"]).any()
    assert not shop.products.duplicated(["product_id", "valid_from"]).any()
    assert not shop.customers.duplicated(["customer_id", "valid_from"]).any()
    assert sales.sale_timestamp.between(first, last, inclusive="left").all()
    assert (sales.quantity != 0).all()
    assert (sales.unit_price > 0).all()
    launched = shop.products.groupby("product_id").valid_from.min()
    joined = shop.customers.groupby("customer_id").valid_from.min()
    known = sales.dropna(subset="customer_id")
    assert (known.sale_timestamp >= known.customer_id.map(joined)).all()
    assert (sales.sale_timestamp >= sales.product_id.map(launched)).all()
    assert (sales.anomaly != "").sum() == plan.anomalies


@given(small_plans)
@few_examples
def test_sales_are_at_the_price_of_their_time(plan: ShopPlan) -> None:
    shop = make_shop(plan)
    bought = shop.sales[(shop.sales.quantity > 0) & (shop.sales.anomaly == "")].sample(20, random_state=1)
    for product, time, price in zip(bought.product_id, bought.sale_timestamp, bought.unit_price, strict=True):
        versions = shop.products[shop.products.product_id == product]
        assert price == versions[versions.valid_from <= time].list_price.iloc[-1]


@given(small_plans)
@few_examples
def test_returns_give_back_what_was_bought(plan: ShopPlan) -> None:
    sales = make_shop(replace(plan, anomalies=0)).sales
    returned = sales[sales.quantity < 0].assign(order_id=lambda table: table.order_id.str.removesuffix("-R"))
    pairs = returned.merge(sales, on=["order_id", "line_no", "product_id"], suffixes=("", "_bought"))
    assert len(pairs) == len(returned)
    assert (-pairs.quantity <= pairs.quantity_bought).all()
    assert (pairs.unit_price == pairs.unit_price_bought).all()
    assert (pairs.sale_timestamp > pairs.sale_timestamp_bought).all()


def test_demand_has_seasons(shop: Shop) -> None:
    days = ShopPlan().days
    a_day = shop.sales.sale_timestamp.dt.normalize().value_counts().reindex(days, fill_value=0)
    black_friday = days[is_black_friday(days)]
    assert list(black_friday.strftime("%Y-%m-%d")) == ["2025-11-28"]
    assert a_day[black_friday[0]] > 2 * a_day["2025-11-03":"2025-11-23"].mean()
    by_month = a_day.groupby(a_day.index.month).mean()
    assert by_month.idxmax() == 12
    assert by_month[6] > by_month[7]  # a year later
    by_weekday = a_day.groupby(a_day.index.day_of_week).mean()
    assert by_weekday[6] > by_weekday[5]
    assert daily_demand(days)[days == pd.Timestamp("2025-12-25", tz="UTC")] == 0


def test_prices_materials_and_tiers_change_within_the_year(shop: Shop) -> None:
    by_product, by_customer = shop.products.groupby("product_id"), shop.customers.groupby("customer_id")
    assert (by_product.list_price.nunique() > 1).sum() > 60
    assert (by_product.material_origin.nunique() > 1).sum() >= 5
    assert (by_customer.loyalty_tier.nunique() > 1).sum() > 200
    assert set(shop.customers.loyalty_tier) == {"none", "bronze", "silver", "gold"}


def test_products_have_factors_but_for_a_handful(shop: Shop) -> None:
    products = shop.products
    named = products.dropna(subset="material")
    assert named.material.isin(FACTORS.index).all()
    assert named.material_origin.isin(FIGURES).all()
    figures = FACTORS.rename(columns={figure: origin for origin, figure in FIGURES.items()})[[*FIGURES]].stack()
    factor = figures.reindex(pd.MultiIndex.from_frame(named[["material", "material_origin"]]))
    known = named[factor.notna().to_numpy() & named.unit_weight_kg.notna()]
    unknown = products[~products.index.isin(known.index) & products.declared_product_kg.isna()]
    assert 3 <= unknown.product_id.nunique() <= 10
    assert 0.01 < shop.sales.product_id.isin(unknown.product_id).mean() < 0.15
    assert products.declared_baseline_kg.notna().any()


# ----------------------------------------------------------------------------------------- the files
def test_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second = (write_shop(tmp_path / name, make_shop(SMALL)) for name in ("first", "second"))
    assert [file.object_name for file in first] == [file.object_name for file in second]
    for one, other in zip(first, second, strict=True):
        assert one.path.read_bytes() == other.path.read_bytes(), one.object_name
    assert (tmp_path / "first/labels.csv").read_bytes() == (tmp_path / "second/labels.csv").read_bytes()


def test_workbooks_do_not_hold_the_moment_of_writing(files: list[UploadFile]) -> None:
    workbooks = [file.path for file in files if file.path.suffix == ".xlsx"]
    for path in workbooks:
        with zipfile.ZipFile(path) as archive:
            assert {item.date_time[0] for item in archive.infolist()} == {1980}
            assert archive.read("docProps/core.xml").count(b"2026-01-01T00:00:00Z") == 2


def test_manifest_names_every_file_once(files: list[UploadFile], folder: Path) -> None:
    names = [file.object_name for file in files]
    on_disk = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert 40 <= len(names) <= 80
    assert len(set(names)) == len(names)
    assert set(names) == on_disk - {"labels.csv"}
    assert {name.split("/")[0] for name in names} == {"products", "customers", "sales", "suppliers"}
    assert {name.split(".", 1)[1] for name in names} == set(FORMATS)
    assert all(file.path == folder / file.object_name for file in files)


def test_shop_of_any_year_and_size_can_be_written(tmp_path: Path) -> None:
    plan = ShopPlan(seed=7, end=date(2024, 2, 29), orders=250, products=13, customers=5, anomalies=0)
    files = write_shop(tmp_path, make_shop(plan))
    labels = pd.read_csv(tmp_path / "labels.csv")
    for file in files:
        if not file.unreadable:
            expected = labels[(labels.object_name == file.object_name) & (labels.expected == "rejected")]
            columns = contract_for(file.object_name)
            assert columns is not None
            assert broken_rows(as_text(file.path), columns) == sorted(expected.source_row)


def test_labelled_rows_break_the_contract_and_no_other_row_does(
    read: dict[str, pd.DataFrame], labels: pd.DataFrame
) -> None:
    rejected = labels[labels.expected == "rejected"]
    assert set(rejected.kind) >= {
        "bad_number",
        "missing_id",
        "impossible_date",
        "negative_price",
        "bad_currency",
    }
    for name, table in read.items():
        columns = contract_for(name)
        assert columns is not None
        expected = sorted(rejected[rejected.object_name == name].source_row)
        assert broken_rows(table, columns) == expected, name


def test_labels_of_anomalies_point_at_anomalous_rows(
    shop: Shop, read: dict[str, pd.DataFrame], labels: pd.DataFrame
) -> None:
    usual = shop.sales[(shop.sales.anomaly == "")].groupby("product_id").unit_price.median()
    held = labels[labels.expected == "held"]
    rows = pd.DataFrame([read[name].iloc[row - 1] for name, row in zip(held.object_name, held.source_row, strict=True)])
    relative = rows.unit_price.astype(float).to_numpy() / rows.product_id.map(usual).to_numpy()
    quantity = rows.quantity.astype(int).to_numpy()
    assert len(held) >= ShopPlan().anomalies
    assert (relative[held.kind == "price_x100"] > 50).all()
    assert (relative[held.kind == "price_div100"] < 0.02).all()
    assert (quantity[held.kind == "quantity_x500"] >= 500).all()
    assert (quantity[held.kind == "return_x500"] <= -500).all()


def test_every_sale_is_delivered(shop: Shop, read: dict[str, pd.DataFrame]) -> None:
    tables = [table for name, table in read.items() if name.startswith("sales/")]
    delivered = pd.concat(tables)[["order_id", "line_no"]].dropna().astype({"line_no": int})
    missing = pd.concat([shop.sales[["order_id", "line_no"]], delivered, delivered]).drop_duplicates(keep=False)
    assert len(missing) <= sum(table.order_id.isna().sum() for table in tables)


def test_times_say_their_offset_but_in_workbooks(read: dict[str, pd.DataFrame]) -> None:
    for name, table in read.items():
        times = table["sale_timestamp" if name.startswith("sales/") else "valid_from"]
        pattern = r".*:\d\d" if name.endswith("xlsx") else r".*(Z|[+]0[01]:00)"
        assert times.str.fullmatch(pattern).all(), name


# ------------------------------------------------------------------------------ what goes wrong in the files
def test_copy_has_the_bytes_of_its_original(files: list[UploadFile]) -> None:
    copy = next(file for file in files if "-copy." in file.object_name)
    original = next(file for file in files if file.object_name == copy.object_name.replace("-copy", ""))
    assert copy.path.read_bytes() == original.path.read_bytes()
    assert files.index(copy) > files.index(original)


def test_corrected_file_changes_quantities_of_the_same_lines(shop: Shop, read: dict[str, pd.DataFrame]) -> None:
    names = list(read)
    corrected = next(name for name in names if "-corrected." in name)
    original = corrected.replace("-corrected", "")
    identity = ["order_id", "line_no", "sale_timestamp"]
    pairs = read[original].merge(read[corrected], on=identity, suffixes=("", "_corrected"))
    changed = pairs.quantity != pairs.quantity_corrected
    assert names.index(corrected) > names.index(original)
    assert len(pairs) >= len(read[original]) - 3  # some of the original's rows had a broken identity
    assert 10 < changed.sum() < len(pairs) / 10
    assert set(read[corrected].order_id) <= set(shop.sales.order_id)


def test_old_month_and_new_products_come_last(files: list[UploadFile], read: dict[str, pd.DataFrame]) -> None:
    names = [file.object_name for file in files]
    late_products = read["products/spring-range.csv"].product_id
    assert names[-1].startswith("sales/2025-09.")
    assert names[-2] == "products/spring-range.csv"
    for product in late_products:
        earlier = [read[name] for name in names[:-2] if name in read]
        assert not any((table.product_id == product).any() for table in earlier if "material" in table)
        assert any((table.product_id == product).any() for table in earlier if "order_id" in table)


def test_file_of_a_closed_day_has_a_header_and_no_row(read: dict[str, pd.DataFrame]) -> None:
    assert len(read["sales/closed-on-christmas-day.csv"]) == 0
    assert "order_id" in read["sales/closed-on-christmas-day.csv"]


def test_unreadable_files_cannot_be_read(files: list[UploadFile]) -> None:
    unreadable = {file.unreadable: file for file in files if file.unreadable}
    assert len(unreadable) == 4
    assert unreadable["empty"].path.read_bytes() == b""
    assert contract_for(unreadable["no contract"].object_name) is None
    assert "order_id" not in as_text(unreadable["not sales lines, but a report"].path)
    with pytest.raises(EOFError):
        as_text(unreadable["cut off on its way"].path)
