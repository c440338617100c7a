"""JSON, an array of objects or an object a line, flat and nested."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from functions.readers.rows import MAX_ROW_BYTES
from tests.functions.corpus.case import Case, sold

SALE = {"order": "A1", "date": "2026-01-31T10:30:00Z", "product": "P1", "qty": 2, "price": 9.5, "note": None}
TEXT = json.dumps(SALE)


def with_note(written: str) -> str:
    """The sale with a note as it is written in the file."""
    return TEXT.replace("null", written)


def array(label: str, text: str | bytes, *rows: dict[str, Any], **more: Any) -> Case:
    return Case(label, text.encode() if isinstance(text, str) else text, list(rows), "shop.json", **more)


def lines(label: str, text: str | bytes, *rows: dict[str, Any], **more: Any) -> Case:
    return Case(label, text.encode() if isinstance(text, str) else text, list(rows), "shop.ndjson", **more)


def note(label: str, written: str, value: str | None) -> Case:
    return array(label, f"[{with_note(written)}]", sold(description=value))


VALUES = [
    note("text", '"gift"', "gift"),
    note("null", "null", None),
    note("empty text is no value", '""', None),
    note("boolean as text", "true", "true"),
    note("number as the text it was written in", "1.50", "1.50"),
    note("integer beyond 64 bits", "123456789012345678901234567890", "123456789012345678901234567890"),
    note("integer of 10,000 digits", "1" * 10_000, "1" * 10_000),
    note("not a number", "NaN", "NaN"),
    note("escapes", r'"a\n\t\"\\\/\u00e9"', 'a\n\t"\\/é'),
    note("surrogate pair", r'"\ud83c\udf31"', "🌱"),
    note("lone surrogate is shown as its escape", r'"a\ud83cb"', "a\\ud83cb"),
    note("raw line break in a text", '"a\nb"', "a\nb"),
    note("list in a column", '[1, {"a": "é"}]', '[1, {"a": "é"}]'.replace("1", '"1"')),
    note("list that is empty", "[]", "[]"),
    note("object that is empty is shown as such", "{}", "{}"),
    note("text of a megabyte", json.dumps("x" * 1_000_000), "x" * 1_000_000),
    array("NUL in a text", f"[{with_note(json.dumps(chr(0)))}]", rejected={1: "character NUL"}),
    array("decimal exactly", f"[{TEXT.replace('9.5', '0.1')}]", sold(unit_price=Decimal("0.1"))),
    array("decimal with an exponent", f"[{TEXT.replace('9.5', '95e-1')}]", sold()),
    array("numbers as texts", "[" + TEXT.replace("9.5", '"9.5"').replace("2,", '"2",') + "]", sold()),
    array(
        "numbers and texts where the contract has a decimal comma",
        f"[{TEXT}, " + TEXT.replace("9.5", '"9,5"') + "]", sold(), sold(), columns={"price": {"custom": {"decimalSeparator": ","}}},
    ),
    array("decimal where an integer belongs", f"[{TEXT.replace('2,', '2.0,')}]", rejected={1: "'2.0' is not a whole"}),
]  # fmt: skip

SHAPES = [
    array("two objects", f"[{TEXT},{TEXT}]", sold(), sold()),
    array("indented", json.dumps([SALE, SALE], indent=4), sold(), sold()),
    array("with a byte order mark", f"[{TEXT}]".encode("utf-8-sig"), sold()),
    array("in UTF-16", f"[{TEXT}]".encode("utf-16"), sold()),
    array("in Windows-1252", ("[" + with_note('"Grün"') + "]").encode("cp1252"), sold(description="Grün")),
    array("keys in capitals", "[" + TEXT.replace('"qty"', '"QTY"') + "]", sold()),
    array("keys in another order", json.dumps([dict(reversed(SALE.items()))]), sold()),
    array("key missing in one of them", f"[{TEXT}," + TEXT.replace('"qty": 2, ', "") + "]", sold(), rejected={2: "qty: is missing"}),
    array("key missing in all", f"[{TEXT.replace('qty', 'count')}]", refused="lacks 1 of the columns"),
    array("key unknown in one of them", f"[{TEXT},{TEXT.replace('note', 'colour')}]", sold(), sold()),
    array("key twice", f"[{TEXT}," + TEXT[:-1] + ', "qty": 3}]', sold(), rejected={2: "has 'qty' more than once"}),
    array("keys more than columns that are read", json.dumps([{**SALE, **dict.fromkeys(map(str, range(1000)), 1)}]), refused="1,000 different columns in row 1"),
    array("elements that are no objects", f'[{TEXT},1,"x",null,[{TEXT}]]', sold(), rejected=dict.fromkeys(range(2, 6), "is not a JSON object")),
    array("element that is an empty object", f"[{TEXT},{{}}]", sold(), rejected={2: "order: is missing"}),
    array("array that is empty", " [ ] "),
    array("objects by the thousand", json.dumps([SALE] * 50_000), *[sold()] * 50_000),
    array("object instead of an array", TEXT, refused="does not begin with '['"),
    array("scalar instead of an array", "1", refused="does not begin with '['"),
    array("comma at the end", f"[{TEXT},]", refused="element 2 of the array is not valid JSON"),
    array("comma missing", f"[{TEXT} {TEXT}]", refused="element 1 of the array is followed by '{'"),
    array("bracket missing at the end", f"[{TEXT}", refused="element 1 of the array is the last: no ']' follows"),
    array("cut after a comma", f"[{TEXT},", refused="element 2 of the array is missing"),
    array("cut inside an object", f"[{TEXT},{TEXT[:30]}", refused="element 2 of the array is not valid JSON"),
    array("bracket alone", "[", refused="element 1 of the array is missing"),
    array("text behind the array", f"[{TEXT}] x", refused="'x' follows the array"),
    array("quotes that are apostrophes", "[{'order': 1}]", refused="element 1 of the array is not valid JSON"),
    array("comments", f"[{TEXT}, // more\n{TEXT}]", refused="element 2 of the array is not valid JSON"),
    array("nested 30 levels deep", f"[{with_note('[' * 30 + ']' * 30)}]", sold(description="[" * 30 + "]" * 30)),
    array("nested 100 levels deep", f"[{with_note('[' * 100 + ']' * 100)}]", rejected={1: "nested deeper than 64 levels"}),
    array("nested 100,000 levels deep", f"[{TEXT},{'[' * 100_000}", refused="element 2 of the array is nested deeper than 64"),
    array("objects nested 100,000 levels deep", f"[{TEXT}," + '{"a":' * 100_000, refused="element 2 of the array is nested"),
    array("element longer than the limit", f"[{TEXT},{with_note(json.dumps('x' * 2 * MAX_ROW_BYTES))}]"[:-3], refused="element 2 of the array is longer than 2,097,152"),
]  # fmt: skip

LINED = [
    lines("two lines", f"{TEXT}\n{TEXT}\n", sold(), sold()),
    lines("without line end at the end", f"{TEXT}\n{TEXT}", sold(), sold()),
    lines("CR LF and blank lines", f"{TEXT}\r\n\r\n{TEXT}\r\n\r\n", sold(), sold()),
    lines("with a byte order mark", f"{TEXT}\n".encode("utf-8-sig"), sold()),
    lines("line separator U+2028 in a text", with_note('"a\u2028b"'), sold(description="a\u2028b")),
    lines("line that is no JSON", f"{TEXT}\n{{\n{TEXT}\n", sold(), sold(), rejected={2: "is not valid JSON"}),
    lines("line cut at the end", f"{TEXT}\n{TEXT[:20]}", sold(), rejected={2: "is not valid JSON"}),
    lines("line with two objects", f"{TEXT}\n{TEXT}{TEXT}\n", sold(), rejected={2: "is not valid JSON"}),
    lines("line that is an array", f"{TEXT}\n[{TEXT}]\n", sold(), rejected={2: "is not a JSON object"}),
    lines("line that is nested too deep", f"{TEXT}\n{'[' * 100_000}\n", sold(), rejected={2: "nested deeper than 64"}),
    lines("line longer than the limit", f"{TEXT}\n" + "x" * 3 * MAX_ROW_BYTES, refused="longer than 2,097,152 bytes, line 2"),
    lines("extension jsonl", TEXT, sold()),
    lines("array instead of lines", f"[{TEXT}]", refused="its first line does not begin with '{'"),
]  # fmt: skip

ORDER: dict[str, Any] = {
    "order": "A1", "date": "2026-01-31T10:30:00Z", "customer": {"note": "regular"},
    "items": [{"sku": "P1", "qty": 2, "price": 9.5}, {"sku": "P2", "qty": 1, "price": 5}],
}  # fmt: skip
NESTED: dict[str, dict[str, Any]] = {
    "product": {"physicalName": "items.sku"}, "qty": {"physicalName": "items.qty"},
    "price": {"physicalName": "items.price"}, "note": {"physicalName": "customer.note"},
}  # fmt: skip
SOLD = [
    sold(description="regular"),
    sold(product_id="P2", quantity=1, unit_price=Decimal(5), description="regular"),
]


def order(label: str, data: Any, *rows: dict[str, Any], **more: Any) -> Case:
    schema = {"lines": "items", **more.pop("schema", {})}
    return array(label, json.dumps(data), *rows, schema=schema, columns=more.pop("columns", NESTED), **more)


DEEP = {name: {"physicalName": f"body.{change['physicalName']}"} for name, change in NESTED.items() if name != "note"}
ORDERS = [
    order("orders with lines", [ORDER, {**ORDER, "order": "A2"}], *SOLD, *[{**row, "order_id": "A2"} for row in SOLD]),
    order(
        "order whose lines lie deeper",
        [{"order": "A1", "date": ORDER["date"], "body": {"items": ORDER["items"]}}],
        sold(), {**SOLD[1], "description": None}, schema={"lines": "body.items"}, columns=DEEP,
    ),
    order("order without lines", [ORDER, {**ORDER, "items": []}], *SOLD, rejected={3: "has no list of lines at 'items'"}),
    order("order whose lines are missing", [ORDER, {"order": "A2"}], *SOLD, rejected={3: "has no list of lines"}),
    order("order whose lines are no list", [ORDER, {**ORDER, "items": {"sku": "P1"}}], *SOLD, rejected={3: "has no list"}),
    order("order with a line that is no object", [ORDER, {**ORDER, "items": [1]}], *SOLD, rejected={3: "has a line at 'items'"}),
    order("order with a bad line among good ones", [{**ORDER, "items": [ORDER["items"][0], {"sku": "P1"}]}], SOLD[0], rejected={2: "items.qty: is missing"}),
    order("order that unfolds without end", [ORDER, {**ORDER, "pad": "x" * 1_000_000, "items": [{}] * 1000}], *SOLD, rejected={3: "unfolds to more than 67,108,864"}),
    order("order with a path and a key of the same name", [ORDER, {**ORDER, "customer.note": "x"}], *SOLD, rejected={3: "'customer.note' more than once"}),
    lines("orders with lines", f"{json.dumps(ORDER)}\n{json.dumps(ORDER)}", *SOLD, *SOLD, schema={"lines": "items"}, columns=NESTED),
]  # fmt: skip

CASES = [*VALUES, *SHAPES, *LINED, *ORDERS]
