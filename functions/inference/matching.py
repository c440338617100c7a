"""Which column of a file feeds which column of the platform: by its name, and only where its values can be read so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from functions import parsing
from functions.contract import FOLDER, Column, load
from functions.inference import guess, vocabulary
from functions.inference.guess import Written
from functions.inference.sample import Sample
from functions.operation import OPERATION

# Columns whose presence says what the files hold.
TELLING = {
    "sales": ("order_id", "sale_timestamp", "quantity", "unit_price", "product_id"),
    "products": ("product_id", "product_name", "category", "list_price"),
    "customers": ("customer_id", "loyalty_tier", "segment", "joined_on", "country"),
}


AS_IT_IS = Written(1.0)


@dataclass(frozen=True)
class Match:
    """A column of the platform, what feeds it (None where nothing does), and how that is written."""

    column: Column
    name: str | None
    written: Written = AS_IT_IS


def platform_columns(entity: str) -> tuple[Column, ...]:
    """What the platform keeps of an entity, as its own contract says."""
    return load(FOLDER / f"{entity}.yaml").columns


def entity_of(sample: Sample) -> str | None:
    """What the files hold; None where they look like nothing that the platform keeps."""
    found = {entity: _told(entity, sample) for entity in TELLING}
    best = max(found, key=lambda entity: found[entity])
    return best if found[best] >= 2 else None


def _told(entity: str, sample: Sample) -> float:
    fed = {match.column.name for match in matches(entity, sample) if match.name is not None}
    key = TELLING[entity][0]
    return len(fed & set(TELLING[entity])) + 0.5 * (key in fed)


def matches(entity: str, sample: Sample) -> list[Match]:
    """Each column of the platform with what feeds it: the likeliest name first, and no column feeds two."""
    columns = {column.name: column for column in platform_columns(entity)}
    candidates = sorted(
        (rank, place, column.name, name)
        for column in columns.values()
        for place, name in enumerate(sample.columns)
        if (rank := vocabulary.rank(entity, column.name, name)) is not None
    )
    found: dict[str, Match] = {}
    for _, _, column, name in candidates:
        taken = {match.name for match in found.values()}
        if column in found or name in taken:
            continue
        written = _fitting(columns[column], sample.columns[name])
        if written is not None:
            found[column] = Match(columns[column], name, written)
    _add_only_time(columns, sample, found)
    return [found.get(name, Match(column, None)) for name, column in columns.items()]


def _add_only_time(columns: dict[str, Column], sample: Sample, found: dict[str, Match]) -> None:
    """Where no name says when a sale was, the only column of times does."""
    if "sale_timestamp" not in columns or "sale_timestamp" in found:
        return
    times = list(_times(columns["sale_timestamp"], sample, found))
    if len(times) == 1:
        found["sale_timestamp"] = times[0]


def _times(column: Column, sample: Sample, found: dict[str, Match]) -> Iterator[Match]:
    taken = {match.name for match in found.values()}
    for name, texts in sample.columns.items():
        is_number = guess.kind_of(texts.slice(0, 1000)) in ("integer", "number")
        if name not in taken and texts.null_count < len(texts) and not is_number:
            written = guess.written("timestamp", texts)
            if written.is_right:
                yield Match(column, name, written)


def _fitting(column: Column, texts: pa.Array) -> Written | None:
    """How the column is written, if its values are what the platform's column takes."""
    written = guess.written(column.logical_type, texts)
    pattern = column.options.get("pattern")
    values = texts.drop_null()
    if pattern is not None and len(values):
        share = pc.mean(pc.match_substring_regex(values, pattern).cast(pa.int8())).as_py()
        return written if share >= guess.ENOUGH else None
    if column.name == OPERATION and not len(values):
        return None
    return written if written.is_right or _is_serial(column, texts) else None


def _is_serial(column: Column, texts: pa.Array) -> bool:
    """Serial numbers of days, which a workbook's dates are where no cell is formatted as one."""
    if column.logical_type not in ("timestamp", "date"):
        return False
    numbers = parsing.parse_number(texts.drop_null(), {}).values
    low, high = (pc.min_max(numbers).as_py()[name] for name in ("min", "max"))
    return numbers.null_count == 0 and low is not None and low > 20_000 and high < 80_000
