"""Everything that is wrong with a contract is told at once, each with its line, its place and what to do."""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from functions import contract, contract_check, rules
from tests.functions.test_rules import GOOD, text_rows

SALES = yaml.safe_load((contract.FOLDER / "sales.yaml").read_text())
RETAIL = yaml.safe_load((contract.FOLDER / "online_retail.yaml").read_text())
CUSTOMERS = yaml.safe_load((contract.FOLDER / "customers.yaml").read_text())

Change = Callable[[dict[str, Any], dict[str, dict[str, Any]]], object]


def problems(document: Any, tmp_path: Path) -> list[str]:
    file = tmp_path / "shop.yaml"
    file.write_text(document if isinstance(document, str) else yaml.safe_dump(document, sort_keys=False))
    return [str(problem) for problem in contract_check.problems(file)]


def changed(document: dict[str, Any], change: Change) -> dict[str, Any]:
    """A contract of another shop, changed: `change` gets its schema and the columns of that by name."""
    made = copy.deepcopy(document)
    made["id"], made["schema"][0]["physicalName"] = "shop", "sales/shop/*"
    change(made["schema"][0], {column["name"]: column for column in made["schema"][0]["properties"]})
    return made


def has(name: str, value: Any) -> Change:
    return lambda schema, _: schema.update(customProperties=[{"property": name, "value": value}])


def column(name: str, /, **fields: Any) -> Change:
    return lambda _, columns: columns[name].update(fields)


def options(name: str, **fields: Any) -> Change:
    return lambda _, columns: columns[name].setdefault("logicalTypeOptions", {}).update(fields)


def own(name: str, key: str, value: Any) -> Change:
    return column(name, customProperties=[{"property": key, "value": value}])


def added(**fields: Any) -> Change:
    return lambda schema, _: schema["properties"].append(fields)


def without(name: str) -> Change:
    return lambda schema, columns: schema["properties"].remove(columns[name])


@pytest.mark.parametrize("path", sorted(contract.FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_shipped_contract_can_be_used(path: Path) -> None:
    assert contract_check.problems(path) == []


@pytest.mark.parametrize(
    ("change", "place", "sentence"),
    [
        (has("anomalys", "flag"), "schema[sales].customProperties[anomalys]", "is unknown; a schema can have delivery"),
        (has("anomalies", "keep"), "customProperties[anomalies]", "'keep' is none of hold, flag"),
        (has("anomalies", True), "customProperties[anomalies]", "True is none of hold, flag"),
        (has("repeats", "drop"), "customProperties[repeats]", "'drop' is none of keep, reject"),
        (has("delivery", "snapshot"), "customProperties[delivery]", "a snapshot is for products and customers"),
        (has("delivery", "full"), "customProperties[delivery]", "'full' is none of changes, snapshot"),
        (has("schemaDrift", "refuse"), "customProperties[schemaDrift]", "is not a mapping of new, missing, retyped"),
        (has("schemaDrift", {"news": "refuse"}), "customProperties[schemaDrift]", "'news' is unknown"),
        (has("schemaDrift", {"new": "ask"}), "customProperties[schemaDrift]", "new is 'ask', which is none of evolve"),
        (has("returns", "C"), "customProperties[returns]", "has to have a `column`"),
        (has("returns", {"column": "InvoiceNo", "pattern": "^C"}), "[returns]", "'InvoiceNo' is no column of this"),
        (has("returns", {"column": "order_id", "pattern": "(C"}), "[returns]", "'(C' is not a regular expression"),
        (has("delimiter", ";;"), "customProperties[delimiter]", "';;' is not a single ASCII character"),
        (has("encoding", "utf-88"), "customProperties[encoding]", "'utf-88' is no encoding of text"),
        (has("encoding", "zlib"), "customProperties[encoding]", "'zlib' is no encoding of text"),
        (has("sheet", 1), "customProperties[sheet]", "1 is not a name"),
        (has("lines", ""), "customProperties[lines]", "'' is not a name"),
        (column("quantity", logicalType="int"), "properties[quantity].logicalType", "the types are string, integer"),
        (column("quantity", logicalType="number"), "properties[quantity].logicalType", "column quantity is integer"),
        (column("quantity", requird=True), "properties[quantity]", "'requird' was unexpected"),
        (column("quantity", required=False), "properties[quantity].required", "has to be true"),
        (column("quantity", required="yes"), "properties[quantity].required", "is not of type 'boolean'"),
        (column("quantity", primaryKey=True), "properties[quantity].primaryKey", "has to be false"),
        (column("line_no", primaryKey=False), "properties[line_no].primaryKey", "has to be true"),
        (column("quantity", name="quantitty"), "properties[quantitty].name", "did you mean 'quantity'?"),
        (column("quantity", name="quantity "), "properties[quantity ].name", "did you mean 'quantity'?"),
        (column("quantity", name="source_row"), "properties[source_row].name", "cannot be the name of a column"),
        (column("quantity", physicalName=""), "properties[quantity].physicalName", "is empty"),
        (column("quantity", physicalName="unit_PRICE "), "physicalName", "is read into two columns"),
        (column("country", name="quantity"), "properties[quantity].name", "'quantity' is the name of two columns"),
        (options("order_id", pattern="("), "properties[order_id].logicalTypeOptions.pattern", "missing )"),
        (options("order_id", pattern="(?=x)"), "logicalTypeOptions.pattern", "is not a regular expression that is read"),
        (options("order_id", minLength=2), "logicalTypeOptions.minLength", "would promise what nobody keeps"),
        (options("order_id", maxLength=10_000), "logicalTypeOptions.maxLength", "holds 500 characters"),
        (options("quantity", minimum=10, maximum=1), "properties[quantity].logicalTypeOptions", "minimum is more than"),
        (options("quantity", maximum=10**12), "logicalTypeOptions.maximum", "holds 1000000 at most"),
        (options("quantity", maximum="9"), "logicalTypeOptions.maximum", "'9' is text; write it without quotes"),
        (options("quantity", maximum=9.5), "logicalTypeOptions.maximum", "9.5 is not a whole number"),
        (options("unit_price", maximum=float("nan")), "logicalTypeOptions.maximum", "nan is not a number"),
        (options("unit_price", minimum=0.0000001), "logicalTypeOptions.minimum", "and 6 after the decimal point"),
        (own("quantity", cast("str", []), "1"), "properties[quantity].customProperties[0].property", "[] is not of type 'string'"),
        (column("quantity", logicalTypeOptions={"minimum": 0}), "logicalTypeOptions.maximum", "is missing; the platform"),
        (options("sale_timestamp", minimum="yesterday"), "logicalTypeOptions.minimum", "is not written as \"2000-01-01T"),
        (options("sale_timestamp", minimum="2000-01-01"), "logicalTypeOptions.minimum", "is not written as"),
        (options("sale_timestamp", format="DD.MM.YYYY"), "logicalTypeOptions.format", "'DD' in 'DD.MM.YYYY' is not read"),
        (options("sale_timestamp", format="HH:mm"), "logicalTypeOptions.format", "does not name a year"),
        (options("sale_timestamp", defaultTimezone="London"), "defaultTimezone", "'London' is no time zone"),
        (options("currency", pattern=".*"), "logicalTypeOptions.pattern", "has to be '^[A-Z]{3}$'"),
        (own("quantity", "defualt", "1"), "customProperties[defualt]", "is unknown; a column can have remove, default"),
        (own("quantity", "default", 1), "customProperties[default]", "1 is not text"),
        (own("quantity", "default", "one"), "customProperties[default]", "'one' is not a whole number"),
        (own("quantity", "default", ""), "customProperties[default]", "is empty, but the column is required"),
        (own("quantity", "remove", "("), "customProperties[remove]", "is not a regular expression"),
        (own("quantity", "decimalSeparator", "x"), "[decimalSeparator]", "'x' is none of '.', ','"),
        (own("quantity", "thousandsSeparator", "."), "[thousandsSeparator]", "is the decimal separator too"),
        (own("order_id", "decimalSeparator", ","), "[decimalSeparator]", "is for integer and number columns"),
        (own("sale_timestamp", "otherFormats", "dd.MM.yyyy"), "[otherFormats]", "is not a list of date formats"),
        (own("sale_timestamp", "otherFormats", ["dd"]), "[otherFormats]", "does not name a year"),
        (column("quantity", enum=[{"value": "1"}]), "properties[quantity].enum", "is checked for text only"),
        (column("country", enum=[{"value": False}]), "properties[country].enum[0]", "False is not text"),
        (without("currency"), "schema[sales].properties", "column 'currency' is missing"),
        (without("line_no"), "properties[operation]", "needs a column line_no"),
        (added(name="colour", logicalType="string", primaryKey=True), "[colour].primaryKey", "is no key of sales"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_place(change: Change, place: str, sentence: str, tmp_path: Path) -> None:
    found = problems(changed(SALES, change), tmp_path)
    assert any(place in problem and sentence in problem for problem in found), found


def test_a_contract_of_another_shop_is_right(tmp_path: Path) -> None:
    assert problems(changed(SALES, lambda *_: None), tmp_path) == []
    assert problems(changed(SALES, without("country")), tmp_path) == []
    assert problems(changed(RETAIL, has("returns", {"column": "order_id", "pattern": "^C"})), tmp_path) == []


def test_several_problems_are_told_at_once_in_the_order_of_their_lines(tmp_path: Path) -> None:
    def change(schema: dict[str, Any], columns: dict[str, dict[str, Any]]) -> None:
        has("anomalys", "flag")(schema, columns)
        columns["unit_price"]["logicalType"] = "money"
        columns["order_id"]["logicalTypeOptions"] = {"maxLength": -1}

    found = problems(changed(SALES, change), tmp_path)
    told = [next(word for word in ("order_id", "unit_price", "anomalys") if f"[{word}]" in text) for text in found]
    assert list(dict.fromkeys(told)) == ["order_id", "unit_price", "anomalys"]
    lines = [int(text.split(",")[0].removeprefix("line ")) for text in found]
    assert lines == sorted(lines)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "is no contract"),
        ("- 1", "is no contract"),
        ("a: [", "is not valid YAML"),
        ("a: &x 1\nb: *x", "refers to a part of itself by an alias"),
        ("[" * 5_000 + "]" * 5_000, "is nested too deeply"),
        ("x" * 2_000_000, "is larger than 1,048,576 bytes"),
        ("id: a\nid: b", "line 2, id: stands here twice"),
        ("a: 2026-99-99", "is not valid YAML"),
        ("a: \x00", "is not valid YAML"),
    ],
)
def test_a_file_that_is_no_contract_is_told_as_such(text: str, sentence: str, tmp_path: Path) -> None:
    assert any(sentence in problem for problem in problems(text, tmp_path))


def test_sources_and_their_files_are_told_apart(tmp_path: Path) -> None:
    found = problems(SALES, tmp_path)
    assert any("'sales' is the source of sales.yaml too" in problem for problem in found)
    assert any("'sales/*' is that of sales.yaml too" in problem for problem in found)


def test_what_tells_of_a_customer_is_said_to_be_personal(tmp_path: Path) -> None:
    document = changed(CUSTOMERS, column("segment", classification="public"))
    assert any("has to be personal" in problem for problem in problems(document, tmp_path))
    document = changed(CUSTOMERS, added(name="email", logicalType="string", classification="personal"))
    assert any("is nothing that the platform keeps of customers" in problem for problem in problems(document, tmp_path))


def test_no_contract_without_problems_fails_on_rows(tmp_path: Path) -> None:
    """Whatever one change makes of a contract: it is refused, or it can be used."""

    @given(st.data())
    def holds(data: st.DataObject) -> None:
        document = changed(data.draw(st.sampled_from([SALES, RETAIL, CUSTOMERS])), lambda *_: None)
        _spoil(document, data)
        if not problems(document, tmp_path):
            used = contract.from_document(yaml.safe_load((tmp_path / "shop.yaml").read_text()))
            assert rules.check(used, text_rows(GOOD)).readings.keys() == {known.name for known in used.columns}

    holds()


VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 10**19), st.floats(), st.text(max_size=5), st.lists(st.text(max_size=3)),
    st.sampled_from(["(", "date", "string", "integer", "9999-99-99", "C", ",", {"a": 1}, [[1]], [{"property": "x"}]]),
)  # fmt: skip


def _spoil(document: dict[str, Any], data: st.DataObject) -> None:
    """Put something else at some place of the contract, or take it away."""
    places = [
        (node, key) for node in _nodes(document) for key in (node if isinstance(node, dict) else range(len(node)))
    ]
    node, key = data.draw(st.sampled_from(places))
    if data.draw(st.booleans()):
        node[key] = copy.deepcopy(data.draw(VALUES))
    else:
        del node[key]


def _nodes(item: Any) -> list[Any]:
    children = item.values() if isinstance(item, dict) else item if isinstance(item, list) else []
    below = [node for child in children for node in _nodes(child)]
    return [item, *below] if isinstance(item, (dict, list)) else below
