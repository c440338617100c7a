"""What the warehouse has to say of a list of uploads: the rules of docs/warehouse.md in plain Python, in memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

Row = dict[str, Any]
Stated = dict[datetime, Row | None]


@dataclass(frozen=True)
class Upload:
    """A file, and when it was uploaded. Rows are counted from 1; one that breaks its contract is marked `is_broken`."""

    name: str
    uploaded_at: datetime
    rows: Sequence[Row]

    @property
    def states_orders_whole(self) -> bool:
        return self.name.startswith("sales/online-retail/")

    @property
    def is_snapshot(self) -> bool:
        return self.name.split("/")[1] == "snapshot"

    @property
    def retires_the_unmentioned(self) -> bool:
        return self.is_snapshot and len(self.rows) > 0 and not any(row.get("is_broken") for row in self.rows)

    def valid(self) -> Iterator[tuple[int, Row]]:
        return ((number, row) for number, row in enumerate(self.rows, 1) if not row.get("is_broken"))


@dataclass
class Version:
    """A key as it was from an instant on; None is the time before everything."""

    valid_from: datetime | None = None
    attributes: Row = field(default_factory=dict)
    is_deleted: bool = False


History = list[Version]


def facts(uploads: Sequence[Upload]) -> list[Row]:
    """The sales that are left, each with the versions valid at its time. Uploads are in the order of their upload."""
    products, customers = dimension(uploads, "product"), dimension(uploads, "customer")
    sales = []
    for (order_id, line_no, at), (upload, number, row) in sorted(_newest_statements(uploads).items()):
        if row.get("operation") == "void":
            continue
        product = _valid_at(products[row["product_id"]], at)
        customer = _valid_at(customers[row["customer_id"]], at) if row["customer_id"] else None
        sales.append(
            {
                "order_id": order_id,
                "line_no": line_no,
                "sale_timestamp": at,
                "quantity": row["quantity"],
                "unit_price": row["unit_price"],
                "carbon_savings_kg": _carbon_savings(row["quantity"], product.attributes),
                "product_id": row["product_id"],
                "product_from": product.valid_from,
                "customer_id": row["customer_id"],
                "customer_from": customer.valid_from if customer else None,
                "object_name": upload.name,
                "source_row": number,
            }
        )
    return sales


def versions(uploads: Sequence[Upload], entity: str, columns: Mapping[str, str]) -> list[Row]:
    """The versions of a dimension; `columns` says what the files call each of its columns."""
    return [
        {
            f"{entity}_id": name,
            "valid_from": version.valid_from,
            "is_deleted": version.is_deleted,
            **{column: version.attributes.get(called) for column, called in columns.items()},
        }
        for name, history in dimension(uploads, entity).items()
        for version in history
    ]


def _newest_statements(uploads: Sequence[Upload]) -> dict[tuple[str, int, datetime], tuple[Upload, int, Row]]:
    """What was said last of each line: nothing counts that is older than the newest delivery of its order whole."""
    stated_whole: dict[tuple[str, date], int] = {}
    for place, upload in enumerate(uploads):
        if upload.states_orders_whole:
            stated_whole |= {_order_and_day(row): place for _, row in upload.valid()}
    newest = {}
    for place, upload in enumerate(uploads):
        if not upload.name.startswith("sales/"):
            continue
        for number, row in upload.valid():
            line_no = number if upload.states_orders_whole else row["line_no"]
            if place >= stated_whole.get(_order_and_day(row), 0):
                newest[row["order_id"], line_no, row["sale_timestamp"]] = (upload, number, row)
    return newest


def _order_and_day(row: Row) -> tuple[str, date]:
    return row["order_id"], row["sale_timestamp"].date()


def _valid_at(history: History, at: datetime) -> Version:
    return [version for version in history if version.valid_from is None or version.valid_from <= at][-1]


def _carbon_savings(quantity: int, product: Row) -> Decimal | None:
    baseline, footprint = product.get("declared_baseline_kg"), product.get("declared_product_kg")
    if baseline is None or footprint is None:
        return None
    return Decimal(quantity * (baseline - footprint)).quantize(Decimal("0.000001"), ROUND_HALF_UP)


def dimension(uploads: Sequence[Upload], entity: str) -> dict[str, History]:
    """The history of each product or customer that a file states or a sale names."""
    key = f"{entity}_id"
    stating = [upload for upload in uploads if upload.name.startswith(f"{entity}s/")]
    selling = [upload for upload in uploads if upload.name.startswith("sales/")]
    stated: dict[str, Stated] = {row[key]: {} for upload in stating for _, row in upload.valid()}
    for upload in stating:
        _take_in(upload, key, stated)
    named = {row[key] for upload in selling for _, row in upload.valid() if row[key]}
    return {name: _history(stated.get(name, {})) for name in sorted(named | set(stated))}


def _take_in(upload: Upload, key: str, stated: dict[str, Stated]) -> None:
    """What one file says, on top of what older ones said. `stated` has every key that any file states."""
    own: dict[str, Stated] = {}
    for _, row in upload.valid():
        attributes = {name: value for name, value in row.items() if name not in (key, "valid_from", "operation")}
        since = row["valid_from"] or upload.uploaded_at
        own.setdefault(row[key], {})[since] = None if row.get("operation") == "delete" else attributes
    for name, changes in own.items():
        past = [since for since in changes if since <= upload.uploaded_at]
        if upload.is_snapshot and past:
            changes[upload.uploaded_at] = changes[max(past)]
        stated[name] |= changes
    if upload.retires_the_unmentioned:
        for name in stated.keys() - own.keys():
            stated[name][upload.uploaded_at] = None


def _history(stated: Stated) -> History:
    versions = [Version()]
    for since, attributes in sorted(stated.items()):
        before = versions[-1]
        after = Version(since, before.attributes if attributes is None else attributes, attributes is None)
        if before.valid_from is None and after.is_deleted:
            continue
        if before.valid_from is None or (before.attributes, before.is_deleted) != (after.attributes, after.is_deleted):
            versions.append(after)
    return versions
