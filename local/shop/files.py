"""The shop's tables written as the files that its systems upload."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from local.shop import Shop
from local.shop.deliveries import Delivery, deliveries
from local.shop.faults import break_rows
from local.shop.formats import encode, with_times_written

LABELS = "labels.csv"


@dataclass(frozen=True)
class UploadFile:
    """A file on disk and the object it becomes; `unreadable` is why it cannot be read, if it cannot."""

    path: Path
    object_name: str
    unreadable: str = ""


def write_shop(folder: Path, shop: Shop) -> list[UploadFile]:
    """Write every file beneath `folder`, at the path of its object name; gives them in order of upload.

    `labels.csv` beside them, which is not uploaded, says which rows are spoilt: object_name, source_row
    (1-based, the header not counted), kind, and what should become of the row: `rejected` or `held`.
    """
    sent = [_with_broken_rows(delivery) for delivery in deliveries(shop)]
    files = [_write(folder, delivery) for delivery in sent]
    labels = pd.concat([_labels(delivery) for delivery in sent if not delivery.unreadable])
    (folder / LABELS).write_bytes(encode(labels, LABELS))
    return files


def _with_broken_rows(delivery: Delivery) -> Delivery:
    """The delivery as it will be read: a broken time can only be written as text."""
    written = with_times_written(delivery.table, delivery.object_name)
    return dataclasses.replace(delivery, table=break_rows(written, delivery.faults))


def _write(folder: Path, delivery: Delivery) -> UploadFile:
    path = folder / delivery.object_name
    path.parent.mkdir(parents=True, exist_ok=True)
    data = encode(delivery.table.drop(columns="label"), delivery.object_name)
    path.write_bytes(data[: int(len(data) * delivery.share_sent)])
    return UploadFile(path, delivery.object_name, delivery.unreadable)


def _labels(delivery: Delivery) -> pd.DataFrame:
    labels = delivery.table.reset_index(drop=True)
    labels = labels[labels.label != ""]
    return pd.DataFrame(
        {
            "object_name": delivery.object_name,
            "source_row": labels.index + 1,
            "kind": labels.label,
            "expected": labels.label.isin([fault.kind for fault in delivery.faults]).map(
                {True: "rejected", False: "held"}
            ),
        }
    )
